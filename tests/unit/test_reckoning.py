"""December: what is settled by the year, in small worlds whose effects can be worked out."""

import numpy as np
import pytest
from reckoned_world import (
    BUNDLE,
    DECEMBER_2025,
    DECEMBER_2026,
    SPAN,
    UNREACHABLE,
    P,
    accounts_of,
    before_reckoning,
    by_account,
    lines,
    measured,
    numbers,
    patient_years,
    world,
)

from model.codes import ALIVE, INSURERS, NO_ACCOUNT, POLICY_CONTRACT, REGULAR_CONTRACT, TREATED
from model.contracts.audit import Audit
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.kpi import Kpi
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.stop_loss import StopLoss
from model.coordination import report
from model.month import reckoning
from model.policy import Policy
from model.population import Size
from model.register import MEASURED
from model.simulation import World

# --- audits


def test_without_a_missed_kpi_nobody_is_watched():
    w = world(Audit(rate=0.0, rate_watched=1.0), until=None)

    assert lines(w, "audit_cost").empty
    assert not w.books.watched.any()


def test_practices_that_missed_a_kpi_are_audited_more_often_next_year():
    """Nobody is audited in the first year, everybody whose practice is watched in the second."""
    clauses = (
        Kpi(**UNREACHABLE, consequence="audit"),
        Audit(rate=0.0, rate_watched=1.0, insurer_cost=123.45),
    )
    w = before_reckoning(world(*clauses))
    accounts = accounts_of(w)
    judged = numbers(accounts, measured(w, accounts, "dropout")[0] >= 1.0)
    reckoning.reckon_year(w)

    assert lines(w, "audit_cost").empty
    np.testing.assert_array_equal(np.flatnonzero(w.books.watched), judged)
    assert judged.size > 10

    w = before_reckoning(world(*clauses, until=DECEMBER_2026))
    paid_for = patient_years(w)
    watched = w.books.watched.ravel()[w.care.policy_account[paid_for]]
    assert watched.sum() > 0
    reckoning.reckon_year(w)
    audits = lines(w, "audit_cost")
    assert sorted(audits["patient"]) == sorted(paid_for[watched])
    assert set(audits["cents"]) == {12_345}
    assert set(audits["payee"]) == {"administration"}


def test_an_audit_costs_the_practice_its_own_time():
    w = before_reckoning(world(Audit(rate=1.0, insurer_cost=100.0, practice_cost=75.0)))
    files = patient_years(w)
    before, patients = w.practice_tally.cost.copy(), w.tally.cost.copy()
    reckoning.reckon_year(w)

    practice = w.care.policy_account[files] // len(INSURERS)
    extra = 7_500.0 * np.bincount(practice, minlength=w.practices.count)
    np.testing.assert_allclose(w.practice_tally.cost - before, extra)
    np.testing.assert_allclose(w.tally.cost[files] - patients[files], 7_500.0)


def test_what_an_audit_finds_goes_back_with_a_fine():
    """Every file is audited and everything found: twice the overclaim goes to the insurer."""
    w = before_reckoning(
        world(Audit(rate=1.0, detection=1.0, fine=1.0, insurer_cost=0.0, practice_cost=0.0))
    )
    # Expecting to be found out nobody grades too heavily, so two overclaims are made up.
    someone = patient_years(w)[:2]
    w.tally.overclaim[:] = 0
    w.tally.overclaim[someone] = [40_000, 7]
    before = w.practice_tally.revenue.copy()
    reckoning.reckon_year(w)
    found = lines(w, "audit")

    assert sorted(zip(found["patient"], found["cents"], strict=True)) == sorted(
        zip(someone, [80_000, 14], strict=True)
    )
    assert set(found["payer"]) == {"practice"} and set(found["payee"]) == {"insurer"}
    assert (w.practice_tally.revenue - before).sum() == -80_014.0
    # Colleagues nearby will hear of it.
    practice = w.care.policy_account[someone] // len(INSURERS)
    caught = np.bincount(practice, minlength=w.practices.count)
    np.testing.assert_array_equal(w.practice_tally.caught, caught)


# --- who is reckoned up


def test_a_practice_that_only_finished_a_quarter_this_year_is_reckoned_up():
    """Paid or measured this year under the contract, even if its last quarter began last year."""
    w = before_reckoning(world(until=DECEMBER_2026))
    signed = (w.contract_of == POLICY_CONTRACT).ravel()
    counted = w.books.register.count.sum(axis=0) > 0
    active = signed & ((w.books.revenue != 0) | counted | (w.books.quarters > 0))

    np.testing.assert_array_equal(np.sort(numbers(accounts_of(w))), np.flatnonzero(active))


