"""Stakes of a KPI that follow the reliability of what was measured."""

import numpy as np
import pytest
from kpi_accounts import FOUR, accounts, case, flat_norm, kpi, outlook, tallies
from pydantic import ValidationError

from model.contracts.kpi import Kpi

# --- what follows, by hand


# --- stakes by reliability


def by_reliability(**known) -> Kpi:
    return kpi(at_least=0.5, share=0.05, minimum_patients=5.0, by_reliability=True, **known)


@pytest.mark.parametrize(
    ("consequence", "amounts"),
    [
        # K2 with an intra-class correlation of 0.05: ten patients 10 x 0.05 / 1.45 = 0.34483.
        ("bonus", [0, 3_448, 5_172, 0]),
        ("malus", [-1_724, 0, 0, 0]),
        # Of the 1,000 withheld 345 can be lost; the practice too small to judge loses nothing.
        ("withhold", [655, 1_000, 1_000, 1_000]),
    ],
)
def test_only_so_much_is_at_stake_as_the_measurements_make_reliable(consequence, amounts):
    revenue = [100_000, 200_000, 300_000, 50_000]
    year = accounts("relevant_change", FOUR, revenue=revenue, withheld=[1_000] * 4)

    paid = by_reliability(consequence=consequence).settle_accounts(year)
    np.testing.assert_array_equal(paid, amounts)
    assert paid.dtype == np.int64


def test_a_pool_is_as_reliable_as_all_its_measurements():
    """Twenty patients together: 20 x 0.05 / 1.95 = 0.51282."""
    year = accounts(
        "relevant_change", tallies([10, 10], [3, 4]), revenue=[100_000, 100_000], group=[0, 0]
    )
    paid = by_reliability(consequence="malus", pool="group").settle_accounts(year)

    np.testing.assert_array_equal(paid, [-2_564, -2_564])


@pytest.mark.parametrize("consequence", ["withhold", "bonus", "malus"])
def test_what_is_expected_shrinks_in_the_same_way(consequence):
    """Sixteen patients: 16 x 0.05 / 1.75 = 0.45714 of the stake, pull and all."""
    known, one = outlook(flat_norm(0.5, 0.4, 16.0)), case(0.55)
    whole = kpi(at_least=0.45, share=0.05, consequence=consequence)
    part = kpi(at_least=0.45, share=0.05, consequence=consequence, by_reliability=True)

    assert whole.stake(1_000.0, known) == pytest.approx(50.0)
    assert part.stake(1_000.0, known) == pytest.approx(22.857, abs=1e-3)
    assert part.expect(one, known) == pytest.approx(0.457143 * whole.expect(one, known), rel=1e-5)


@pytest.mark.parametrize("known", [{"consequence": "audit"}, {"consequence": "none"}])
def test_reliability_is_about_money(known):
    with pytest.raises(ValidationError, match="'by_reliability' belongs to a consequence of"):
        kpi(at_least=0.5, by_reliability=True, **known)


def test_reliability_is_not_about_slopes():
    with pytest.raises(ValidationError, match="'by_reliability' belongs to a consequence of"):
        kpi(slope=100.0, by_reliability=True)
