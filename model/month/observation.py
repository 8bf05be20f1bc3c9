"""Phase (December): the year is observed. Observers watch; they never change a life."""

import numpy as np
import pandas as pd

from agents.therapist import Satisfaction, job_satisfaction
from model import state
from model.codes import ALIVE, GOLD_STAGES, INSURERS, PRACTICE_SIZES, TREATED
from model.contracts.risk import loss_probability
from model.outcomes import MEASURES, SMALL_CELL
from model.parameters import ParameterSet

#: Longest bar of the histogram of yearly sessions; nobody is planned more.
SESSIONS_MOST = 250
WEEKS_PER_MONTH = 52.0 / 12.0
MINUTES_PER_HOUR = 60.0


def constants(p: ParameterSet) -> Satisfaction:
    """Collect the weights of the job-satisfaction index."""
    return Satisfaction(
        base=p.satisfaction_base,
        autonomy=p.satisfaction_autonomy,
        admin=p.satisfaction_admin,
        admin_free=p.satisfaction_admin_free,
        mismatch=p.satisfaction_mismatch,
        loss=p.satisfaction_loss,
        gaming=p.satisfaction_gaming,
    )


def observe_year(world) -> None:
    """Run the phase on a world: add one table of outcomes, then start a new tally."""
    of_practice = _practice_quantities(world)
    quantities = (_of_everyone(world), _of_patients(world, of_practice))
    world.years.append(_table(world, quantities, of_practice))
    world.facts.append(_facts(world))
    state.clear(world.tally)
    state.clear(world.practice_tally)
    world.intakes.clear()


#: Quantities of everyone who lived this year; all others are zero for those without care.
_OF_EVERYONE = ("persons", "admissions", "died", "qalys", "total_care", "ccq_sum", "asked_months")

#: Quantities that are a tally column as it stands.
_PLAIN = (
    "improved", "followed", "refused", "requests", "under", "over", "upcoded", "quarters",
    "intakes", "sessions",
)  # fmt: skip


def _of_everyone(world) -> dict[str, np.ndarray]:
    """Return the quantities of everyone who lived this year, and the groups they are in."""
    t, rows = world.tally, world.rows
    # The dead of last year may still have a part of a paid quarter in this year.
    seen = np.flatnonzero((t.months[:rows] > 0) | (t.died[:rows] > 0) | (t.paramedical[:rows] != 0))
    plain = ("admissions", "died", "qalys", "ccq_sum", "asked_months")
    return (
        {name: getattr(t, name)[seen] for name in plain}
        | {
            "persons": np.ones(seen.size),
            "total_care": t.total_care[seen] / 100.0,
        }
        | _group_numbers(world, seen)
    )