@pytest.mark.parametrize("december", [DECEMBER_2025, DECEMBER_2026])
def test_accounts_are_paid_what_their_patients_cost(december):
    """A quarter that runs over New Year counts in both years, for patient and practice alike."""
    w = before_reckoning(world(until=december))

    assert w.care.deferred.any()
    assert w.books.revenue.sum() == w.tally.paramedical.sum() > 0


@pytest.mark.parametrize("care", ["this year", "none"])
def test_money_of_accounts_without_any_file_is_counted_all_the_same(care):
    """In a small world a practice may be settled on its measurements alone."""
    w = before_reckoning(world(RiskCorridor(width=0.0, kept=0.0)))
    w.care.policy_account[:] = NO_ACCOUNT
    if care == "none":
        w.tally.paramedical[:] = 0
        w.tally.sessions[:] = 0
    before = w.tally.paramedical.copy()
    reckoning.reckon_year(w)

    counted = w.tally.paramedical - before
    assert counted.sum() == sum(by_account(w, "risk_corridor").values()) != 0
    bears = before != 0 if care == "this year" else w.health.alive == ALIVE
    assert not counted[~bears].any()


# --- risk


def reference_cost(w: World) -> np.ndarray:
    """Return everybody's sessions of the year at the tariff of their mode, cents."""
    tariff = w.prices[POLICY_CONTRACT].session
    alone = w.tally.sessions - w.tally.grouped - w.tally.digital
    return alone * tariff[0] + w.tally.grouped * tariff[1] + w.tally.digital * tariff[2]


def test_a_stop_loss_is_paid_per_patient_on_the_sessions_of_the_year():
    # In the second year of the contract, in which nobody has sessions under another.
    w = before_reckoning(world(StopLoss(attachment=500.0, share=0.8), until=DECEMBER_2026))
    files, cost = patient_years(w), reference_cost(w)
    owed = np.rint(0.8 * np.maximum(0, cost[files] - 50_000)).astype(np.int64)
    reckoning.reckon_year(w)
    found = lines(w, "stop_loss", 2026)

    assert dict(zip(found["patient"], found["cents"], strict=True)) == {
        row: cents for row, cents in zip(files, owed, strict=True) if cents
    }
    assert len(found) > 10


def test_a_stop_loss_leaves_out_sessions_that_the_fee_has_paid():
    """In the first year of the contract quarters begun before it are still paid by the fee."""
    w = before_reckoning(world(StopLoss(attachment=100.0, share=1.0)))
    files, cost = patient_years(w), reference_cost(w)
    value = w.tally.policy_value[files]
    fee = lines(w, "fee_per_session", 2025).groupby("patient")["cents"].sum()
    rest = cost[files] - value
    uncovered = w.tally.out_of_pocket[files] > 0  # a fee pays covered sessions only
    own = np.isin(files, lines(w, "above_maximum")["patient"]) | uncovered

    assert (value <= cost[files]).all() and (value < cost[files]).any()
    assert rest[~own].sum() == fee.reindex(files[~own]).fillna(0).sum() > 0
    reckoning.reckon_year(w)
    found = lines(w, "stop_loss")
    owed = np.maximum(0, value - 10_000)
    assert dict(zip(found["patient"], found["cents"], strict=True)) == {
        row: cents for row, cents in zip(files, owed, strict=True) if cents
    }


# --- who switched


@pytest.fixture(scope="module")
def switched() -> World:
    """December after a January in which half changed insurer; some insurers offer nothing."""
    p = P.replace({"insurer_switch_rate_copd": 0.5})
    clauses = (*BUNDLE, Audit(rate=1.0, detection=1.0), StopLoss(attachment=10.0))
    policy = Policy(clauses=clauses, insurers_share=0.6)
    w = World(p, policy, 1, Size.of_treated(p, 2_000), SPAN).run(DECEMBER_2026)
    return before_reckoning(w)


def test_a_file_stays_with_the_account_whose_contract_paid(switched):
    """Not with the insurer of December: that may offer no contract, or never have paid a cent."""
    w = switched
    files = patient_years(w)
    practice, insurer = np.divmod(w.care.policy_account[files], len(INSURERS))
    offers = np.array([one.offers for one in w.insurers])
    away = insurer != w.person.insurer[files]

    assert offers[insurer].all()
    assert away.sum() > 10 and (~offers[w.person.insurer[files[away]]]).any()
    # Some have gone on under the regular contract, and have a file all the same.
    assert (w.care.contract[files] == REGULAR_CONTRACT).sum() > 10
    # Each file's account has been paid for that patient under the bundle, this year or just before.
    paid = lines(w, "flat_bundle")
    known = set(zip(paid["patient"], paid["payee_id"], paid["insurer"], strict=True))
    of_files = list(zip(files, practice, insurer, strict=True))
    bundled = np.isin(files, paid["patient"])
    assert sum(one in known for one in of_files) >= 0.9 * bundled.sum()


