"""Fingerprints of results: short, printed on every figure, and enough to find and check a folder.

A fingerprint is made of what a result's document says (its manifest): scenarios, parameters, seeds,
versions, and the checksums of its tables. The date is no part of it.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.output import OutputError
from experiments.safe_files import read_json

#: Documents that carry a fingerprint, in a results folder.
DOCUMENTS = ("manifest.json", "design.json", "robust.json", "explain.json", "posterior.json")

DIGITS = 16
_NOT_PART = {"fingerprint", "date", "plan"}


def fingerprint_of(document: Mapping[str, Any]) -> str:
    """Return the fingerprint of the document of a result."""
    body = {key: value for key, value in document.items() if key not in _NOT_PART}
    text = json.dumps(body, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def with_fingerprint(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document that says its own fingerprint."""
    return {**document, "fingerprint": fingerprint_of(document)}


def looks_like_one(text: str) -> bool:
    """Return whether a text may be a fingerprint, or at least eight digits of its beginning."""
    return re.fullmatch(f"[0-9a-f]{{8,{DIGITS}}}", text) is not None


def folders_of(fingerprint: str, *roots: Path) -> list[Path]:
    """Return the results folders whose fingerprint begins so, in or up to two levels below roots.

    Args:
        fingerprint: A fingerprint, or the beginning of one.
        roots: Where to look; results/ and the folder one is in when left out.
    """
    found = {
        path.parent
        for root in roots or (Path("results"), Path())
        for path in _documents(root)
        if _said(path).startswith(fingerprint)
    }
    return sorted(found)


def folder_of(fingerprint: str, *roots: Path) -> Path:
    """Return the one results folder with a fingerprint.

    Raises:
        OutputError: There is none, or there are several.
    """
    found = folders_of(fingerprint, *roots)
    if not found:
        raise OutputError(f"No results here or in results/ have the fingerprint {fingerprint}.")
    if len(found) > 1:
        names = ", ".join(str(folder) for folder in found)
        raise OutputError(f"Several folders have the fingerprint {fingerprint}: {names}.")
    return found[0]


def check(document: Mapping[str, Any], path: Path) -> str:
    """Return the fingerprint in a document, "" if it has none.

    Raises:
        OutputError: The document was changed after it was written.
    """
    said = document.get("fingerprint", "")
    if said and said != fingerprint_of(document):
        raise OutputError(f"{path} was changed after it was written: its fingerprint is not right.")
    return str(said)


def _documents(root: Path) -> Iterator[Path]:
    for level in ("", "*/", "*/*/"):
        for name in DOCUMENTS:
            yield from root.glob(f"{level}{name}")


def _said(path: Path) -> str:
    try:
        document = read_json(path)
        return str(document.get("fingerprint") or fingerprint_of(document))
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""
