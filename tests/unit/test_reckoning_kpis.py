"""What a missed or kept KPI does in December and January: money, and standing."""

import numpy as np
from reckoned_world import (
    DECEMBER_2026,
    UNREACHABLE,
    accounts_of,
    before_reckoning,
    by_account,
    lines,
    measured,
    numbers,
    world,
)

from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.kpi import Kpi
from model.contracts.outcome_pay import OutcomePay
from model.month import reckoning

# --- KPIs: money


def test_withheld_money_comes_back_where_nothing_can_be_said():
    """No practice has 10,000 patients: every cent withheld in a year is paid back in December."""
    w = world(
        Kpi(indicator="dropout", at_most=0.0, consequence="withhold", share=0.1,
            minimum_patients=10_000.0),
        until=None,
    )  # fmt: skip

    for year in (2025, 2026):
        withheld, back = (
            lines(w, name, year).groupby(["payer", "payee"], observed=True)["cents"].sum()
            for name in ("withheld_kpi_dropout", "kpi_dropout")
        )
        assert list(withheld.index) == [("practice", "insurer")]
        assert list(back.index) == [("insurer", "practice")]
        assert withheld.iloc[0] == back.iloc[0] > 0


def test_withheld_money_is_a_share_of_what_is_paid_for_care():
    w = world(Kpi(**UNREACHABLE, consequence="withhold", share=0.1), until=24)

    # Each line is a tenth of that patient's bundle (and intake) of the month.
    ledger = w.ledger.readable()
    paid = ledger[ledger["clause"].isin(("flat_bundle", "intake_fee"))]
    paid = paid.groupby(["month", "patient"])["cents"].sum()
    withheld = lines(w, "withheld_kpi_dropout").groupby(["month", "patient"])["cents"].sum()
    np.testing.assert_array_equal(withheld, np.rint(0.1 * paid.loc[withheld.index]))
    assert len(withheld) > 100
    # Whoever was judged missed the KPI, so less comes back than was withheld.
    assert lines(w, "kpi_dropout")["cents"].sum() < withheld.sum() / 2


def test_a_malus_is_settled_per_practice_and_counted_on_its_patients():
    w = before_reckoning(world(Kpi(**UNREACHABLE, consequence="malus", share=0.1)))
    spending, revenue = w.tally.paramedical.sum(), w.practice_tally.revenue.copy()
    accounts = accounts_of(w)
    missed = measured(w, accounts, "dropout")[0] >= 1.0
    owed = np.where(missed, np.rint(0.1 * accounts.revenue), 0.0)
    reckoning.reckon_year(w)

    charged = {n: -c for n, c in zip(numbers(accounts), owed, strict=True) if c}
    assert by_account(w, "kpi_dropout") == charged
    assert set(lines(w, "kpi_dropout")["patient"]) == {-1}
    assert spending - w.tally.paramedical.sum() == owed.sum() > 0
    lost = np.bincount(accounts.practice, owed, w.practices.count)
    np.testing.assert_allclose(revenue - w.practice_tally.revenue, lost)


def test_outcome_pay_is_reckoned_from_this_years_measurements():
    """Measured are first quarters only, and most who start in treatment are long past theirs.

    Of 300 patients so few return to a first quarter within the year that hardly any account is
    paid, and how many hangs on luck; of 1,500 enough do for the comparison to say something.
    """
    w = before_reckoning(world(OutcomePay(per_ccq_point=100.0), patients=1_500))
    accounts = accounts_of(w)
    gained = accounts.measured["ccq_change"][0].total
    reckoning.reckon_year(w)

    owed = np.rint(10_000.0 * np.maximum(gained, 0.0))
    paid = {n: c for n, c in zip(numbers(accounts), owed, strict=True) if c}
    assert by_account(w, "outcome_pay") == paid
    assert len(paid) > 10


# --- KPIs: standing


