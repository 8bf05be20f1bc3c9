"""What ``zorgbundel evaluate`` shows: few evaluations that can be made, rows that add up."""

import math
import re
from io import StringIO

import pandas as pd
import pytest
from rich.console import Console

from experiments.figures.evaluation import evaluation_figure
from experiments.power.estimator_spread import FEWEST_COMPARED
from experiments.power.evaluation_power import (
    COLUMNS,
    CURVE_COLUMNS,
    EvaluationDesign,
    EvaluationPower,
)
from experiments.power.evaluation_tables import designs_table, indicators_table, methods_table
from experiments.power.evaluation_words import sentences
from experiments.power.matching import MATCHED
from model.estimates import AFTER_DIFFERENCE, BEFORE_AFTER, DID
from model.parameters import load_registry
from scenarios.loader import load

BASELINE, POLICY = "fee_for_service_open", "bundle_by_choice"
SCENARIOS = {name: load(name, load_registry()) for name in (BASELINE, POLICY)}
MANY = 200


def row(**values):
    usual = dict.fromkeys(COLUMNS, math.nan)
    usual |= {
        "uptake": "chosen", "years": 3, "year": 2027, "indicator": "burden_fall", "method": DID,
        "practices": 20, "joined": 14.5, "others": 14.5, "compared": 1.0, "true": 0.001,
        "true_monte_carlo_low": -0.02, "true_monte_carlo_high": 0.022, "estimate": 0.4,
        "bias": -0.083, "bias_monte_carlo_low": -0.1, "bias_monte_carlo_high": -0.066,
        "selection": -0.05, "coverage": 0.67, "detectable": 0.123, "detectable_analytic": 0.119,
        "loss": 0.1, "notices": 0.0, "notices_monte_carlo_low": 0.0,
        "notices_monte_carlo_high": 0.02, "false_alarm": 0.03, "sees_harm": 0.0, "take_part": 0.45,
    }  # fmt: skip
    return usual | values


def power(*rows, uptake=("chosen",)):
    design = EvaluationDesign(BASELINE, POLICY, uptake, practices=20, years=3, replications=MANY)
    points = [dict.fromkeys(CURVE_COLUMNS, math.nan)
              | {"practices": size, "years": 3, "notices": 0.1} for size in (20, 40)]  # fmt: skip
    return EvaluationPower(design, 20, 34, pd.DataFrame(list(rows)), pd.DataFrame(points))


def few(**values):
    return row(compared=(FEWEST_COMPARED - 1) / MANY, **values)


def cells(table) -> dict[str, list[str]]:
    return {
        str(one.header): [re.sub(r"\[/?dim\]", "", cell) for cell in one.cells]
        for one in table.columns
    }


# --- how many could be compared


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "In only 1% to 1.5% of such evaluations (20 practices, 3 years) could the two groups"),
     ("nl", "In maar 1% tot 1,5% van zulke evaluaties (20 praktijken, 3 jaar) zijn de twee")],
)  # fmt: skip
def test_that_hardly_any_could_be_compared_comes_first_and_nothing_is_said_of_quality(
    language, said
):
    rows = [row(compared=0.015), row(compared=0.01, indicator="admissions", loss=0.01)]
    found = sentences(power(*rows, uptake=("chosen", "lot")), language)

    assert found[0].startswith(said)
    together = " ".join(found)
    for wrong in ("67%", "0.123", "0,123", "notice a loss", "verlies van 0,1 CCQ", "0% to 2%"):
        assert wrong not in together
    # What really happens is known all the same.
    assert sum("really" in one or "werkelijkheid" in one for one in found) == 2


def test_the_least_number_of_evaluations_is_where_quality_is_told():
    assert FEWEST_COMPARED == 20
    told = row(compared=FEWEST_COMPARED / MANY)
    assert "holds the truth in 67%" in " ".join(sentences(power(told), "en"))
    found = sentences(power(told), "en")
    assert found[0].startswith("In 10% of such evaluations") and "noticing nothing" in found[0]
    assert "holds the truth" not in " ".join(sentences(power(few()), "en"))


def test_all_compared_needs_no_word_and_some_are_named():
    assert not any("two groups" in one for one in sentences(power(row()), "en"))
    mixed = power(row(), few(indicator="admissions", loss=0.01))
    first = sentences(mixed, "en")[0]
    assert first.startswith("In only 9.5% of such evaluations") and "burden" not in first
    assert first.endswith("This holds for: Lung attacks with admission per treated patient.")


def test_before_and_after_is_said_to_compare_with_nobody():
    first = sentences(power(row(method=BEFORE_AFTER, compared=0.9)), "en")[0]
    assert first.startswith("In none of such evaluations")
    assert "In 90% of them before and after is left" in first and "This holds" not in first


