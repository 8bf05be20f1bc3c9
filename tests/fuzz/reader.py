"""One way into the program, and how its input is spoiled."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from model.parameters import load_registry
from tests.fuzz.mangling import as_json, as_yaml, mangled_bytes, mangled_tree

REGISTRY = load_registry()


@dataclass(frozen=True)
class Reader:
    """One way into the program.

    Attributes:
        name: What is read.
        good: Contents that it reads.
        read: Writes contents into a folder and has the program read them; whatever is wrong must
            end in one of the program's own sentences.
        spoil: Makes contents that are not good of contents that are.
        share: How many inputs it gets, beside the others.
    """

    name: str
    good: Sequence[bytes]
    read: Callable[[Path, bytes], None]
    spoil: Callable[[bytes, Sequence[bytes], random.Random], bytes]
    share: float = 1.0


def spoiled_yaml(raw: bytes, others: Sequence[bytes], luck: random.Random) -> bytes:
    if luck.random() < 0.5:
        return mangled_bytes(raw, others, luck)
    return as_yaml(mangled_tree(yaml.load(raw, yaml.CSafeLoader), luck))


def spoiled_json(raw: bytes, others: Sequence[bytes], luck: random.Random) -> bytes:
    if luck.random() < 0.5:
        return mangled_bytes(raw, others, luck)
    return as_json(mangled_tree(json.loads(raw), luck))


def parquet(table: pd.DataFrame) -> bytes:
    return table.to_parquet(index=False)
