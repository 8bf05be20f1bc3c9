"""What is forecast: the figures that a yearly evaluation of the experiment can report."""

from dataclasses import dataclass

import numpy as np

from experiments.budget_verdict import CAPPED
from model.budget import framework
from model.codes import ENTITLEMENT_CLASSES, POLICY_CONTRACT
from model.simulation import World

#: Stands for everybody.
ALL = "all"


@dataclass(frozen=True)
class Quantity:
    """One quantity; its words are the text ``forecast.<id>``.

    Attributes:
        id: Name in the files.
        unit: Unit of the numbers, in English as in every file.
        groups: Groups it is given for.
        decimals: Digits to print (of the percentage, for a share).
    """

    id: str
    unit: str
    groups: tuple[str, ...] = (ALL,)
    decimals: int = 1


QUANTITIES = (
    Quantity("sessions_per_patient", "sessions/year", (ALL, *ENTITLEMENT_CLASSES)),
    Quantity("class_share", "share", ENTITLEMENT_CLASSES),
    Quantity("relevant_improvement", "share"),
    Quantity("admissions", "admissions/year", decimals=0),
    Quantity("practices_joining", "share"),
    Quantity("paramedical_spending", "EUR/year"),
    Quantity("framework_use", "ratio"),
)
BY_ID = {quantity.id: quantity for quantity in QUANTITIES}

#: Of a run: (quantity, group, year) to value.
Numbers = dict[tuple[str, str, int], float]


def live(world: World) -> Numbers:
    """Run a world to its end and return what can be seen of its policy years.

    Sessions and classes are those of patients with a session in the year, by the entitlement
    class on file at their last session; that class is in the claims under either contract.
    """
    found: Numbers = {}
    size = world.person.female.size
    while world.month < world.span.months:
        sessions, on_file = np.zeros(size), np.zeros(size, dtype=np.int64)
        year = world.year
        for _ in range(12):
            world.step()
            now = world.care.sessions + world.care.uncovered
            sessions += now
            on_file = np.where(now > 0, world.care.filed_class, on_file)
        found |= _of_sessions(sessions, on_file, year)
        found["practices_joining", ALL, year] = float(
            (world.contract_of == POLICY_CONTRACT).any(axis=1).mean()
        )
        table = world.years[-1]
        own = table[table["split"] == "all"].set_index("measure")
        for quantity, measure in (
            ("relevant_improvement", "relevant_improvement_share"),
            ("admissions", "admissions"),
            ("paramedical_spending", "paramedical_spending"),
        ):
            row = own.loc[measure]
            found[quantity, ALL, year] = _ratio(row["top"], row["bottom"])
    return found


def _of_sessions(sessions: np.ndarray, on_file: np.ndarray, year: int) -> Numbers:
    """Return sessions per treated patient, in all and by class, and the mix of classes."""
    treated = sessions > 0
    found = {("sessions_per_patient", ALL, year): _ratio(sessions.sum(), treated.sum())}
    for k, name in enumerate(ENTITLEMENT_CLASSES):
        own = treated & (on_file == k)
        found["sessions_per_patient", name, year] = _ratio(sessions[own].sum(), own.sum())
        found["class_share", name, year] = _ratio(own.sum(), treated.sum())
    return found


def framework_use(policy: Numbers, capped: dict[int, float], p) -> Numbers:
    """Return how many times the added framework is used, year by year (1: all of it).

    Spending under the policy above spending with the maxima of 2021-2024, over what was added.
    Nobody sees the second world, so an evaluation can only estimate this.

    Args:
        policy: What was seen of the policy's world.
        capped: Spending by year in the world of ``fee_for_service_capped``, EUR.
        p: Parameters.
    """
    years = sorted(capped)
    added = dict(zip(years, framework(years, p), strict=True))
    spent = "paramedical_spending", ALL
    return {
        ("framework_use", ALL, y): _ratio(policy[*spent, y] - capped[y], added[y]) for y in years
    }


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom else float("nan")


#: Scenario that the framework is reckoned against.
COMPARATOR = CAPPED