def _of_patients(world, of_practice: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the quantities of those who had to do with physiotherapy this year."""
    t, rows = world.tally, world.rows
    cared = np.flatnonzero(
        (t.sessions[:rows] > 0) | (t.requests[:rows] > 0) | (t.quarters[:rows] > 0)
        | (t.paramedical[:rows] != 0) | (t.revenue[:rows] != 0) | (t.out_of_pocket[:rows] != 0)
        | (t.followed[:rows] > 0)
    )  # fmt: skip
    t = type(t)(*(column[cared] for column in t))
    practice = world.care.practice[cared]
    treated = (t.sessions > 0).astype(float)
    return (
        {name: getattr(t, name) for name in _PLAIN}
        | {
            "treated": treated,
            "paramedical": t.paramedical / 100.0,
            "out_of_pocket": t.out_of_pocket / 100.0,
            "waited_weeks": t.waited * WEEKS_PER_MONTH,
            "margin": (t.revenue - t.cost) / 100.0,
            "revenue": t.revenue / 100.0,
            "admin_hours": t.admin / MINUTES_PER_HOUR,
            # As a group of patients meets it: the practice's value, once per treated patient.
            "loss": treated * of_practice["loss"][practice],
            "satisfaction": treated * of_practice["satisfaction"][practice],
            "active": treated * of_practice["active"][practice],
        }
        | _group_numbers(world, cared)
    )


def _group_numbers(world, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return for each split the group number of the listed rows, -1 for none."""
    practice = world.care.practice[rows]
    return {
        "gold_group": world.health.gold[rows] - GOLD_STAGES[0],
        "income_group": world.person.income[rows].astype(np.int64),
        "insurer_group": world.person.insurer[rows].astype(np.int64),
        "practice_size_group": np.where(practice >= 0, world.practices.large[practice], -1),
    }


def _facts(world) -> dict[str, np.ndarray | float | int]:
    """Return what the calibration compares with the real world; counts are of the sample."""
    rows = world.rows
    alive = world.health.alive[:rows] == ALIVE
    t = world.tally
    sessions = t.sessions[:rows]
    return {
        "year": world.year,
        "sessions": np.bincount(sessions[sessions > 0], minlength=SESSIONS_MOST + 1),
        "in_treatment": int((world.care.status[:rows] == TREATED).sum()),
        "gold": np.bincount(world.health.gold[:rows][alive], minlength=5)[2:],
        "stable_deaths_by_gold": np.bincount(
            world.health.gold[:rows], weights=t.stable_death[:rows], minlength=5
        )[2:],
        "person_years_by_gold": np.bincount(
            world.health.gold[:rows], weights=t.months[:rows], minlength=5
        )[2:]
        / 12.0,
        "copd_deaths": float(t.copd_death[:rows].sum()),
        "class_at_intake": world.intakes.by_class.copy(),
        "profile_at_intake": world.intakes.by_profile.copy(),
        "intakes": int(t.intakes[:rows].sum()),
        "intakes_at_once": int(((t.intakes[:rows] > 0) & (t.waited[:rows] == 0)).sum()),
        "stopped_early": int(t.stopped_early[:rows].sum()),
        "stopped_programme": int(t.stopped_programme[:rows].sum()),
        "active_practices": int((world.practice_tally.sessions > 0).sum()),
    }


def _practice_quantities(world) -> dict[str, np.ndarray]:
    """Return loss, job satisfaction and activity, one value per practice."""
    t, p = world.practice_tally, world.p
    active = (t.sessions > 0).astype(float)
    loss = ((t.cost > t.revenue) & (t.sessions > 0)).astype(float)
    satisfaction = np.zeros(active.size)
    patients = np.bincount(
        world.care.practice[: world.rows][world.tally.sessions[: world.rows] > 0],
        minlength=world.practices.count,
    )
    full_cost = p.full_cost_per_session
    for row in np.flatnonzero(active):
        n = max(1, int(patients[row]))
        on_policy = t.policy_quarters[row] / t.quarters[row] if t.quarters[row] else 0.0
        fees = world.session_fee
        fee = fees[0] * (1.0 - on_policy) + fees[1] * on_policy
        margin = (t.revenue[row] - t.cost[row]) / 100.0 / n
        sd = abs(fee - full_cost) * p.cost_cv_per_patient * t.sessions[row] / n
        hours = t.admin[row] / MINUTES_PER_HOUR / 52.0 / world.practices.per_practice
        satisfaction[row] = job_satisfaction(
            p.autonomy_fee * (1.0 - on_policy) + p.autonomy_bundle * on_policy,
            p.admin_hours_other_care + hours,
            t.gap[row] / t.need[row] if t.need[row] > 0 else 0.0,
            loss_probability(margin, sd, n),
            t.upcoded[row] / t.quarters[row] if t.quarters[row] else 0.0,
            world.constants["observation"],
        )
    return {
        "active": active,
        "loss": loss,
        "satisfaction": satisfaction * active,
        "size": world.practices.large.astype(np.int64),
    }


#: Ways to split persons, with the names of the groups; a group of -1 is left out.
_SPLITS = {
    "all": ("all",),
    "gold": tuple(str(stage) for stage in GOLD_STAGES),
    "income": ("1", "2", "3", "4", "5"),
    "insurer": INSURERS,
    "practice_size": PRACTICE_SIZES,
}


def _totals(quantities: dict[str, np.ndarray], split: str, count: int) -> dict[str, np.ndarray]:
    """Return the sum of every quantity per group, each of shape (count,)."""
    wanted = [name for name in quantities if not name.endswith("_group")]
    if split == "all":
        return {name: np.array([quantities[name].sum(dtype=float)]) for name in wanted}
    group = quantities[f"{split}_group"]
    inside = np.flatnonzero(group >= 0)
    if inside.size < group.size:
        group = group[inside]
        quantities = {name: quantities[name][inside] for name in wanted}
    return {name: np.bincount(group, quantities[name], count).astype(float) for name in wanted}


def _table(world, quantities, of_practice) -> pd.DataFrame:
    """Return one row per measure, split and group: sums scaled to the country, and the cell size.

    Columns: year, measure, split, group, top, bottom (1 for sums), patients (simulated persons
    with COPD care behind the cell, or all persons for national sums), small (under ten).
    """
    rows = []
    scale = world.size.scale
    for split, names in _SPLITS.items():
        total = {}
        for part in quantities:
            total |= _totals(part, split, len(names))
        ones = np.ones(len(names))
        for measure in MEASURES:
            if measure.whose == "practices" and split in ("all", "practice_size"):
                which = of_practice["size"] if split == "practice_size" else None
                top, bottom = (
                    _by_practice(of_practice[n], which, len(names))
                    for n in (measure.top, measure.bottom)
                )
            else:
                top, bottom = total[measure.top], total.get(measure.bottom, ones)
            national = measure.bottom in (None, "asked_months")
            behind = total["persons" if national else "treated"]
            for k, name in enumerate(names):
                rows.append(
                    (
                        world.year,
                        measure.id,
                        split,
                        name,
                        top[k] * scale,
                        bottom[k] * (scale if measure.bottom else 1.0),
                        int(behind[k]),
                        bool(behind[k] < SMALL_CELL),
                    )
                )
    return pd.DataFrame(
        rows,
        columns=["year", "measure", "split", "group", "top", "bottom", "patients", "small"],
    )


def _by_practice(values: np.ndarray, which: np.ndarray | None, count: int) -> np.ndarray:
    """Return sums over practices, per size if ``which`` gives it."""
    if which is None:
        return np.array([values.sum()])
    return np.bincount(which, weights=values, minlength=count)
