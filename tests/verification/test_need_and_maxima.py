"""How much care is given: need where nothing pulls, and never more than a maximum allows."""

import numpy as np
import pytest
from small_worlds import (
    ALONE,
    CAPPED,
    CAPPED_2019,
    EAGER,
    FIXED_BUNDLE,
    OPEN,
    PLAIN,
    P,
    months,
    value,
    world,
)

from model.codes import PROFILE_3, TREATED
from model.entitlement import Entitlement
from model.month import care_seeking
from model.policy import Policy
from model.population import Size, make_population
from model.simulation import Span

# --- need


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


# --- maxima


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
