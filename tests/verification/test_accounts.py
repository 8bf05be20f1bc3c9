"""Accounts that must add up, to the cent and to the line: bills, tallies, paid quarters."""

import numpy as np
import pytest
from small_worlds import (
    BUNDLES,
    EAGER,
    EVERY_POLICY,
    FIXED_BUNDLE,
    NEUTRAL_BUNDLE,
    PERIOD,
    P,
    clause_number,
    months,
    paid_quarters,
    value,
    world,
)

from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT, TREATED
from model.contracts.period_tariff import PERIODS
from model.contracts.quarter_bundle import phase_of
from model.ledger import Framework, Party

# --- money


@pytest.mark.parametrize("policy", EVERY_POLICY.values(), ids=EVERY_POLICY)
def test_every_bill_is_recomputed_to_the_cent(policy):
    """Each month and insurer: what lives and prices say against what the ledger holds."""
    w = world(policy, EAGER)
    expected, seen = [], 0
    for month in months(w):
        care = w.care
        # A quarter under the scenario's contract is finished by the insurer it began with.
        regular = care.contract == REGULAR_CONTRACT
        insurer = np.where(regular, w.person.insurer, care.payer)
        paid = np.zeros(len(w.insurers), dtype=np.int64)
        clauses = [[c.name for c in contract.clauses] for contract in w.contracts]
        for i in np.flatnonzero(
            (care.sessions > 0) | (care.intake > 0) | (care.opened > 0) | (care.status == TREATED)
        ):
            names, price = clauses[care.contract[i]], w.prices[care.contract[i]]
            this_quarter = care.quarter[i] - (1 if care.quarter_month[i] == 0 else 0)
            kind = (insurer[i], care.weight_class[i], phase_of(this_quarter, 2))
            fee = int(price.session[care.mode[i]])
            if "intake_fee" in names:
                paid[insurer[i]] += int(care.intake[i]) * price.intake
            if "fee_per_session" in names:
                paid[insurer[i]] += int(care.sessions[i]) * fee
            if "mixed_fee" in names:
                paid[insurer[i]] += int(care.sessions[i]) * round(0.15 * fee)
            if set(BUNDLES) & set(names):
                paid[insurer[i]] += int(care.opened[i]) * int(price.quarter[kind])
            if "period_tariff" in names and care.status[i] == TREATED:
                weeks = PERIODS["week"][(care.quarter_month[i] - 1) % 3]
                paid[insurer[i]] += weeks * (2103, 2507, 2909)[care.weight_class[i]]
        expected += [(month, k, amount) for k, amount in enumerate(paid) if amount]
        seen += int(care.opened.sum())
    lines = w.ledger.lines()
    to_practices = lines[(lines.payer == Party.INSURER) & (lines.payee == Party.PRACTICE)]
    found = to_practices.groupby(["month", "payer_id"]).cents.sum()

    assert [(m, k, cents) for (m, k), cents in found.items()] == expected
    assert (to_practices.framework == Framework.PARAMEDICAL).all()
    assert (to_practices.payer_id == to_practices.insurer).all()
    assert (seen > 0) == (policy.offers_contract)


