"""Twin lives: the same people in two worlds with the same luck, month by month.

Both worlds continue from the same history, so a patient's two lives are the same until something
that the policy changed reaches that patient. The first month in which they differ is found, and
which clause made the difference is asked of the model: without that clause, is it gone?
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.codes import ALIVE, TREATED
from model.contracts.clause import Clause
from model.ledger import Party
from model.parameters import ParameterSet
from model.policy import HISTORY, Policy
from model.population import Size
from model.schedule import MONTH
from model.simulation import Span, World
from scenarios.contradictions import first_contradiction

#: What is followed of every person: name here, table and column in ``model.state``.
FOLLOWED = {
    "alive": ("health", "alive"),
    "gold": ("health", "gold"),
    "attack": ("health", "struck"),
    "training": ("health", "training"),
    "burden": ("health", "ccq"),
    "status": ("care", "status"),
    "practice": ("care", "practice"),
    "weight_class": ("care", "weight_class"),
    "upcoded": ("care", "upcoded"),
    "plan": ("care", "plan"),
    "mode": ("care", "mode"),
}
#: Beside those: sessions of the month, refusals of the month, and cents paid this month to the
#: practice for the patient, and by the patient.
COUNTED = ("sessions", "refused", "paid", "own")

#: What can make two lives part, in the order in which a month decides it.
DECISIONS: dict[str, tuple[str, ...]] = {
    "health": ("alive", "attack"),
    "access": ("refused", "status", "practice"),
    "grading": ("weight_class", "upcoded"),
    "planning": ("plan", "mode"),
    "delivery": ("sessions",),
    "training": ("training", "burden"),
    "payment": ("paid", "own"),
}
LIFE = tuple(name for key, names in DECISIONS.items() if key != "payment" for name in names)

#: What the monthly columns are set to before a month (``World.step``).
_OF_THE_MONTH = ("intake", "sessions", "uncovered", "opened", "unused", "month_cost")


@dataclass(frozen=True)
class Lives:
    """Everybody's life in one world, from the policy month on.

    Attributes:
        columns: By name (``FOLLOWED`` and ``COUNTED``), each of shape (months, persons).
        revenue, cost: Of each practice, cents, (months, practices); cost in full.
        treated: Patients in treatment at each practice, (months, practices).
        first_year: Year of the first month.
    """

    columns: dict[str, np.ndarray]
    revenue: np.ndarray
    cost: np.ndarray
    treated: np.ndarray
    first_year: int

    @property
    def months(self) -> int:
        """Months followed."""
        return len(self.revenue)

    def life(self, row: int) -> dict[str, np.ndarray]:
        """Return one person's life: every column by month."""
        return {name: values[:, row] for name, values in self.columns.items()}

    def result(self) -> np.ndarray:
        """Return revenue less cost of each practice per year, cents, (years, practices)."""
        return (self.revenue - self.cost).reshape(self.months // 12, 12, -1).sum(axis=1)


@dataclass(frozen=True)
class Pair:
    """Two worlds with the same luck.

    Attributes:
        baseline, policy: Lives in both.
        history: The world that both continue from.
        policies: What holds in both.
    """

    baseline: Lives
    policy: Lives
    history: World
    policies: tuple[Policy, Policy]

    def lives(self, row: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return one person's two lives."""
        return self.baseline.life(row), self.policy.life(row)


def live(
    baseline: Policy,
    policy: Policy,
    p: ParameterSet,
    seed: int = 1,
    share: float = 0.01,
    span: Span | None = None,
) -> Pair:
    """Run both worlds and note everybody's life.

    Args:
        baseline: What holds in the first world.
        policy: What holds in the second.
        p: Parameters.
        seed: Seed of all luck.
        share: Share of the country.
        span: Simulated period.
    """
    span = span or Span()
    history = World(p, HISTORY, seed, Size.of_share(p, share), span, keep_lines=False)
    history.run(span.policy_month)
    lives = [follow(history.branch(one)) for one in (baseline, policy)]
    return Pair(*lives, history, (baseline, policy))


def follow(world: World, months: int | None = None) -> Lives:
    """Run a world month by month and note every life.

    Args:
        world: A world at the start of the policy window.
        months: How many months; None for all that are left.
    """
    first, persons = world.month, world.person.female.size
    count = world.span.months - first if months is None else months
    world.ledger.keep_lines = True
    columns = {
        name: np.zeros((count, persons), dtype=getattr(getattr(world, table), column).dtype)
        for name, (table, column) in FOLLOWED.items()
    }
    columns |= {name: np.zeros((count, persons), dtype=np.int64) for name in COUNTED}
    practices = world.practices.count
    cost, treated = np.zeros((2, count, practices))
    before = {"refused": np.zeros(persons), "cost": np.zeros(practices)}
    for k in range(count):
        if world.month % 12 == 0:
            before = {name: np.zeros_like(values) for name, values in before.items()}
        now = _step(world)
        for name, (table, column) in FOLLOWED.items():
            columns[name][k] = getattr(getattr(world, table), column)
        columns["sessions"][k] = world.care.sessions + world.care.uncovered
        columns["refused"][k] = now["refused"] - before["refused"]
        cost[k] = now["cost"] - before["cost"]
        in_care = world.care.status == TREATED
        treated[k] = np.bincount(world.care.practice[in_care], minlength=practices)
        before = now
    revenue = _money(world, first, columns)
    return Lives(columns, revenue, cost, treated, world.span.first_year + first // 12)


def _step(world: World) -> dict[str, np.ndarray]:
    """Run one month as ``World.step`` does; return the year's tallies before they are cleared."""
    for column in _OF_THE_MONTH:
        getattr(world.care, column)[:] = 0
    for part in MONTH:
        if part.name == "observation":
            found = {
                "refused": world.tally.refused.astype(float),
                "cost": world.practice_tally.cost.copy(),
            }
        if part.due(world.month):
            part.run(world)
    world.month += 1
    return found


def _money(world: World, first: int, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Fill in what was paid, by month and person; return the revenue by month and practice."""
    lines = world.ledger.lines()
    lines = lines[lines["month"] >= first]
    month = lines["month"].to_numpy() - first
    cents, patient = lines["cents"].to_numpy(), lines["patient"].to_numpy()
    revenue = np.zeros((len(columns["paid"]), world.practices.count))
    for side, sign in (("payee", 1), ("payer", -1)):
        to = lines[side].to_numpy() == Party.PRACTICE
        practice = lines[f"{side}_id"].to_numpy()
        np.add.at(revenue, (month[to], practice[to]), sign * cents[to])
        of_person = to & (patient >= 0)
        np.add.at(columns["paid"], (month[of_person], patient[of_person]), sign * cents[of_person])
    own = (lines["payer"].to_numpy() == Party.PATIENT) & (patient >= 0)
    np.add.at(columns["own"], (month[own], patient[own]), cents[own])
    return revenue


# --- where two lives part


@dataclass(frozen=True)
class Parting:
    """Where two lives part.

    Attributes:
        month: First month in which they differ, counted from the policy month.
        decision: What differs first in that month (a key of ``DECISIONS``).
        column: Which column of it.
        values: Of both lives in that month.
    """

    month: int
    decision: str
    column: str
    values: tuple[float, float]


def first_difference(
    baseline: dict[str, np.ndarray],
    policy: dict[str, np.ndarray],
    columns: Sequence[str] = LIFE,
) -> Parting | None:
    """Return where two lives part; None if they never do.

    Args:
        baseline: One life.
        policy: The other.
        columns: What counts as a difference; money alone is none.
    """
    differs = {name: baseline[name] != policy[name] for name in columns}
    anything = np.any(list(differs.values()), axis=0)
    if not anything.any():
        return None
    month = int(np.argmax(anything))
    for decision, names in DECISIONS.items():
        for name in names:
            if name in differs and differs[name][month]:
                values = (float(baseline[name][month]), float(policy[name][month]))
                return Parting(month, decision, name, values)
    raise AssertionError("a difference belongs to a decision")


@dataclass(frozen=True)
class Cause:
    """What made two lives part.

    Attributes:
        kind: "clause" (named alone), "contract" (several clauses together), "entitlement",
            "levers", "theories" or "participation".
        clauses: The clauses, of the policy's contract.
    """

    kind: str
    clauses: tuple[Clause, ...] = ()


def cause(pair: Pair, row: int, parting: Parting) -> Cause:
    """Return what in the policy made a person's lives part, by asking the model.

    A clause is the cause if without it, all else the same, the person's month is as in the
    baseline. If that holds for no single clause, it is the contract as a whole.

    Args:
        pair: Both worlds.
        row: The person.
        parting: Where the lives part.
    """
    baseline, policy = pair.policies
    other = tuple(one for one in policy.clauses if one not in baseline.clauses)
    if not other:
        names = ("entitlement", "levers", "theories")
        same = {name: getattr(policy, name) == getattr(baseline, name) for name in names}
        return Cause(next((name for name in names if not same[name]), "participation"))
    if len(other) == 1:
        return Cause("clause", other)
    for clause in other:
        rest = tuple(one for one in policy.clauses if one is not clause)
        p = pair.history.basis.replace(policy.levers)
        if not rest or first_contradiction(rest, policy.entitlement, p) is not None:
            continue
        without = pair.history.branch(replace(policy, clauses=rest))
        life = follow(without, parting.month + 1).life(row)
        known = pair.baseline.life(row)
        if all(life[name][parting.month] == known[name][parting.month] for name in LIFE):
            return Cause("clause", (clause,))
    return Cause("contract", other)


# --- whom to look at


@dataclass(frozen=True)
class Chosen:
    """Somebody to look at.

    Attributes:
        row: Person.
        practice: Practice.
        count: How many persons (or practices) the question fits.
        of: Out of how many it could.
        month: Month in which the question fits this one, counted from the policy month.
    """

    row: int
    practice: int
    count: int
    of: int
    month: int


#: GOLD stage from which a patient is called severe.
SEVERE = 3


def choose(pair: Pair, question: str) -> Chosen | None:
    """Return whom a question is about; None if it fits nobody.

    - ``severe_refused``: a patient with GOLD III or IV refused under the policy only; the first of
      those who live to the end, if there are any.
    - ``fewer_sessions``: a patient in the lightest class who gets fewer sessions under the policy;
      the one in the middle of all those.
    - ``graded_heavier``: a patient in too heavy a class under the policy only; the first in
      the same way.
    - ``practice_loss``: a practice with a year of loss under the policy only, and of its patients
      then the one paid for worst; the practice in the middle by size of the loss.
    """
    a, b = pair.baseline, pair.policy
    if question == "practice_loss":
        return _loss(a, b)
    one, two = a.columns, b.columns
    if question == "severe_refused":
        asked = (two["refused"] > 0) & (two["gold"] >= SEVERE)
        fits = asked & (one["refused"].sum(axis=0) == 0)
        could = (two["status"] > 0) & (two["gold"] >= SEVERE)
    elif question == "graded_heavier":
        heavy = [(x["upcoded"] == 1) | (x["upcoded"] == 2) for x in (one, two)]
        in_care = two["status"] == TREATED
        fits = heavy[1] & in_care & ~heavy[0].any(axis=0)
        could = in_care
    else:
        light = (one["weight_class"] == 0) & (one["status"] == TREATED)
        lived = (one["alive"][-1] == ALIVE) & (two["alive"][-1] == ALIVE)
        gap = one["sessions"].sum(axis=0) - two["sessions"].sum(axis=0)
        of = light.any(axis=0) & lived
        rows = np.flatnonzero(of & (gap > 0))
        if rows.size == 0:
            return None
        row = int(rows[np.argsort(gap[rows], kind="stable")[rows.size // 2]])
        first = int(np.argmax(light[:, row]))
        return Chosen(row, int(one["practice"][first, row]), int(rows.size), int(of.sum()), first)
    every = rows = np.flatnonzero(fits.any(axis=0))
    if rows.size == 0:
        return None
    alive = (one["alive"][-1] == ALIVE) & (two["alive"][-1] == ALIVE)
    if alive[rows].any():  # a longer story
        rows = rows[alive[rows]]
    months = np.argmax(fits[:, rows], axis=0)
    k = int(np.lexsort((rows, months))[0])
    row, month = int(rows[k]), int(months[k])
    practice = int(two["practice"][month, row])
    if practice < 0:  # refused for good: where the other life is treated
        practice = int(max(one["practice"][month:, row].max(), two["practice"][:, row].max()))
    return Chosen(row, practice, int(every.size), int(could.any(axis=0).sum()), month)


def _loss(a: Lives, b: Lives) -> Chosen | None:
    before, after = a.result(), b.result()
    active = b.revenue.reshape(b.months // 12, 12, -1).sum(axis=1) > 0
    fits = (after < 0) & (before >= 0) & active
    if not fits.any():
        return None
    years, practices = np.nonzero(fits)
    k = int(np.argsort(after[years, practices], kind="stable")[years.size // 2])
    year, practice = int(years[k]), int(practices[k])
    months = slice(12 * year, 12 * year + 12)
    treated = (
        (b.columns["practice"][months] == practice) & (b.columns["status"][months] == TREATED)
    ).any(axis=0)
    rows = np.flatnonzero(treated)
    sessions = b.columns["sessions"][months][:, rows].sum(axis=0)
    paid = b.columns["paid"][months][:, rows].sum(axis=0)
    worst = int(rows[np.argmin(paid / np.maximum(1, sessions))])
    return Chosen(
        worst, practice, len(set(practices.tolist())), int(active.any(axis=0).sum()), 12 * year
    )
