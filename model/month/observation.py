"""Phase (December): the year is observed. Observers watch; they never change a life."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model import state
from model.codes import (
    AGE_BOUNDS,
    AGE_GROUPS,
    ALIVE,
    GOLD_STAGES,
    INSURERS,
    POLICY_CONTRACT,
    PRACTICE_SIZES,
    TREATED,
)
from model.expectations import MINUTES_PER_HOUR
from model.month.panel_year import note_year
from model.month.practice_year import practice_year
from model.outcomes import MEASURES, SMALL_CELL
from model.rules import allocating_phase, phase, rule

if TYPE_CHECKING:
    from model.simulation import World
    from model.state import Care, Health, Person, Tally

#: Longest bar of the histogram of yearly sessions; nobody is planned more.
SESSIONS_MOST = 250
WEEKS_PER_MONTH = 52.0 / 12.0
MONTHS = 12


def observe_year(world: "World") -> None:
    """Run the phase on a world: add one table of outcomes, then start a new tally."""
    of_practice = practice_year(world)
    quantities = (_of_everyone(world), _totals(_of_patients(world, of_practice)))
    world.years.append(_table(world, quantities, of_practice))
    world.facts.append(_facts(world))
    note_year(world, of_practice["satisfaction"])
    state.clear(world.tally)
    state.clear(world.practice_tally)
    world.intakes.clear()


#: Ways to split persons, with the names of the groups; a group of -1 is left out.
_SPLITS = {
    "all": ("all",),
    "gold": tuple(str(stage) for stage in GOLD_STAGES),
    "income": ("1", "2", "3", "4", "5"),
    "insurer": INSURERS,
    "practice_size": PRACTICE_SIZES,
    "age": AGE_GROUPS,
}

#: Quantities of everyone who lived this year; all others are zero for those without care.
_OF_EVERYONE = ("persons", "admissions", "died", "qalys", "total_care", "ccq_sum", "asked_months")

#: Quantities that are a tally column as it stands.
_PLAIN = (
    "improved", "followed", "refused", "soft_refused", "requests", "under", "over", "upcoded",
    "unprovable", "downgraded", "quarters", "intakes", "sessions", "answered",
)  # fmt: skip


#: Quantities of the posts of a practice.
_OF_POSTS = ("left", "staffed", "vacant", "posts")


def _of_everyone(world: "World") -> dict[str, dict[str, np.ndarray]]:
    """Return per split the sums of the quantities of everyone who lived this year.

    One pass over the columns as they are: copying half a million rows would take longer.
    """
    sums = np.zeros((sum(len(names) for names in _SPLITS.values()), len(_OF_EVERYONE)))
    starts = np.cumsum([0, *(len(names) for names in _SPLITS.values())])
    _sum_everyone(
        world.rows, world.person, world.health, world.care, world.tally, world.practices.large,
        _born_after(world), starts, sums,
    )  # fmt: skip
    sums[:, _OF_EVERYONE.index("total_care")] /= 100.0
    return {
        split: dict(zip(_OF_EVERYONE, sums[starts[k] : starts[k + 1]].T, strict=True))
        for k, split in enumerate(_SPLITS)
    }


def _born_after(world: "World") -> tuple[int, int]:
    """Return the months of birth after which one is younger than each of ``AGE_BOUNDS`` now."""
    young, old = (world.month - MONTHS * bound for bound in AGE_BOUNDS)
    return young, old


@rule
def _age_group(birth_month: int, born_after: tuple[int, int]) -> int:
    """Return the number in ``AGE_GROUPS``.

    Args:
        birth_month: Month of birth, month of the world.
        born_after: ``_born_after``.
    """
    if birth_month > born_after[0]:
        return 0
    return 1 if birth_month > born_after[1] else 2


@allocating_phase
def _age_groups(birth_months: np.ndarray, born_after: tuple[int, int]) -> np.ndarray:
    out = np.empty(birth_months.size, dtype=np.int64)
    for i in range(birth_months.size):
        out[i] = _age_group(birth_months[i], born_after)
    return out


@phase
def _sum_everyone(
    rows: int,
    person: "Person",
    health: "Health",
    care: "Care",
    t: "Tally",
    large: np.ndarray,
    born_after: tuple[int, int],
    starts: np.ndarray,
    sums: np.ndarray,
) -> None:
    for i in range(rows):
        # The dead of last year may still have a part of a paid quarter in this year.
        if t.months[i] == 0 and t.died[i] == 0 and t.paramedical[i] == 0:
            continue
        practice = care.practice[i]
        groups = (
            starts[0],
            starts[1] + health.gold[i] - GOLD_STAGES[0],
            starts[2] + person.income[i],
            starts[3] + person.insurer[i],
            starts[4] + large[practice] if practice >= 0 else -1,
            starts[5] + _age_group(person.birth_month[i], born_after),
        )
        for group in groups:
            if group >= 0:
                sums[group, 0] += 1.0
                sums[group, 1] += t.admissions[i]
                sums[group, 2] += t.died[i]
                sums[group, 3] += t.qalys[i]
                sums[group, 4] += t.total_care[i]
                sums[group, 5] += t.ccq_sum[i]
                sums[group, 6] += t.asked_months[i]


def _of_patients(world: "World", of_practice: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the quantities of those who had to do with physiotherapy this year."""
    t, rows = world.tally, world.rows
    cared = np.flatnonzero(
        (t.sessions[:rows] > 0) | (t.requests[:rows] > 0) | (t.quarters[:rows] > 0)
        | (t.paramedical[:rows] != 0) | (t.revenue[:rows] != 0) | (t.out_of_pocket[:rows] != 0)
        | (t.followed[:rows] > 0) | (t.hospital_therapy[:rows] > 0)
    )  # fmt: skip
    t = type(t)(*(column[cared] for column in t))
    practice, insurer = world.care.practice[cared], world.person.insurer[cared]
    treated = (t.sessions > 0).astype(float)
    return (
        {name: getattr(t, name) for name in _PLAIN}
        | {
            "treated": treated,
            "other_mode": (t.grouped + t.digital).astype(float),
            "paramedical": t.paramedical / 100.0,
            "out_of_pocket": t.out_of_pocket / 100.0,
            "hospital_therapy": t.hospital_therapy / 100.0,
            "waited_weeks": t.waited * WEEKS_PER_MONTH,
            "on_purpose": (t.left_out + t.excepted).astype(float),
            "asked": (t.followed - t.excepted).astype(float),
            "margin": (t.revenue - t.cost) / 100.0,
            "revenue": t.revenue / 100.0,
            "admin_hours": t.admin / MINUTES_PER_HOUR,
            # As a group of patients meets it: the practice's value, once per treated patient.
            "loss": treated * of_practice["loss"][practice],
            "satisfaction": treated * of_practice["satisfaction"][practice],
            "active": treated * of_practice["active"][practice],
            **{name: treated * of_practice[name][practice] for name in _OF_POSTS},
            "joined": treated * (world.contract_of[practice, insurer] == POLICY_CONTRACT),
        }
        | _group_numbers(world, cared)
    )


