"""Checklists and decisions point to files and sections that exist; what is missing is a gap."""

import re

import pytest

from experiments.describing.code import ROOT
from experiments.describing.tables import anchor

FOLDER = ROOT / "docs" / "checklists"
FILES = ("README.md", "stress-abs.md", "cheers-2022.md", "trace-advishe.md")
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
ITEM = re.compile(r"^\| ([A-E]?\d[\d.]*[ab]?)(?: [A-Z][\w ]+)? \|")


def headings(path):
    return {
        anchor(line.lstrip("# ")) for line in path.read_text("utf-8").split("\n")
        if line.startswith("#")
    }  # fmt: skip


def broken(source, root=ROOT):
    """Return the links of a document that lead nowhere."""
    out = []
    for path, place in LINK.findall(source.read_text("utf-8")):
        target = (source.parent / path).resolve() if path else source
        if path.startswith("http"):
            continue
        if not target.exists() or not target.is_relative_to(root):
            out.append(path)
        elif place and place not in headings(target):
            out.append(f"{path}#{place}")
    return out


DECISIONS = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
POINTING = (
    "ODD-samenvatting.md",
    *(f"checklists/{name}" for name in FILES),
    *(f"decisions/{name}" for name in DECISIONS),
)


@pytest.mark.parametrize("name", POINTING)
def test_every_pointer_leads_somewhere(name):
    assert not broken(ROOT / "docs" / name)


def test_a_pointer_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "there.md").write_text("# A heading, here\n", "utf-8")
    source = tmp_path / "source.md"
    source.write_text(
        "[a](nowhere.md) [b](there.md#no-heading) [c](there.md#a-heading-here) [d](/etc/hosts)",
        "utf-8",
    )

    assert broken(source, tmp_path) == ["nowhere.md", "there.md#no-heading", "/etc/hosts"]


def items(name):
    lines = (FOLDER / name).read_text("utf-8").split("\n")
    return {found[1]: line for line in lines if (found := ITEM.match(line))}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("stress-abs.md", ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5.1", "2.5.2",
                           "2.5.3", "2.5.4", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1",
                           "5.2", "5.3", "5.4", "6.1"]),
        ("cheers-2022.md", [str(number) for number in range(1, 29)]),
        ("trace-advishe.md", [*(str(n) for n in range(1, 9)), "A1", "A2", "B1", "B2", "C1", "C2",
                              "C3", "C4", "D1", "D2", "D3", "D4a", "D4b", "E1"]),
    ],
)  # fmt: skip
def test_every_item_is_there_and_points_or_says_gap(name, expected):
    found = items(name)

    assert list(found) == expected
    for number, line in found.items():
        assert LINK.search(line) or "**Gap" in line, f"{name}, item {number}"


def test_decisions_are_numbered_listed_and_whole():
    records = [name for name in DECISIONS if name != "README.md"]
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")

    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    for name in records:
        text = (ROOT / "docs" / "decisions" / name).read_text("utf-8")
        assert f"]({name})" in listed
        sections = ["Context", "Decision", "What it costs", "What would change our mind"]
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == sections
        assert text.startswith(f"# {int(name[:4])}. ")
