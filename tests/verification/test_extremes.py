"""Extreme worlds whose outcome is known beforehand, and accounts that must add up.

Whole small worlds, driven month by month, so that a test can look inside.
"""

import warnings

import numpy as np
import pytest

from model import state
from model.codes import ALIVE, POLICY_CONTRACT, PROFILE_3, REGULAR_CONTRACT, TREATED
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.mixed_fee import MixedFee
from model.contracts.period_tariff import PERIODS, PeriodTariff
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.quarter_bundle import phase_of
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.ledger import Framework, Party
from model.month import care_seeking, observation
from model.outcomes import MEASURES, SPLITS
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size, make_population
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2026)
OPEN = Policy()
CAPPED = Policy(entitlement=Entitlement.MAXIMA_2021)
CAPPED_2019 = Policy(entitlement=Entitlement.MAXIMA_2019)
NEUTRAL_BUNDLE = Policy(clauses=(IntakeFee(), WeightClassBundle()))
FIXED_BUNDLE = Policy(
    clauses=(IntakeFee(), WeightClassBundle(prices=(300.01, 350.02, 400.03, 150.07)))
)
MIXED = Policy(
    clauses=(IntakeFee(), FeePerSession(), WeightClassBundle(prices=(100.0, 110.0, 120.0, 50.0)))
)
FLAT = Policy(clauses=(FlatBundle(prices=(290.05, 140.02)), MixedFee(share=0.15)))
PHASES = Policy(
    clauses=(ProfilePhaseBundle(prices=(400.1, 250.2, 450.3, 300.4, 500.5, 350.6, 140.7)),)
)
PERIOD = Policy(clauses=(IntakeFee(), PeriodTariff(period="week", prices=(21.03, 25.07, 29.09))))
EVERY_POLICY = {
    "open": OPEN, "capped": CAPPED, "neutral": NEUTRAL_BUNDLE, "fixed": FIXED_BUNDLE,
    "mixed": MIXED, "flat": FLAT, "phases": PHASES, "period": PERIOD,
}  # fmt: skip
BUNDLES = ("flat_bundle", "weight_class_bundle", "profile_phase_bundle")
#: A world where people ask again at once and every practice has room.
EAGER = P.replace(
    {"seek_rate": 0.05, "seek_most": 0.9, "initial_treated_ratio": 1.0, "capacity_slack": 50.0,
     "choice_precision": 1.0}
)  # fmt: skip


#: No therapist has a professional norm or keeps to a guideline: what is left is need and money.
PLAIN = P.replace({"norm_median": 0.0, "guideline_adherence_share": 0.0})
#: Every session is an individual one at the practice.
ALONE = {"home_needed_share": 0.0, "group_possible_share": 0.0, "digital_possible_share": 0.0}


def world(policy, p=P, treated=None, share=0.005, span=SPAN, seed=1):
    size = Size.of_share(p, share) if treated is None else Size.of_treated(p, treated)
    return World(p, policy, seed, size, span)


def months(w):
    """Run a world to its end, giving each month's number just after it happened."""
    while w.month < w.span.months:
        w.step()
        yield w.month - 1


def paid_quarters(w):
    """Run a world; return for each patient the paid quarters: (first month, month paid, episode).

    Quarters are on the patient's own clock: read after the month, when the counter moved on. An
    episode of treatment ends when the patient is seen outside treatment.
    """
    quarters, episode = {}, np.zeros(w.person.female.size, dtype=int)
    for month in months(w):
        for i in map(int, np.flatnonzero(w.care.opened)):
            into = int(w.care.quarter_month[i])
            first = month - 2 if into == 0 else month - into + 1
            quarters.setdefault(i, []).append((first, month, int(episode[i])))
        episode[w.care.status != TREATED] += 1
    return quarters


def clause_number(w, name):
    """Return the number of a clause in the ledger, -2 if it was never used."""
    return w.ledger.clauses.index(name) if name in w.ledger.clauses else -2


def value(results, measure, year):
    """Return numerator and denominator of a measure for everyone."""
    row = results[
        (results.measure == measure) & (results.split == "all") & (results.year == year)
    ].iloc[0]
    return row.top, row.bottom


@pytest.fixture
def tallies(monkeypatch):
    """Keep a copy of the year's tallies just before the observer clears them."""
    kept = {"Tally": [], "PracticeTally": []}
    original = state.clear

    def clear(table):
        kept[type(table).__name__].append(state.copy(table))
        original(table)

    monkeypatch.setattr(observation.state, "clear", clear)
    return kept


# --- money


@pytest.mark.parametrize("policy", [OPEN, CAPPED, NEUTRAL_BUNDLE], ids=["open", "capped", "bundle"])
@pytest.mark.parametrize("treated", [400, None], ids=["treated", "eligible"])
def test_a_zero_tariff_gives_practices_no_revenue(policy, treated, tallies):
    free = P.replace(
        {"session_tariff_contracted": 0.0, "session_tariff_private": 0.0,
         "home_session_surcharge": 0.0}
    )  # fmt: skip
    w = world(policy, free, treated).run()

    assert "practice" not in set(w.ledger.totals().payee)
    assert sum(t.revenue.sum() for t in tallies["PracticeTally"]) == 0.0
    assert sum(t.revenue.sum() for t in tallies["Tally"]) == 0
    assert sum(t.sessions.sum() for t in tallies["Tally"]) > 0  # care was given nevertheless


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