@pytest.mark.parametrize("policy", EVERY_POLICY.values(), ids=EVERY_POLICY)
@pytest.mark.parametrize("treated", [400, None], ids=["treated", "eligible"])
def test_the_ledger_equals_the_tallies_of_patients_and_practices(policy, treated, tallies):
    """Spending falls in the year of the care: a bundle quarter over New Year is split by month."""
    w = world(policy, treated=treated)
    first = {(i, paid): start for i, q in paid_quarters(w).items() for start, paid, _ in q}
    twin = world(policy, treated=treated)  # people switch each January: where was who insured?
    insured = [twin.run(12 * (year + 1)).person.insurer.copy() for year in range(3)]
    lines, rows, count = w.ledger.lines(), w.person.female.size, w.practices.count
    results = w.results()
    is_bundle = lines.clause.isin([clause_number(w, name) for name in BUNDLES])
    next_year = 12 * (lines.month // 12 + 1)
    ends = [first.get(key, -3) + 3 for key in zip(lines.patient, lines.month, strict=True)]
    months_later = np.maximum(0, np.array(ends) - next_year) * is_bundle
    lines["later"] = lines.cents * months_later // 3
    assert (lines.later.sum() > 0) == (policy.offers_contract and policy is not PERIOD)

    def per_patient(part, column="cents"):
        part = part[part.patient >= 0]
        return np.bincount(part.patient, part[column], minlength=rows).astype(np.int64)

    def per_practice(part, column="cents"):
        return np.bincount(part.payee_id, part[column], minlength=count).astype(np.int64)

    for year in range(3):
        this, last = lines[lines.month // 12 == year], lines[lines.month // 12 == year - 1]
        t, practice = tallies["Tally"][year], tallies["PracticeTally"][year]
        paramedical = this[this.framework == Framework.PARAMEDICAL]
        received = this[this.payee == Party.PRACTICE]
        # A deductible moves a bill, equalisation moves money between insurers: no cost of care.
        cost = this[~this.framework.isin([Framework.DEDUCTIBLE, Framework.INSURER_RESULT])]
        nobody = cost[cost.patient < 0]
        moved = per_patient(last, "later") - per_patient(this, "later")

        np.testing.assert_array_equal(per_patient(paramedical) + moved, t.paramedical)
        np.testing.assert_array_equal(
            per_patient(this[this.payer == Party.PATIENT]), t.out_of_pocket
        )
        np.testing.assert_array_equal(per_patient(received) + moved, t.revenue)
        np.testing.assert_array_equal(
            per_practice(received)
            + per_practice(last[last.payee == Party.PRACTICE], "later")
            - per_practice(received, "later"),
            practice.revenue,
        )
        # Other care has one line per insurer; the rest of total care has a patient's name on it.
        other = t.total_care - per_patient(cost) - moved
        assert (other >= 0).all()
        np.testing.assert_array_equal(
            np.bincount(insured[year], weights=other, minlength=10),
            np.bincount(nobody.insurer, weights=nobody.cents, minlength=10),
        )
        scale = 100 / w.size.scale
        top, _ = value(results, "paramedical_spending", 2024 + year)
        assert top * scale == pytest.approx(paramedical.cents.sum() + moved.sum(), rel=1e-12)
        top, _ = value(results, "total_care_cost", 2024 + year)
        assert top * scale == pytest.approx(cost.cents.sum() + moved.sum(), rel=1e-12)
    assert w.ledger.totals().cents.sum() == lines.cents.sum()


def test_paid_equals_received_for_every_payer_and_month():
    w = world(FIXED_BUNDLE, EAGER).run()
    lines = w.ledger.lines()
    paid = lines.groupby(["month", "payer", "payer_id"]).cents.sum()
    received = lines.groupby(["month", "payee", "payee_id"]).cents.sum()

    assert (lines.cents > 0).all()
    for month in range(w.span.months):
        assert paid[month].sum() == received[month].sum() > 0
    # Nobody is on both ends, and only the roles that exist pay and receive.
    roles = set(zip(lines.payer, lines.payee, strict=True))
    assert roles <= {
        (Party.INSURER, Party.PRACTICE), (Party.INSURER, Party.HOSPITAL),
        (Party.INSURER, Party.OTHER_PROVIDERS), (Party.PATIENT, Party.INSURER),
        (Party.PATIENT, Party.PRACTICE), (Party.SUPPLEMENTARY, Party.PRACTICE),
        (Party.EQUALISATION_FUND, Party.INSURER),
    }  # fmt: skip


def test_nobody_pays_more_than_the_deductible_to_an_insurer_in_a_year():
    w = world(FIXED_BUNDLE, EAGER).run()
    lines = w.ledger.lines()
    own = lines[lines.framework == Framework.DEDUCTIBLE]
    each = own.groupby([own.month // 12, "patient"]).cents.sum()
    most = w.person.deductible[each.index.get_level_values("patient")]
    compulsory = round(100 * P.compulsory_deductible)
    voluntary = compulsory + round(100 * P.voluntary_deductible_max)

    assert set(most) == {compulsory, voluntary}
    assert (each <= most).all()
    for deductible in (compulsory, voluntary):
        assert each[most == deductible].max() == deductible  # it binds for some
    bills = lines[lines.framework == Framework.PARAMEDICAL]
    billed = bills.groupby([bills.month // 12, "patient"]).cents.sum()
    assert (each <= billed.reindex(each.index)).all()


# --- quarters


@pytest.mark.parametrize("policy", [NEUTRAL_BUNDLE, FIXED_BUNDLE], ids=["neutral", "fixed"])
@pytest.mark.parametrize("treated", [400, None], ids=["treated", "eligible"])
def test_no_patient_is_in_two_paid_quarters_of_an_episode_at_once(policy, treated):
    starts = {}
    for patient, paid in paid_quarters(world(policy, treated=treated)).items():
        for first, _, episode in paid:
            starts.setdefault((patient, episode), []).append(first)

    assert sum(map(len, starts.values())) > 100
    assert all((np.diff(s) >= 3).all() and (np.diff(s) % 3 == 0).all() for s in starts.values())


@pytest.mark.parametrize("p", [P, EAGER], ids=["usual", "eager"])
def test_no_session_is_claimed_beside_a_paid_quarter(p):
    w = world(FIXED_BUNDLE, p)
    quarters = paid_quarters(w)
    lines = w.ledger.lines()
    claims = lines[lines.clause == w.ledger.clauses.index("fee_per_session")]
    claimed = set(zip(claims.patient, claims.month, strict=True))
    inside = {
        (i, m) for i, q in quarters.items() for first, *_ in q for m in range(first, first + 3)
    }

    assert len(inside) > 100 and len(claimed) > 100
    assert not inside & claimed


def test_every_payment_of_a_quarter_is_one_ledger_line():
    w = world(FIXED_BUNDLE)
    quarters = paid_quarters(w)
    lines = w.ledger.lines()
    bundle = lines[lines.clause == w.ledger.clauses.index("weight_class_bundle")]

    paid = sorted((i, m) for i, q in quarters.items() for _, m, _ in q)
    assert sorted(zip(bundle.patient, bundle.month, strict=True)) == paid
    assert set(bundle.cents) <= {30001, 35002, 40003, 15007}
    assert bundle.month.min() >= w.policy_month


def test_no_patient_is_in_two_paid_quarters_at_once_not_even_after_a_return():
    quarters = paid_quarters(world(FIXED_BUNDLE, EAGER, share=0.02))
    starts = [sorted(first for first, *_ in q) for q in quarters.values()]

    assert all(np.diff(s).min(initial=3) >= 3 for s in starts)
    assert sum(len({episode for *_, episode in q}) > 1 for q in quarters.values()) > 50  # returns


def test_who_was_in_treatment_moves_to_the_bundle_at_the_start_of_an_own_quarter():
    w = world(FIXED_BUNDLE, treated=400)
    w.run(w.policy_month)
    before = w.care.contract.copy()
    assert (before == REGULAR_CONTRACT).all()
    for _ in months(w):
        moved = np.flatnonzero((w.care.contract == POLICY_CONTRACT) & (before != POLICY_CONTRACT))
        first_of_quarter = (w.care.quarter_month[moved] == 1) | (w.care.status[moved] != TREATED)
        assert first_of_quarter.all()
        before = w.care.contract.copy()
    assert (before[w.care.status == TREATED] == POLICY_CONTRACT).all()