def _group_numbers(world: "World", rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return for each split the group number of the listed rows, -1 for none."""
    practice = world.care.practice[rows]
    return {
        "gold_group": world.health.gold[rows] - GOLD_STAGES[0],
        "income_group": world.person.income[rows].astype(np.int64),
        "insurer_group": world.person.insurer[rows].astype(np.int64),
        "practice_size_group": np.where(practice >= 0, world.practices.large[practice], -1),
        "age_group": _age_groups(world.person.birth_month[rows], _born_after(world)),
    }


def _facts(world: "World") -> dict[str, np.ndarray | float | int]:
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


def _totals(quantities: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """Return per split the sum of every quantity per group, each of shape (groups,)."""
    names = [name for name in quantities if not name.endswith("_group")]
    values = np.stack([quantities[name] for name in names]).astype(float)
    out = {"all": dict(zip(names, values.sum(axis=1)[:, None], strict=True))}
    for split in (split for split in _SPLITS if split != "all"):
        sums = _sum_by_group(values, quantities[f"{split}_group"], len(_SPLITS[split]))
        out[split] = dict(zip(names, sums, strict=True))
    return out


@allocating_phase
def _sum_by_group(values: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    out = np.zeros((values.shape[0], count))
    for q in range(values.shape[0]):
        for i in range(group.size):
            if group[i] >= 0:
                out[q, group[i]] += values[q, i]
    return out


def _table(
    world: "World",
    quantities: tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, np.ndarray]]],
    of_practice: dict[str, np.ndarray],
) -> pd.DataFrame:
    """Return one row per measure, split and group: sums scaled to the country, and the cell size.

    Columns: year, measure, split, group, top, bottom (1 for sums), patients (simulated persons
    with COPD care behind the cell, or all persons for national sums), small (under ten).
    """
    scale = world.size.scale
    everyone, patients = quantities
    tops, bottoms, cells = [], [], []
    for split, names in _SPLITS.items():
        total = everyone[split] | patients[split]
        ones = np.ones(len(names))
        for measure in MEASURES:
            if measure.whose == "practices" and split in ("all", "practice_size"):
                assert measure.bottom is not None
                which = of_practice["size"] if split == "practice_size" else None
                top, bottom = (
                    _by_practice(of_practice[n], which, len(names))
                    for n in (measure.top, measure.bottom)
                )
            else:
                top = total[measure.top]
                bottom = total.get(measure.bottom, ones)  # type: ignore[arg-type] # None: ones
            national = measure.bottom in (None, "asked_months")
            tops.append(top * scale)
            bottoms.append(bottom * scale if measure.bottom else bottom)
            cells.append(total["persons" if national else "treated"])
    behind = np.concatenate(cells)
    return pd.DataFrame(
        {"year": np.full(behind.size, world.year)}
        | _labels()
        | {
            "top": np.concatenate(tops),
            "bottom": np.concatenate(bottoms),
            "patients": behind.astype(np.int64),
            "small": behind < SMALL_CELL,
        }
    )


@cache
def _labels() -> dict[str, pd.api.extensions.ExtensionArray]:
    """Return measure, split and group of every row of a year's table, in order.

    Made once: turning words into a column takes longer than all the sums.
    """
    rows = [
        (measure.id, split, name)
        for split, names in _SPLITS.items()
        for measure in MEASURES
        for name in names
    ]
    table = pd.DataFrame(rows, columns=["measure", "split", "group"])
    return {name: column.array for name, column in table.items()}


def _by_practice(values: np.ndarray, which: np.ndarray | None, count: int) -> np.ndarray:
    """Return sums over practices, per size if ``which`` gives it."""
    if which is None:
        return np.array([values.sum()])
    return np.bincount(which, weights=values, minlength=count)