# --- lives


@pytest.mark.parametrize("policy", [OPEN, FIXED_BUNDLE], ids=["fee", "bundle"])
def test_without_hazard_nobody_dies_and_nobody_is_admitted(policy):
    stages = (2, 3, 4)
    safe = P.replace(
        {"mortality_men_65": 0.0, "mortality_women_65": 0.0}
        | {f"exacerbation_rate_gold_{s}": 0.0 for s in stages}
        | {f"severe_exacerbation_rate_gold_{s}": 0.0 for s in stages}
    )
    w = world(policy, safe).run()

    results = w.results()
    for year in (2024, 2025, 2026):
        assert value(results, "deaths", year)[0] == 0
        assert value(results, "admissions", year)[0] == 0
    assert (w.health.alive[: w.rows_upto[-1]] == ALIVE).all()
    assert not w.health.attacks.any()
    assert not {"admission", "lung_attack"} & set(w.ledger.clauses)


def test_a_certain_death_leaves_nobody():
    w = world(OPEN, P.replace({"mortality_men_65": 1e6, "mortality_women_65": 1e6})).run(2)
    first = w.person.entry_month < 0

    assert not (w.health.alive[first] == ALIVE).any()
    assert not (w.care.status[first] == TREATED).any()


@pytest.mark.parametrize("policy", [OPEN, CAPPED, NEUTRAL_BUNDLE], ids=["open", "capped", "bundle"])
def test_measures_are_defined_when_nobody_is_treated(policy):
    nobody = P.replace({"seek_rate": 0.0, "initial_treated_ratio": 0.0})
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        w = world(policy, nobody).run()
    results = w.results()

    assert set(results.measure) == {m.id for m in MEASURES}
    assert set(results.split) == set(SPLITS)
    assert np.isfinite(results.top).all() and np.isfinite(results.bottom).all()
    for year in (2024, 2025, 2026):
        for measure in ("treated_patients", "paramedical_spending", "out_of_pocket"):
            assert value(results, measure, year)[0] == 0
        assert value(results, "sessions_per_patient", year) == (0, 0)
        assert value(results, "deaths", year)[0] > 0
    treated = results[results.measure == "sessions_per_patient"]
    assert (treated.patients == 0).all() and treated.small.all()


def test_when_every_slot_is_too_dear_everybody_is_refused():
    w = world(OPEN, P.replace({"reservation_value": 1e9})).run()
    refused, requests = value(w.results(), "refused_share", 2026)

    assert refused == requests > 0


# --- volume


@pytest.mark.parametrize("treated", [400, None], ids=["treated", "eligible"])
def test_with_a_fee_of_marginal_cost_and_no_norm_need_is_followed_exactly(treated):
    plain = PLAIN.replace(ALONE | {"session_tariff_contracted": P.variable_cost_per_session})
    w, seen = world(OPEN, plain, treated), 0
    for month in months(w):
        if month < w.policy_month + 3:  # until every plan was made without maxima
            continue
        on = np.flatnonzero(w.care.status == TREATED)
        need, plan = w.care.need_quarter[on], w.care.plan[on]
        most = P.sessions_most_per_year / 4
        np.testing.assert_allclose(plan, np.minimum(need, most), rtol=1e-12)
        assert not w.care.extended[on].any()
        seen += on.size
    assert seen > 500


def test_without_a_norm_plans_lie_above_need_under_fees_and_below_it_under_a_bundle():
    for policy, sign in ((OPEN, 1), (FIXED_BUNDLE, -1)):
        w = world(policy, PLAIN).run()
        on = (w.care.status == TREATED) & (w.care.extended == 0) & (w.care.plan > 1.0)
        gap = w.care.plan[on] - w.care.need_quarter[on]
        assert on.sum() > 20
        assert (sign * gap > 0).mean() > 0.95


def test_who_keeps_to_the_guideline_neither_undertreats_nor_deviates(tallies):
    """A ceiling of the guideline below need is no undertreatment, and no gap for the therapist."""
    dutiful = P.replace(
        {"norm_median": 1e6, "guideline_adherence_share": 1.0, "extension_consent": 0.0}
    )
    w, cut = world(OPEN, dutiful, share=0.02), 0
    for month in months(w):
        if month >= w.policy_month + 3:  # until every plan was made without maxima
            on = w.care.status == TREATED
            cut += (w.care.plan < 0.9 * w.care.need_quarter)[on].sum()

    assert cut > 100  # need beyond the ceiling is common
    year = tallies["Tally"][-1]
    assert year.quarters.sum() > 500
    assert year.under.sum() == year.over.sum() == 0
    practice = tallies["PracticeTally"][-1]
    assert practice.need.sum() > 1000
    np.testing.assert_allclose(practice.gap, 0.0, atol=1e-6)