def test_a_lost_contract_ends_in_january():
    clause = Kpi(**UNREACHABLE, consequence="loss_of_contract")
    w = world(clause, until=24)
    lost = w.books.lost.copy()
    held = w.contract_of == POLICY_CONTRACT

    assert lost.sum() > 10 and held.all()  # December has judged; the year is served out
    w.step()
    np.testing.assert_array_equal(w.contract_of[lost], REGULAR_CONTRACT)
    np.testing.assert_array_equal(w.contract_of[~lost], POLICY_CONTRACT)
    assert not w.books.lost.any()
    # A quarter that has begun is still a bundle; from April on there is none left.
    w.run()
    ledger = w.ledger.readable()
    ledger = ledger[(ledger["month"] >= 27) & (ledger["payee"] == "practice")]
    account = ledger["payee_id"] * 10 + ledger["insurer"]
    gone = account.isin(np.flatnonzero(lost.ravel()))
    assert "flat_bundle" not in set(ledger.loc[gone, "clause"])
    assert "fee_per_session" in set(ledger.loc[gone, "clause"])
    assert "fee_per_session" not in set(ledger.loc[~gone, "clause"])


def test_only_practices_that_miss_the_bar_lose_their_contract():
    bar = Kpi(
        indicator="treatment_index", at_least=95.0, minimum_patients=2.0,
        consequence="loss_of_contract",
    )  # fmt: skip
    w = before_reckoning(world(bar))
    accounts = accounts_of(w)
    count, total = measured(w, accounts, "treatment_index")
    misses = (count >= 2.0) & (total < 95.0 * count)
    reckoning.reckon_year(w)

    np.testing.assert_array_equal(np.flatnonzero(w.books.lost), numbers(accounts, misses))
    assert 0 < misses.sum() < (count >= 2.0).sum()


def test_an_improvement_plan_costs_hours_and_a_second_miss_the_contract():
    """20 hours a practice at EUR 24 per half hour; the contract only after a second year."""
    clause = Kpi(**UNREACHABLE, consequence="improvement_plan")
    w = before_reckoning(world(clause))
    accounts = accounts_of(w)
    judged = numbers(accounts, measured(w, accounts, "dropout")[0] >= 1.0)
    admin, cost = w.practice_tally.admin.copy(), w.practice_tally.cost.copy()
    reckoning.reckon_year(w)

    np.testing.assert_array_equal(np.flatnonzero(w.books.missed == 1), judged)
    planned = np.unique(judged // 10)  # one plan per practice, however many insurers
    assert 10 < planned.size < judged.size
    extra = np.zeros(w.practices.count)
    extra[planned] = 1.0
    np.testing.assert_allclose(w.practice_tally.admin - admin, 1_200.0 * extra)
    np.testing.assert_allclose(w.practice_tally.cost - cost, 96_000.0 * extra)
    assert not w.books.lost.any()

    w = before_reckoning(world(clause, until=DECEMBER_2026))
    before = w.books.missed.copy()
    admin = w.practice_tally.admin.copy()
    reckoning.reckon_year(w)
    again = w.books.missed == 2
    assert again.any() and (before[again] == 1).all()
    np.testing.assert_array_equal(w.books.lost, again)
    # Who missed it for the first time gets a plan now.
    new = np.unique(np.argwhere((before == 0) & (w.books.missed == 1))[:, 0])
    np.testing.assert_array_equal(np.flatnonzero(w.practice_tally.admin - admin), new)


def test_two_kpis_missed_in_one_year_are_one_year_missed():
    plan = {"at_most": -1.0, "minimum_patients": 1.0, "consequence": "improvement_plan"}
    w = world(Kpi(indicator="dropout", **plan), Kpi(indicator="heavy_class", **plan), until=24)

    assert (w.books.missed == 1).any()
    assert not w.books.lost.any()


def test_a_kpi_that_is_met_does_not_forgive_another_that_is_missed():
    plan = {"minimum_patients": 1.0, "consequence": "improvement_plan"}
    missed = Kpi(indicator="dropout", at_most=-1.0, **plan)
    met = Kpi(indicator="heavy_class", at_most=1.0, **plan)
    one, other = world(missed, met, until=24), world(met, missed, until=24)

    assert (one.books.missed == 1).any()
    np.testing.assert_array_equal(one.books.missed, other.books.missed)


def test_a_kpi_that_is_met_wipes_out_an_earlier_miss():
    clause = Kpi(
        indicator="dropout", at_most=1.0, minimum_patients=1.0, consequence="improvement_plan"
    )
    w = before_reckoning(world(clause))
    w.books.missed[:] = 1
    accounts = numbers(accounts_of(w))
    reckoning.reckon_year(w)

    assert not w.books.missed.ravel()[accounts].any()
    assert not w.books.lost.any()
    # Who was not reckoned up keeps its standing.
    assert w.books.missed.sum() == w.books.missed.size - accounts.size
