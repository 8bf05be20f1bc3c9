"""Phase (December): the year is observed. Observers watch; they never change a life."""

import numpy as np
import pandas as pd

from agents.therapist import Satisfaction, job_satisfaction
from model import state
from model.codes import GOLD_STAGES, INSURERS, PRACTICE_SIZES
from model.contracts.risk import loss_probability
from model.month.delivery import full_cost_per_session
from model.outcomes import MEASURES, SMALL_CELL
from model.parameters import ParameterSet

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
    of_patient = _patient_quantities(world, of_practice)
    world.years.append(_table(world, of_patient, of_practice))
    state.clear(world.tally)
    state.clear(world.practice_tally)


def _patient_quantities(world, of_practice: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the quantities measures are made of, one value per person who lived this year."""
    seen = np.flatnonzero(world.tally.months[: world.rows] > 0)
    died = np.flatnonzero(world.tally.died[: world.rows] > 0)
    seen = np.union1d(seen, died)
    t = type(world.tally)(*(column[seen] for column in world.tally))
    practice = world.care.practice[seen]
    treated = (t.sessions > 0).astype(float)
    quantities = {name: getattr(t, name).astype(float) for name in t._fields}
    quantities |= {
        "treated": treated,
        "paramedical": t.paramedical / 100.0,
        "total_care": t.total_care / 100.0,
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
    world_rows = world.person
    quantities["gold_group"] = world.health.gold[seen] - GOLD_STAGES[0]
    quantities["income_group"] = world_rows.income[seen].astype(np.int64)
    quantities["insurer_group"] = world_rows.insurer[seen].astype(np.int64)
    size = world.practices.large[practice].astype(np.int64)
    quantities["practice_size_group"] = np.where(practice >= 0, size, -1)
    return quantities


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
    full_cost = full_cost_per_session(p)
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


def _groups(quantities: dict[str, np.ndarray]) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Return for each split the group number of each person and the names of the groups."""
    everyone = np.zeros(quantities["treated"].size, dtype=np.int64)
    return {
        "all": (everyone, ["all"]),
        "gold": (quantities["gold_group"], [str(stage) for stage in GOLD_STAGES]),
        "income": (quantities["income_group"], ["1", "2", "3", "4", "5"]),
        "insurer": (quantities["insurer_group"], list(INSURERS)),
        "practice_size": (quantities["practice_size_group"], list(PRACTICE_SIZES)),
    }


def _table(world, of_patient, of_practice) -> pd.DataFrame:
    """Return one row per measure, split and group: sums scaled to the country, and the cell size.

    Columns: year, measure, split, group, top, bottom (1 for sums), patients (simulated persons
    with COPD care behind the cell, or all persons for national sums), small (under ten).
    """
    rows = []
    for split, (group, names) in _groups(of_patient).items():
        inside = group >= 0
        count = len(names)

        def total(name, inside=inside, group=group, count=count):
            return np.bincount(
                group[inside], weights=of_patient[name][inside], minlength=count
            ).astype(float)

        persons = np.bincount(group[inside], minlength=count)
        treated = total("treated")
        for measure in MEASURES:
            if measure.whose == "practices" and split in ("all", "practice_size"):
                which = of_practice["size"] if split == "practice_size" else None
                top, bottom = (_by_practice(of_practice[n], which, count)
                               for n in (measure.top, measure.bottom))
            else:
                top = total(measure.top)
                bottom = total(measure.bottom) if measure.bottom else np.ones(count)
            behind = persons if measure.bottom in (None, "asked_months") else treated
            scale_bottom = world.size.scale if measure.bottom else 1.0
            for k, name in enumerate(names):
                rows.append((
                    world.year, measure.id, split, name, top[k] * world.size.scale,
                    bottom[k] * scale_bottom, int(behind[k]), bool(behind[k] < SMALL_CELL),
                ))
    return pd.DataFrame(
        rows,
        columns=["year", "measure", "split", "group", "top", "bottom", "patients", "small"],
    )


def _by_practice(values: np.ndarray, which: np.ndarray | None, count: int) -> np.ndarray:
    """Return sums over practices, per size if ``which`` gives it."""
    if which is None:
        return np.array([values.sum()])
    return np.bincount(which, weights=values, minlength=count)
