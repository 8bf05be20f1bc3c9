"""The description cannot go stale: what stands between its markers is what the code says."""

import re
import shutil

import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.describing import code, documents, tables
from experiments.describing.documents import DOCUMENTS, DescriptionError, drifts, filled, parts_in
from model.contracts.contract import AnyClause
from model.outcomes import MEASURES
from model.parameters import load_registry
from model.schedule import MONTH
from model.state import TABLES

OPEN = "<!-- made by zorgbundel describe: month -->\n"


def test_the_committed_description_is_what_the_code_says():
    assert not drifts(), "run 'zorgbundel describe' and read what changed"


def test_the_check_of_the_command_passes_and_changes_nothing():
    result = CliRunner().invoke(main, ["describe", "--check"])

    assert result.exit_code == 0, result.output
    assert result.output.startswith("No drift")


# --- a drift is found


@pytest.fixture
def copy(tmp_path):
    """A copy of the documents that may be spoilt."""
    for document in DOCUMENTS:
        target = tmp_path / document
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(code.ROOT / document, target)
    return tmp_path


def spoil(folder, document, old, new):
    path = folder / document
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_changed_cell_is_one_sentence_that_says_where(copy):
    spoil(copy, "model/ODD.md", "| 1 | evaluation |", "| 1 | something else |")
    found = drifts(copy)

    assert len(found) == 1
    assert found[0].startswith(
        "model/ODD.md: the part 'month' has drifted: the code says '| 1 | ev"
    )


def test_a_lost_line_and_a_lost_document_are_found(copy):
    text = (copy / "model/ODD.md").read_text("utf-8")
    last = parts_in(text)["month"].split("\n")[-1]
    spoil(copy, "model/ODD.md", "\n" + last, "")
    (copy / "model/RULES.md").unlink()
    found = drifts(copy)

    assert "model/ODD.md: the part 'month' has drifted: 1 lines are missing." in found
    assert "model/RULES.md does not exist." in found
    assert "No document has a place for the part 'all rules'." in found


def test_a_part_that_nobody_makes_is_refused():
    with pytest.raises(DescriptionError, match="no generated part 'weather'"):
        filled("<!-- made by zorgbundel describe: weather -->\n<!-- end -->")


def test_a_drift_makes_the_command_fail(copy, monkeypatch):
    spoil(copy, "model/ODD.md", "| 1 | evaluation |", "| 1 | something else |")
    found = drifts(copy)
    monkeypatch.setattr(documents, "drifts", lambda: found)
    result = CliRunner().invoke(main, ["describe", "--check"])

    assert result.exit_code == 1
    assert "zorgbundel: model/ODD.md: the part 'month' has drifted" in result.output


def test_writing_mends_a_drift_and_keeps_what_was_written_by_hand(copy):
    spoil(copy, "model/ODD.md", "| 1 | evaluation |", "| 1 | something else |")
    spoil(copy, "model/ODD.md", "## 1. Purpose and patterns", "## 1. By hand")

    assert documents.write(copy) == ["model/ODD.md"]
    assert not drifts(copy)
    assert "## 1. By hand" in (copy / "model/ODD.md").read_text("utf-8")


# --- the tables hold everything


def test_every_column_phase_measure_parameter_and_clause_is_in_a_table():
    odd = (code.ROOT / "model/ODD.md").read_text("utf-8")
    parts = parts_in(odd)

    for name, (_, columns) in TABLES.items():
        for column in columns:
            assert f"| `{column.name}` | {column.meaning} |" in parts[f"state {name}"]
    assert [phase.name for phase in MONTH] == re.findall(r"^\| \d+ \| ([\w ]+) \|", parts["month"],
                                                         re.MULTILINE)  # fmt: skip
    for measure in MEASURES:
        assert f"`{measure.formula}`" in parts["measures"]
    assert parts["clauses"].count("\n") - 1 == len(AnyClause.__origin__.__args__)
    numbers = (code.ROOT / "model/PARAMETERS.md").read_text("utf-8")
    for name in load_registry():
        assert f"| `{name}` |" in numbers


def test_every_parameter_file_has_a_group():
    grouped = [stem for files in tables.GROUPS.values() for stem in files]

    assert len(grouped) == len(set(grouped))
    assert {p.file.removesuffix(".yaml") for p in load_registry().all()} == set(grouped)


def test_every_rule_is_described_with_equation_arguments_and_file():
    text = (code.ROOT / "model/RULES.md").read_text("utf-8")

    assert len(code.rules()) > 100
    for rule in code.rules():
        assert rule.says, f"{rule.file}: '{rule.name}' has no docstring"
        assert f"`{rule.name}({', '.join(rule.arguments)})`" in text
    assert "h' = d h + (1 - h) g(n)" in text


def test_rules_are_found_where_they_are_called():
    called = code.rules_called("model/month/training.py")

    assert "model/physiotherapy.py:next_training" in called
    assert "model/disease.py:death_rate" not in called


def test_streams_are_followed_to_their_names():
    names = {name for name, _ in code.streams()}

    assert {"attack", "person age", "newcomer motive", "measure follow-up", "start class"} <= names
    assert "look at colleague ..." in names


def test_stars_and_angles_are_kept_from_being_markup():
    assert tables._plain("a * b ** c < d and `x * y`") == r"a \* b \*\* c &lt; d and `x * y`"
    assert tables.table(("a",), [("p | q",)]).endswith(r"| p \| q |")


def test_links_inside_the_description_lead_somewhere():
    def headings(name):
        text = (code.ROOT / "model" / name).read_text("utf-8")
        return {tables.anchor(line.lstrip("# ")) for line in text.split("\n") if line[:1] == "#"}

    for source in ("ODD.md", "PARAMETERS.md", "RULES.md"):
        text = (code.ROOT / "model" / source).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", text):
            path, place = target
            assert (code.ROOT / "model" / path).exists(), target
            assert not place or place in headings(path), target
