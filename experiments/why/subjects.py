"""What can be asked about: measures and budget tests, parameters, figures and tables, by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal

from model.outcomes import BY_ID
from model.panel import WATCHED
from model.parameters import load_registry

Kind = Literal["measure", "parameter", "figure"]

#: The two budget tests and their sum.
TESTS = ("entitlement", "neutrality", "together")
SPENDING = "paramedical_spending"

#: What the regulator watches, as it sees it; names of their own, for it may differ from the truth.
SEEN = {f"seen_{one.id}": one for one in WATCHED}

#: Code with which the regulator judges what it sees.
JUDGING = ("model/month/panel_year.py", "model/month/evaluation.py", "agents/regulator.py")
EVALUATED = ("disease_burden_ccq", "admissions", "total_care_cost", SPENDING, "job_satisfaction",
             "sessions_per_patient")  # fmt: skip
MONEY = (SPENDING, "total_care_cost", "out_of_pocket", "hospital_therapy_spending")

#: Code that reckons what a contract rewards, without simulation.
REWARDS = ("model/contracts/", "model/expectations.py", "agents/behaviours/default.py")


@dataclass(frozen=True)
class Figure:
    """A figure, chart or table of the program.

    Attributes:
        id: Name of the figure.
        words: Key of its texts: ``why.figure.<words>.title`` and ``.explains``.
        measures: Measures and budget tests that it shows; all of them if it shows any.
        code: Paths of the code that reckons it from parameters alone; empty if it is simulated.
    """

    id: str
    words: str
    measures: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


def kind_of(name: str) -> Kind | None:
    """Return what a name stands for; None if nothing has that name."""
    if name in BY_ID or name in TESTS or name in SEEN:
        return "measure"
    if name in load_registry():
        return "parameter"
    return "figure" if name in figures() else None


def names() -> tuple[str, ...]:
    """Return every name that has an answer."""
    return (*BY_ID, *TESTS, *SEEN, *load_registry(), *figures())


def nearest(name: str, count: int = 3) -> Sequence[str]:
    """Return the names that look most like a misspelt one."""
    return get_close_matches(name.lower(), names(), count, 0.0)


@cache
def figures() -> dict[str, Figure]:
    """Return every figure, chart and table by id.

    What a figure shows is taken from the figure's own declaration where it has one.
    """
    return {one.id: one for one in (*_of_comparisons(), *_of_answers(), *_charts(), *_tables())}


def _of_comparisons() -> list[Figure]:
    from experiments.figures import FIGURES, effects, people, practices

    shown = {
        "1_budget_tests": TESTS,
        "2_spending": (SPENDING, "neutrality"),
        "3_effects": tuple(measure for _, block in effects.BLOCKS for measure in block),
        "4_groups": people.GROUP_MEASURES,
        "5_dangers": people.DANGERS,
        "6_draws": TESTS,
        "7_carriers": ("neutrality",),
        "8_practices": practices.MEASURES,
    }
    return [Figure(name, name, shown.get(name, ())) for name in FIGURES]


def _of_answers() -> list[Figure]:
    every = tuple(BY_ID)
    return [
        Figure("explanation", "explanation", code=REWARDS),
        Figure("evaluation", "evaluation", EVALUATED),
        Figure("ranking", "ranking", every),
        Figure("robust", "robust", every),
        Figure("posterior_parameters", "posterior_parameters"),
        Figure("posterior_targets", "posterior_targets"),
    ]


def _charts() -> list[Figure]:
    """Return the charts of the dashboard."""
    by_measure = [
        Figure(f"{words}_{name}", words, (name,))
        for words in ("path", "groups", "compare") for name in BY_ID
    ]  # fmt: skip
    tests = [Figure(f"budget_{name}", "budget", (name,)) for name in TESTS]
    pairs = ("session_group", "heavier_severe", "burden_admission")
    margins = [Figure(f"margins_{pair}", "margins", code=REWARDS) for pair in pairs]
    return [
        *by_measure, *tests, *margins,
        Figure("margins", "margins", code=REWARDS),
        Figure("carriers", "carriers", ("neutrality",)),
        Figure("money", "money", MONEY),
        Figure("practices", "practices", ("practice_margin", "practice_loss_share")),
        Figure("oversight", "oversight", EVALUATED),
        Figure("sweep", "sweep", tuple(BY_ID)),
    ]  # fmt: skip


def _tables() -> list[Figure]:
    """Return the tables of the terminal."""
    return [
        Figure("table_effects", "table_effects", tuple(BY_ID)),
        Figure("table_budget", "table_budget", TESTS),
        Figure("table_evaluation", "table_evaluation", EVALUATED),
        Figure("table_years", "table_years", EVALUATED),
        Figure("table_until_clear", "table_until_clear", tuple(BY_ID)),
    ]
