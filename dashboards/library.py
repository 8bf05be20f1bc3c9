"""Results of the library scenarios, kept in the package so that a first page shows real numbers.

One JSON file a scenario in ``library_results/``, made by ``zorgbundel dashboard --precompute``, and
``manifest.json`` with what made them. A test says when they are no longer those of the program.
"""

import ast
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from experiments.number_format import LANGUAGES
from experiments.output import OutputError

#: Where they are; tests put broken ones elsewhere.
FOLDER = Path(
    os.environ.get("ZORGBUNDEL_DASHBOARD_RESULTS") or Path(__file__).parent / "library_results"
)
ROOT = Path(__file__).parent.parent

#: What the numbers depend on. Of Python files only the meaning counts, not comments and docstrings.
MAKERS = (
    "model",
    "agents",
    "scenarios",
    "experiments/runner.py",
    "experiments/evaluations.py",
    "experiments/comparison.py",
    "experiments/paired.py",
    "experiments/intervals.py",
    "experiments/budget_verdict.py",
    "experiments/carriers.py",
    "experiments/explanation.py",
    "experiments/explained_contract.py",
    "experiments/provider.py",
    "experiments/posteriors/draws.py",
    "experiments/posteriors/shipped",
)

#: What the sentences depend on that are stored beside the numbers, and how their texts begin.
WORDERS = (
    "experiments/findings.py",
    "experiments/readings.py",
    "experiments/carried.py",
    "experiments/conditions.py",
    "experiments/amounts.py",
    "experiments/number_format.py",
)
SAID = (
    "answer.", "carries.", "evaluation.", "finding.", "interval.", "must.", "reading.", "unit.",
)  # fmt: skip

#: Lessons choose among scenarios; they make none of these numbers.
LEFT_OUT = ("scenarios/teaching",)

#: Raised when what is stored looks different, so that older files are known for what they are.
FORMAT = 1


class StoredError(OutputError):
    """A stored result is missing or damaged."""


def fingerprint(
    root: Path = ROOT, names: Sequence[str] = MAKERS, said: tuple[str, ...] = ()
) -> str:
    """Return a SHA-256 over the meaning of all code and data behind the numbers.

    Args:
        root: Where they are.
        names: Files and folders; ``WORDERS`` for what is behind the sentences.
        said: Beginnings of the names of texts that count too: ``SAID``.
    """
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    for path in _files(root, names):
        digest.update(path.relative_to(root).as_posix().encode())
        data = path.read_bytes()
        digest.update(_meaning(data) if path.suffix == ".py" else data)
    for language in LANGUAGES if said else ():
        text = (root / f"experiments/texts/{language}.yaml").read_text(encoding="utf-8")
        digest.update("".join(x for x in text.splitlines(True) if x.startswith(said)).encode())
    return digest.hexdigest()


def words_fingerprint() -> str:
    """Return a SHA-256 over what is behind the sentences of the library."""
    return fingerprint(names=WORDERS, said=SAID)


def _files(root: Path, names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        place = root / name
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (
            path
            for path in found
            if path.suffix in {".py", ".yaml", ".csv"}
            and path.is_file()
            and not path.relative_to(root).as_posix().startswith(LEFT_OUT)
        )


def _meaning(source: bytes) -> bytes:
    """Return the syntax tree of a file without docstrings, as text."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list) and body and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str)
        ):  # fmt: skip
            body[0].value.value = ""
    return ast.dump(tree).encode()


def manifest(folder: Path = FOLDER) -> dict[str, Any]:
    """Return what made the stored results, and the scenarios in order."""
    return _read(folder / "manifest.json")


@cache
def stored(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Return what is stored of one scenario: ``about``, ``contract``, ``result`` (None: baseline).

    Raises:
        StoredError: There is nothing, or it is damaged.
    """
    data = _read(folder / f"{name}.json")
    if not isinstance(data, dict) or not {"about", "contract", "result"} <= set(data):
        raise StoredError(f"{name}.json is damaged")
    return data


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoredError(f"{path.name} cannot be read ({error})") from None