def test_a_class_filed_too_high_counts_only_while_it_covers_more():
    w = world(OPEN, P.replace({"class_upgrade_share": 1.0}), 400).run()
    results = w.results()

    assert value(results, "upcoded_share", 2024)[0] > 0  # under the maxima of history
    for year in (2025, 2026):
        assert value(results, "upcoded_share", year)[0] == 0


def test_in_a_treated_cohort_all_need_therapy_in_every_profile():
    size = Size.of_treated(P, 2000)
    people = make_population(size, P, 1, 12)
    c = care_seeking.constants(P, size)
    profiles = [care_seeking.profile_of(i, people.person, people.health, c) for i in range(2000)]
    counts = np.bincount(profiles, minlength=6)

    assert counts[PROFILE_3:].sum() == 2000
    assert (counts[PROFILE_3:] > 50).all()


def covered_sessions(w, modes):
    """Return covered sessions per (patient, month), read off the bills.

    ``modes`` says in which way each patient was treated in each month.
    """
    lines = w.ledger.lines()
    fees = lines[lines.clause == w.ledger.clauses.index("fee_per_session")]
    out = {}
    for patient, month, cents in zip(fees.patient, fees.month, fees.cents, strict=True):
        count, rest = divmod(cents, int(w.prices[0].session[modes[patient, month]]))
        assert rest == 0
        out[patient, month] = count
    return out


def modes_of(w, month):
    """Return the mode of everybody with a session this month, by (patient, month)."""
    return {(i, month): w.care.mode[i] for i in map(int, np.flatnonzero(w.care.sessions > 0))}


def run_with_years(policy, p, span):
    """Run and return used sessions and maximum per treatment year, on two clocks.

    The model's clock is the start of the year on file; the other counts twelve months from the
    intake fee, whatever the file says.
    """
    w = world(policy, p, span=span, share=0.02)
    model_clock, strict_clock, anchor = {}, {}, {}
    table, modes = {}, {}
    for month in months(w):
        care = w.care
        modes |= modes_of(w, month)
        for i in map(int, np.flatnonzero((care.sessions > 0) | (care.intake > 0))):
            if care.intake[i]:
                anchor[i] = month
            start = anchor.setdefault(i, int(care.treatment_year_start[i]))
            year = (month - start) // 12
            later = 1 - int(care.first_year[i])
            most = int(w.maxima[later, care.filed_class[i]])
            table[i, month] = (
                (i, int(care.treatment_year_start[i])), most,
                (i, start, year), int(w.maxima[min(year, 1), care.filed_class[i]]),
            )  # fmt: skip
    for key, count in covered_sessions(w, modes).items():
        own, most, strict, strict_most = table[key]
        for clock, year, top in ((model_clock, own, most), (strict_clock, strict, strict_most)):
            used, highest = clock.get(year, (0, 0))
            clock[year] = (used + int(count), max(highest, top))
    return model_clock, strict_clock


@pytest.mark.parametrize("policy", [CAPPED, CAPPED_2019], ids=["2021", "2019"])
@pytest.mark.parametrize("p", [P, EAGER], ids=["usual", "eager"])
def test_session_maxima_are_never_exceeded_in_a_treatment_year(policy, p):
    years, _ = run_with_years(policy, p, Span(2024, 2025, 2027))

    assert all(used <= most for used, most in years.values())
    assert any(used == most > 0 for used, most in years.values())  # and they bind


def test_without_maxima_some_patients_get_more_than_any_maximum():
    w, yearly, modes = world(OPEN, EAGER, share=0.02), {}, {}
    for month in months(w):
        modes |= modes_of(w, month)
    for (patient, month), count in covered_sessions(w, modes).items():
        if month >= w.policy_month:
            yearly[patient, month // 12] = yearly.get((patient, month // 12), 0) + count

    assert max(yearly.values()) > P.cap_2021_first_year_class_b2_c_d


def test_session_maxima_are_never_exceeded_in_twelve_months_from_the_intake():
    _, years = run_with_years(CAPPED, EAGER, Span(2022, 2025, 2027))

    over = {year: x for year, x in years.items() if x[0] > x[1]}
    assert not over, f"{len(over)} of {len(years)} treatment years exceed their maximum"
    assert any(used == most > 0 for used, most in years.values())  # and they bind
    assert sum(year > 0 for _, _, year in years) > 100  # also in later years


def test_under_the_chronic_list_the_first_twenty_sessions_are_not_covered():
    w, own, covered = world(Policy(entitlement=Entitlement.CHRONIC_LIST), EAGER), 0, 0
    for month in months(w):
        if month < w.policy_month:
            continue
        care = w.care
        before = care.lifetime_sessions - care.sessions - care.uncovered
        now = np.flatnonzero(care.uncovered > 0)
        paid = np.flatnonzero(care.sessions > 0)
        assert (care.lifetime_sessions[paid] - care.sessions[paid] >= 20).all()
        assert (before[now] + care.uncovered[now] <= 20).all()  # and no maximum comes after them
        own, covered = own + now.size, covered + paid.size

    assert own > 100 and covered > 100
    assert (w.care.covered_used > P.cap_2021_first_year_class_b2_c_d).any()


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