def test_stop_loss_and_audits_are_settled_with_that_account(switched):
    w = switched
    files = patient_years(w)
    reckoning.reckon_year(w)
    insurer = dict(zip(files, w.care.policy_account[files] % len(INSURERS), strict=True))
    for clause in ("stop_loss", "audit_cost"):
        found = lines(w, clause, 2026)
        assert len(found) > 100
        assert [insurer[row] for row in found["patient"]] == found["insurer"].tolist()
    moved = [row for row in files if insurer[row] != w.person.insurer[row]]
    assert set(moved) & set(lines(w, "stop_loss", 2026)["patient"])


def test_a_finished_quarter_is_registered_with_the_insurer_that_paid_it():
    """Everybody switches in January; quarters that end in January are the old insurer's."""
    p = P.replace({"insurer_switch_rate_copd": 1.0})
    w = World(p, Policy(clauses=BUNDLE), 1, Size.of_treated(p, 2_000), SPAN).run(24)
    old = w.person.insurer.copy()
    running = w.care.policy_account.copy()
    w.run(25)
    assert (w.person.insurer != old)[w.health.alive == 1].all()
    ended = np.flatnonzero(
        (w.care.status == TREATED) & (w.care.quarter_month == 0) & (w.care.delivered >= 4)
    )
    first = ended[w.care.quarter[ended] == 1]
    counted = w.books.register.count
    expected = np.bincount(running[first], minlength=counted.shape[1])
    np.testing.assert_array_equal(counted[MEASURED], expected)
    assert expected.sum() > 5
    by_insurer = np.bincount(old[ended], minlength=len(INSURERS))
    claimed = w.claims.quarters[POLICY_CONTRACT].sum(axis=(1, 2))
    assert (claimed >= by_insurer).all() and by_insurer.sum() > 50


def test_a_corridor_without_band_leaves_no_result():
    """Revenue plus settlement equals the sessions at the session tariff, at every account."""
    w = before_reckoning(world(RiskCorridor(width=0.0, kept=0.0)))
    accounts = accounts_of(w)
    reckoning.reckon_year(w)

    settled = by_account(w, "risk_corridor")
    after = accounts.revenue + [settled.get(n, 0) for n in numbers(accounts)]
    np.testing.assert_array_equal(after, accounts.reference_cost)
    assert len(settled) > 10


# --- coordination


def test_every_started_practice_gets_its_lump_sum_each_month():
    """All start in January 2025: EUR 1,200 a year is EUR 100 a month for each treating practice."""
    clause = CoordinationLumpSum(amount=1_200.0, start_rate=1.0, paramedical_share=0.25)
    w = world(clause, until=24)
    found = lines(w, "coordination_lump_sum")
    monthly = found.groupby(["month", "payee_id"])["cents"].sum()

    assert set(found["month"]) == set(range(12, 24))
    # The parts of up to ten insurers and two frameworks are rounded to the cent.
    assert monthly.between(9_995, 10_005).all()
    share = found.groupby("framework", observed=True)["cents"].sum()
    assert share["paramedical"] / share.sum() == pytest.approx(0.25, abs=0.001)
    yearly = report(w.ledger, SPAN.first_year)
    assert yearly["year"].tolist() == [2025]
    assert yearly["uses"].tolist() == [len(monthly)]
    assert yearly["practices"].tolist() == [found["payee_id"].nunique()]
    assert yearly["paramedical_eur"][0] + yearly["other_care_eur"][0] == pytest.approx(
        found["cents"].sum() / 100.0
    )


def test_double_funding_is_found_beside_a_bundle_and_not_beside_a_fee():
    clause = CoordinationLumpSum(amount=1_200.0, start_rate=1.0, paramedical_share=0.25)
    bundle = world(clause, until=24)
    ledger = bundle.ledger.readable()
    bundled = {
        (m, p, i)
        for m, p, i in ledger.loc[
            ledger["clause"] == "flat_bundle", ["month", "payee_id", "insurer"]
        ].itertuples(index=False)
    }
    both = sum(
        cents
        for m, p, i, cents in lines(bundle, "coordination_lump_sum")[
            ["month", "payee_id", "insurer", "cents"]
        ].itertuples(index=False)
        if (m, p, i) in bundled
    )
    found = report(bundle.ledger, SPAN.first_year)

    assert found["double_funding_eur"].tolist() == [both / 100.0]
    assert both > 0


def test_only_practices_that_signed_are_paid_for_coordination():
    clause = CoordinationLumpSum(amount=1_200.0, start_rate=1.0, paramedical_share=1.0)
    start = world(until=13)
    treated = start.care.practice[start.care.status == TREATED]
    two = tuple(int(x) for x in np.argsort(np.bincount(treated))[-2:])
    w = world(policy=Policy(clauses=(*BUNDLE, clause), only_practices=two), until=24)

    assert set(lines(w, "coordination_lump_sum")["payee_id"]) == set(two)
