"""KPIs are settled on average as they are expected (K1, K2)."""

import math
from dataclasses import replace

import numpy as np
import pytest
from kpi_rewards import accounts, outlook
from scipy import stats

from model.contracts.kpi import Kpi
from model.contracts.noise import (
    passing_chance,
    threshold_pull,
)
from model.contracts.outlook import SINGLE_POOLS, Case, Outlook
from model.contracts.year import Tallies

#: One-sided confidence that is exactly one standard error of doubt: Phi(1).
ONE_SE = 0.8413447460685429


# --- settled on average as expected

PRACTICES, PATIENTS, MEAN, SD = 60_000, 9, 0.5, 0.6
#: Practices in a pool.
TOGETHER = 4
SPREAD = SD / math.sqrt(PATIENTS)


def drawn(seed: int, years=1) -> np.ndarray:
    """Values of the patients of many alike practices, shape (years, practices, patients).

    Their mean and SD are exactly those of the norm, so that only practices differ by chance.
    """
    luck = np.random.default_rng(seed).standard_normal((years, PRACTICES, PATIENTS))
    return MEAN + SD * (luck - luck.mean()) / luck.std()


def paid(clause: Kpi, values: np.ndarray) -> np.ndarray:
    """Return what is settled per practice, EUR per patient; at stake is EUR 100 a patient."""
    pool = np.arange(PRACTICES) // TOGETHER
    revenue = np.full(PRACTICES, PATIENTS * 100_000)
    withheld = clause.withheld(revenue)
    count = np.full(PRACTICES, float(PATIENTS))
    year = accounts(
        "ccq_change",
        [Tallies(count, v.sum(axis=1), (v**2).sum(axis=1), MEAN * count) for v in values],
        revenue=revenue,
        withheld={} if withheld is None else {clause.name: withheld},
        pools={"group": pool, "region": pool},
    )
    amount = clause.settle_accounts(year) - (0 if withheld is None else withheld)
    return amount / 100.0 / PATIENTS


def known_of_drawn() -> Outlook:
    return replace(
        outlook(MEAN, SD, PATIENTS),
        pool_size=SINGLE_POOLS | {"group": float(TOGETHER), "region": float(TOGETHER)},
    )


def a_case(value: float, revenue=1_000.0) -> Case:
    return Case(
        sessions=30.0, quarters=(2.0, 2.0, 0.0), revenue=revenue, values={"ccq_change": value}
    )


def kpi(**known) -> Kpi:
    usual = {"indicator": "ccq_change", "minimum_patients": 1.0, "confidence": ONE_SE}
    return Kpi(**usual | known)


def by_pool(clause: Kpi, each: np.ndarray) -> np.ndarray:
    """Return one value per independent unit: the practice, or the pool it is judged with."""
    return each.reshape(-1, TOGETHER).mean(axis=1) if clause.pool in ("group", "region") else each


CLAUSES = {
    "withhold": {"at_least": 0.45, "consequence": "withhold", "share": 0.1},
    "bonus": {"at_least": 0.6, "consequence": "bonus", "share": 0.1},
    "malus": {"at_most": 0.7, "consequence": "malus", "share": 0.1},
    "band": {"at_least": 0.4, "at_most": 0.8, "consequence": "bonus", "share": 0.1},
    "shrunk": {"at_least": 0.45, "consequence": "malus", "share": 0.1, "judged_on": "shrunk"},
    "shrunk ceiling": {
        "at_most": 0.53, "consequence": "bonus", "share": 0.1, "judged_on": "shrunk"
    },
    "interval": {
        "at_least": 0.55, "consequence": "withhold", "share": 0.1, "judged_on": "confidence_bound"
    },
    "interval ceiling": {
        "at_most": 0.5, "consequence": "malus", "share": 0.1, "judged_on": "confidence_bound"
    },
    "case mix": {"at_least": 0.6, "consequence": "bonus", "share": 0.1, "case_mix": True},
    "group": {"at_least": 0.45, "consequence": "malus", "share": 0.1, "pool": "group"},
    "shrunk region": {
        "at_least": 0.55, "consequence": "bonus", "share": 0.1, "pool": "region",
        "judged_on": "shrunk",
    },
    "two years": {"at_least": 0.45, "consequence": "malus", "share": 0.1, "years": 2},
    "slope": {"slope": 80.0, "reference": 0.3},
    "shrunk slope": {"slope": 80.0, "reference": 0.3, "judged_on": "shrunk"},
    "group slope": {"slope": 80.0, "reference": 0.6, "pool": "group"},
}  # fmt: skip


