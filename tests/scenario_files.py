"""Scenario files written by tests, and the one sentence with which a wrong one is refused."""

from pathlib import Path

import pytest

from model.parameters import load_registry
from scenarios.loader import ScenarioError, load
from scenarios.schema import Scenario

REGISTRY = load_registry()

#: Lines 1 to 3 of a file: what every scenario must say. What follows starts on line 4.
HEAD = """\
title: {en: Title, nl: Titel}
story: {en: A story., nl: Een verhaal.}
source: a letter
"""


def write(folder: Path, content: str | bytes, name: str = "mine.yaml") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes) -> Scenario:
    """Return the scenario that a file with this content holds."""
    return load(write(folder, content), REGISTRY)


def refusal(folder: Path, content: str | bytes) -> str:
    """Return the sentence that refuses a file with this content, without the name of the file."""
    with pytest.raises(ScenarioError) as caught:
        read(folder, content)
    message = str(caught.value)
    assert message.startswith("mine.yaml, line ")
    assert len(message.splitlines()) == 1
    return message.removeprefix("mine.yaml, line ")
