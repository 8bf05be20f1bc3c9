"""The documents of the description: hand-written text with generated parts between markers.

A generated part stands between ``<!-- made by zorgbundel describe: NAME -->`` and ``<!-- end -->``.
"""

import re
from pathlib import Path

from experiments.describing.code import ROOT, rules
from experiments.describing.tables import PARTS

DOCUMENTS = ("model/ODD.md", "model/PARAMETERS.md", "model/RULES.md")

_PART = re.compile(
    r"<!-- made by zorgbundel describe: (?P<name>[^>]+?) -->\n(?P<text>.*?)<!-- end -->", re.DOTALL
)


class DescriptionError(ValueError):
    """A document has no place for a part, or names one that does not exist."""


def parts_in(text: str) -> dict[str, str]:
    """Return the generated parts of a document, by name."""
    return {found["name"]: found["text"].strip("\n") for found in _PART.finditer(text)}


def filled(text: str, document: str = "") -> str:
    """Return a document with every generated part made anew.

    Raises:
        DescriptionError: A marker names a part that nobody makes.
    """

    def made(found: re.Match) -> str:
        name = found["name"]
        if name not in PARTS:
            raise DescriptionError(f"{document}: there is no generated part '{name}'.")
        body = f"\n{PARTS[name]()}\n\n"
        return f"<!-- made by zorgbundel describe: {name} -->\n{body}<!-- end -->"

    return _PART.sub(made, text)


def drifts(root: Path = ROOT) -> list[str]:
    """Return one sentence per generated part that no longer says what the code says."""
    out, placed = [], set()
    for document in DOCUMENTS:
        path = root / document
        if not path.is_file():
            out.append(f"{document} does not exist.")
            continue
        for name, text in parts_in(path.read_text("utf-8")).items():
            placed.add(name)
            if name not in PARTS:
                out.append(f"{document}: there is no generated part '{name}'.")
            elif (made := PARTS[name]()) != text:
                out.append(f"{document}: the part '{name}' has drifted{_where(text, made)}.")
    missing = [name for name in PARTS if name not in placed]
    out += [f"No document has a place for the part '{name}'." for name in missing]
    told = {rule for name in placed if name.startswith("rules ") for rule in _named(name)}
    out += [
        f"{rule.file}: the rule '{rule.name}' is in no table of model/ODD.md."
        for rule in rules() if placed and f"{rule.file}:{rule.name}" not in told
    ]  # fmt: skip
    return out


def _named(part: str) -> list[str]:
    """Return the rules in a table of rules, as "file:rule"."""
    lines = PARTS[part]().split("\n") if part in PARTS else []
    return [
        f"{found[2]}:{found[1]}"
        for line in lines if (found := re.match(r"\| `(\w+)` \| .* \| \[([\w/.]+)\]", line))
    ]  # fmt: skip


def _where(old: str, new: str) -> str:
    """Return where two texts first part, as the tail of a sentence."""
    before, after = old.split("\n"), new.split("\n")
    for was, now in zip(before, after, strict=False):
        if was != now:
            return f": the code says '{_short(now)}', the document '{_short(was)}'"
    more, fewer = len(after) - len(before), len(before) - len(after)
    return f": {more} lines are missing" if more > 0 else f": {fewer} lines are too many"


def _short(line: str) -> str:
    return line if len(line) <= 90 else f"{line[:87]}..."


def write(root: Path = ROOT) -> list[str]:
    """Make every generated part anew and return the documents that changed."""
    changed = []
    for document in DOCUMENTS:
        path = root / document
        old = path.read_text("utf-8")
        new = filled(old, document)
        if new != old:
            partial = path.with_suffix(".partial")
            partial.write_text(new, "utf-8")
            partial.replace(path)
            changed.append(document)
    return changed
