"""Stop-loss: what is ceded per file, and on average against the closed form (R2)."""

import math

import numpy as np
import pytest
from plain_outlook import plain_outlook
from pydantic import ValidationError

from model.contracts.outlook import Case, Outlook
from model.contracts.stop_loss import StopLoss
from model.contracts.year import Files


def outlook(cost_cv: float = 0.667) -> Outlook:
    return plain_outlook(cost_cv=cost_cv)


def files(cost) -> Files:
    cost = np.array(cost)
    blank = np.zeros(cost.size, np.int64)
    luck = np.zeros(cost.size)
    return Files(blank, blank, cost, blank, luck, luck, blank)


def case(sessions: float) -> Case:
    return Case(sessions=sessions, quarters=(1.0, 1.0, 2.0))


def test_cost_above_the_attachment_is_paid():
    # Attachment 1,800.00: below, at, one cent above, 600.33 above.
    year = files([120_000, 180_000, 180_001, 240_033])

    found = StopLoss(attachment=1_800.0).settle_files(year)
    np.testing.assert_array_equal(found, [0, 0, 1, 60_033])
    assert found.dtype == np.int64
    # 80 % of 0.01 and of 600.33 is 0.008 and 480.264.
    np.testing.assert_array_equal(
        StopLoss(attachment=1_800.0, share=0.8).settle_files(year), [0, 0, 1, 48_026]
    )


@pytest.mark.parametrize(
    ("attachment", "ceded"), [(1_800.0, 131.0), (2_400.0, 63.0), (3_600.0, 16.9)]
)
def test_the_mean_settlement_is_the_closed_form_for_lognormal_costs(attachment, ceded):
    """R2: mean cost 1,200, CV 0.667."""
    s = math.sqrt(math.log(1.0 + 0.667**2))
    luck = np.random.default_rng(2025)
    cost = luck.lognormal(math.log(1_200.0) - s * s / 2, s, 1_000_000)
    paid = StopLoss(attachment=attachment).settle_files(files(np.rint(100 * cost))) / 100
    error = 3 * paid.std() / math.sqrt(paid.size)

    assert paid.mean() == pytest.approx(ceded, abs=error)
    # 40 sessions at EUR 30 is EUR 1,200; the table is rounded to a tenth.
    expected = StopLoss(attachment=attachment).expect(case(40.0), outlook())
    assert expected == pytest.approx(ceded, abs=0.06)
    assert paid.mean() == pytest.approx(expected, abs=error)


def test_a_share_of_it_is_expected_and_without_sessions_nothing():
    half = StopLoss(attachment=1_800.0, share=0.5)

    assert half.expect(case(40.0), outlook()) == pytest.approx(65.5, abs=0.06)
    assert half.expect(case(0.0), outlook()) == 0.0


def test_without_spread_the_excess_is_certain():
    # 40 x 30 = 1,200.
    for attachment, ceded in [(1_000.0, 200.0), (1_200.0, 0.0), (1_500.0, 0.0)]:
        assert StopLoss(attachment=attachment).expect(case(40.0), outlook(0.0)) == ceded


def test_at_attachment_zero_all_cost_is_paid():
    assert StopLoss(attachment=0.0).expect(case(40.0), outlook()) == pytest.approx(1_200.0)


@pytest.mark.parametrize(
    "bad",
    [{}, {"attachment": -1.0}, {"attachment": float("inf")}, {"attachment": 1.0, "share": 1.1}],
)
def test_impossible_stop_losses_are_refused(bad):
    with pytest.raises(ValidationError):
        StopLoss(**bad)