def test_coverage_of_one_indicator_is_one_number():
    assert "holds the truth in 67% of" in " ".join(sentences(power(row()), "en"))
    two = power(row(), row(indicator="admissions", loss=0.01, coverage=0.949))
    assert "omvat de waarheid in 67% tot 95% van" in " ".join(sentences(two, "nl"))


def test_another_way_that_can_hardly_be_compared_is_called_so():
    both = power(row(), few(uptake="lot"), uptake=("chosen", "lot"))
    (other,) = [one for one in sentences(both, "en") if one.startswith("If half")]
    assert "in only 9.5% of the evaluations" in other and "0.123" not in other


# --- the tables


def test_dashes_stand_for_what_too_few_evaluations_tell_and_the_caption_says_so():
    made = power(few(), few(method=MATCHED), few(method=AFTER_DIFFERENCE))
    for table in (
        indicators_table(made, SCENARIOS, "en"), designs_table(made, "en"),
        methods_table(made, "en"),
    ):  # fmt: skip
        shown = cells(table)
        for column in ("off by", "truth within", "smallest noticed", "notices", "it says"):
            assert set(shown.get(column, "-")) == {"-"}, column
        assert shown["true effect"][0].startswith("+0.001")
        assert "9.5% compared" in next(iter(shown.values()))[0]
        assert "fewer than 20 of 200 evaluations" in table.caption
    assert "compared" not in cells(indicators_table(power(row()), SCENARIOS, "en"))["indicator"][0]
    assert "dash" not in indicators_table(power(row()), SCENARIOS, "en").caption


def test_what_it_says_is_the_truth_and_what_it_is_off_by():
    made = power(row(), row(method=MATCHED, bias=-0.01), row(method=AFTER_DIFFERENCE, bias=0.2))
    shown = cells(indicators_table(made, SCENARIOS, "en"))
    assert shown["it says"] == ["−0.082"]  # 0.001 - 0.083, and not the mean of the 20s (0.4)
    assert shown["true effect"][0].startswith("+0.001")
    assert shown["off by"][0].startswith("−0.083")
    assert cells(methods_table(made, "en"))["it says"] == ["−0.082", "−0.009", "+0.201"]


def test_each_row_names_the_method_of_its_own_year():
    """In an earlier year the others were still enough; in the last there is nobody left."""
    made = power(
        row(years=2, year=2026), row(method=BEFORE_AFTER),
        row(indicator="admissions", loss=0.01),
    )  # fmt: skip
    shown = cells(indicators_table(made, SCENARIOS, "en"))["indicator"]
    assert [one.split("\n")[1] for one in shown] == ["before and after", "change"]
    assert "Seen by" not in indicators_table(made, SCENARIOS, "en").caption


def test_the_share_that_takes_part_is_that_of_the_practices_not_of_the_method():
    made = power(row(method=BEFORE_AFTER, joined=14.5, others=0.0))
    assert cells(designs_table(made, "en"))["take part"] == ["45%"]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_tables_fit_the_screen_without_cutting(width, language):
    made = power(few(), few(method=MATCHED), row(indicator="admissions", loss=0.01))
    screen = Console(width=width, record=True, file=StringIO())
    for table in (
        indicators_table(made, SCENARIOS, language), designs_table(made, language),
        methods_table(made, language),
    ):  # fmt: skip
        screen.print(table)
    text = screen.export_text()
    assert "…" not in text
    rows = [line for line in text.splitlines() if line.startswith(("│", "┃"))]
    assert len(rows) > 10 and all(line.rstrip()[-1] in "│┃" for line in rows)


# --- the figure


def test_the_figure_of_hardly_any_evaluation_gives_no_chance_in_its_title():
    shown = evaluation_figure(power(few()), "", "en")
    assert "in only 9.5% of evaluations" in shown.title and "in only 9.5%" in shown.alt
    usual = evaluation_figure(power(row(error=0.05)), "", "en")
    assert "0% chance" in usual.title
    # The truth stays, the dot of the evaluations goes, and the key says why.
    for drawing, dots in ((shown, 0), (usual, 1)):
        says = drawing.figure.axes[1]
        assert sum(line.get_marker() == "o" for line in says.lines) == dots
        assert any(list(line.get_xdata()) == [0.001, 0.001] for line in says.lines)
        said = " ".join(" ".join(one.get_text().split()) for one in drawing.figure.texts)
        assert ("No dot" in said) == (dots == 0)
    assert shown.figure.axes[1].get_xlim() == pytest.approx((-0.11, 0.11))
    assert shown.figure.axes[0].get_title(loc="left").startswith("Chance to notice a loss of 0.1")