@pytest.mark.parametrize("name", CLAUSES)
def test_practices_at_the_national_mean_get_on_average_what_is_expected(name):
    """Nothing is linearised at the national mean: expected and settled are the same.

    Exact as long as all patients are measured once, as here. Where part of them is (a
    questionnaire after the first quarter), the stake is still a share of all revenue, and a
    measured patient weighs more than ``expect`` says.
    """
    clause = kpi(**CLAUSES[name])
    settled = by_pool(clause, paid(clause, drawn(1, clause.years)))
    error = settled.std() / math.sqrt(settled.size)

    assert 0.0 < error < 0.5
    expected = clause.expect(a_case(MEAN), known_of_drawn())
    assert settled.mean() == pytest.approx(expected, abs=3.0 * error)


@pytest.mark.parametrize("name", CLAUSES)
def test_a_practice_that_does_better_gains_what_the_pull_says(name):
    """One practice of each pool rises or falls by a fifth of its noise, the country stays put.

    All its patients are better, in every year that counts; over so small a step the normal curve
    bends by less than 2 % of the pull.
    """
    clause = kpi(**CLAUSES[name])
    step = SPREAD / 5.0
    sign = np.where(np.arange(PRACTICES // TOGETHER) % 2, 1.0, -1.0)
    shift = np.zeros((PRACTICES, 1))
    shift[::TOGETHER, 0] = step * sign
    values = drawn(2, clause.years)
    gain = (paid(clause, values + shift) - paid(clause, values - shift))[::TOGETHER]
    per_unit = gain * sign / (2.0 * step)
    error = per_unit.std() / math.sqrt(per_unit.size)

    known = known_of_drawn()
    pull = clause.expect(a_case(MEAN + 1.0), known) - clause.expect(a_case(MEAN), known)
    assert abs(pull) > 5.0 * error
    assert per_unit.mean() == pytest.approx(pull, abs=3.0 * error + 0.02 * abs(pull))


def test_practices_with_a_poisson_number_of_patients_are_judged_as_often_as_expected():
    """Nine on average, ten needed: 0.41259; then half of them reach the national mean."""
    luck = np.random.default_rng(3)
    count = luck.poisson(9.0, 200_000)
    total = MEAN * count + SD * np.sqrt(count) * luck.standard_normal(count.size)
    year = accounts(
        "ccq_change",
        [Tallies(count.astype(float), total, total**2, 0.0 * total)],
        revenue=np.full(count.size, 90_000),
    )
    clause = kpi(at_least=MEAN, consequence="bonus", share=0.1, minimum_patients=10.0)
    settled = clause.settle_accounts(year) / 100.0 / 9.0

    error = settled.std() / math.sqrt(settled.size)
    assert settled.mean() == pytest.approx(10.0 * 0.41259 / 2.0, abs=3.0 * error)
    known = outlook(MEAN, SD, 9.0)
    expected = clause.expect(a_case(MEAN, revenue=100.0), known)
    assert expected == pytest.approx(10.0 * 0.41259 / 2.0, abs=1e-3)


def test_the_noise_functions_agree_with_the_normal_distribution():
    for mean, threshold, sd in [(0.4, 0.5, 0.1), (2.0, 1.0, 3.0), (0.0, 0.0, 0.5)]:
        assert passing_chance(mean, threshold, sd) == pytest.approx(
            stats.norm.sf(threshold, mean, sd)
        )
        assert threshold_pull(1.0, mean, threshold, sd) == pytest.approx(
            stats.norm.pdf(threshold, mean, sd)
        )
