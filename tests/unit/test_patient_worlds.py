"""What patients do when a practice shuts its door, in small worlds."""

import numpy as np
import pytest

from model.codes import ALIVE, OUTSIDE, TREATED, WAITING
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.month.choice import market, nearest_distance, reputations, waits
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.register import CCQ_CHANGE, GPE, MEASURED, SEVERE_ACCEPTED
from model.simulation import Span, World

P = load_registry().values()
#: Many ask, and half of all requests are refused.
CHOOSY = {"seek_rate": 0.05, "seek_most": 0.9, "reservation_value": 1_500.0,
          "choice_precision": 0.001}  # fmt: skip
ACCESS = Kpi(indicator="severe_accepted", at_least=0.9, consequence="malus", share=0.05)
SPAN = Span(2024, 2025, 2026)


def world(policy=HISTORY, until=24, share=0.005, **changes) -> World:
    """A small world at the end of a month."""
    p = P.replace(CHOOSY | changes)
    return World(p, policy, 1, Size.of_share(p, share), SPAN).run(until)


def tallied(w: World, *columns: str) -> list[int]:
    """Return sums over all persons of some tallies, this year up to now."""
    return [int(getattr(w.tally, name).sum()) for name in columns]


# --- soft refusal


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_refusals_are_soft_in_the_share_stated(share):
    refused, soft = tallied(world(until=11, soft_refusal_share=share), "refused", "soft_refused")

    assert refused > 100
    assert soft / refused == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / refused))


def test_who_asks_the_referrer_hears_of_open_refusals_only():
    for share in (0.0, 1.0):
        w = world(until=11, soft_refusal_share=share)
        register = w.books.register
        heard = float((register.count - register.total)[SEVERE_ACCEPTED].sum())
        assert (heard > 50) == (share == 0.0)
        assert (heard == 0) == (share == 1.0)


def test_where_a_contract_pays_on_access_severe_patients_are_refused_softly():
    """The measure then looks perfect, though patients are refused as before."""
    clauses = (IntakeFee(), FlatBundle(prices=(300.0, 150.0)))
    plain, judged = (
        world(
            Policy(clauses=more), until=23, soft_refusal_share=0.0, soft_refusal_watched_share=1.0
        )
        for more in (clauses, (*clauses, ACCESS))
    )
    for w in (plain, judged):
        assert tallied(w, "refused")[0] > 100
    registers = [w.books.register for w in (plain, judged)]
    accepted = [
        float(one.total[SEVERE_ACCEPTED].sum() / one.count[SEVERE_ACCEPTED].sum())
        for one in registers
    ]
    assert tallied(plain, "soft_refused") == [0]
    assert accepted[0] < 0.95
    assert accepted[1] == 1.0
    gold = judged.health.gold
    soft, refused = judged.tally.soft_refused, judged.tally.refused
    assert soft[gold == 2].sum() < refused[gold == 2].sum()  # nobody counts the mild


def test_who_is_put_off_waits_on_at_the_same_practice_and_is_not_looked_at():
    w = world(until=6, soft_refusal_share=1.0, soft_refusal_later_share=1.0, soft_refusal_months=3)
    care = w.care
    off = np.flatnonzero((care.status == WAITING) & (care.pause_until == w.month - 1 + 3))
    assert off.size > 10
    practice, since = care.practice[off].copy(), care.waiting_since[off].copy()
    requests = w.tally.requests[off].copy()

    for _ in range(2):
        w.step()
        still = w.health.alive[off] == ALIVE
        assert (care.status[off][still] == WAITING).all()
        assert (care.practice[off] == practice).all()
        assert (care.waiting_since[off] == since).all()
        assert (w.tally.requests[off] == requests).all()
    w.step()
    assert (w.tally.requests[off][w.health.alive[off] == ALIVE] > requests[still]).mean() > 0.5


def test_who_is_sent_on_goes_to_another_practice_nearby():
    w = world(until=4, soft_refusal_share=0.0)
    care = w.care
    before, refusals = care.practice.copy(), care.refusals.copy()
    waited = care.status == WAITING
    w.step()
    sent = np.flatnonzero((care.status == WAITING) & waited & (care.refusals > refusals))

    assert sent.size > 10
    assert (care.practice[sent] != before[sent]).all()
    regions = w.practices.region
    assert (regions[care.practice[sent]] == w.person.region[sent]).all()
    assert (care.refused_until[sent] == w.month - 1 + int(w.p.refusal_memory_months)).all()


# --- seeking and choosing


def asked(**changes) -> int:
    """Return the requests for care in the first year."""
    w = world(until=12, share=0.02, seek_rate=0.01, seek_most=0.1, reservation_value=0.0, **changes)
    return int(w.care.ever_asked.sum())


def test_fewer_ask_where_all_practices_nearby_are_full():
    heavy = {"seek_per_month_wait": 0.2}
    crowded, roomy = asked(capacity_slack=-0.6, **heavy), asked(capacity_slack=4.0, **heavy)
    assert crowded < 0.97 * roomy


def test_a_person_with_an_open_deductible_and_far_away_asks_less():
    w = world(until=0, share=0.05, reservation_value=0.0, seek_rate=0.004, seek_per_deductible=0.15,
              seek_per_km=0.3, soft_refusal_share=0.0)  # fmt: skip
    everybody = np.arange(w.size.patients)
    outside = w.care.status[everybody] == OUTSIDE
    w.step()
    is_open = w.care.deductible_left[everybody] > 0
    m, person = market(w), w.person
    away = np.array([nearest_distance(person.place[i], person.region[i], m) for i in everybody])
    w.run(9)
    asked_now = w.care.ever_asked[everybody] == 1

    def share(group: np.ndarray) -> float:
        return float(asked_now[outside & group].mean())

    assert share(is_open) < 0.85 * share(~is_open)
    assert share(away > 1.0) < share(away <= 1.0)


def test_the_wait_counts_all_who_wait_and_patients_shun_it():
    w = world(until=8, capacity_slack=-0.7, reservation_value=0.0)
    wait = waits(w)
    assert (wait > 0).any()
    first_share = w.constants["intake"].first_share
    for practice in np.flatnonzero(wait)[:5]:
        queue = w.care.need[(w.care.status == WAITING) & (w.care.practice == practice)].sum()
        too_much = w.load[practice] + queue * first_share / 3 - w.capacity[practice]
        freed = w.capacity[practice] * w.p.places_freed_share
        assert wait[practice] == pytest.approx(too_much / freed)


def test_reputation_is_last_years_share_of_better_patients():
    w = world(until=12, share=0.02, reservation_value=0.0)
    register = w.books.register
    patients = register.count[GPE].reshape(w.practices.count, -1).sum(axis=1)
    better = register.total[GPE].reshape(w.practices.count, -1).sum(axis=1)
    known = reputations(w)
    w.step()

    np.testing.assert_array_equal(w.reputations, known)
    assert (known[patients == 0] == 0.0).all()
    national = better.sum() / patients.sum()
    for n, b, known_as in zip(patients, better, known, strict=True):
        if n > 0:
            shrunk = n * P.kpi_icc_practice / (1 + (n - 1) * P.kpi_icc_practice)
            assert known_as == pytest.approx(shrunk * (b / n - national))


# --- hospital


def test_hospital_therapy_trains_and_is_paid_by_the_insurer_in_another_framework():
    changes = {"most_refusals": 1, "reservation_value": 1e9, "initial_treated_ratio": 0.0}
    without, full = (
        world(until=18, hospital_substitution_share=share, **changes) for share in (0.0, 1.0)
    )
    assert without.tally.hospital_therapy.sum() == 0
    assert "hospital_therapy" not in without.ledger.clauses
    assert without.health.training.max() == 0.0  # nobody is ever taken in
    assert full.health.training.max() > 0.3
    totals = full.ledger.totals().query("clause == 'hospital_therapy'")
    assert set(totals.framework) == {"hospital"}
    assert set(totals.payer) == {"insurer"} and set(totals.payee) == {"hospital"}
    lines = full.ledger.readable().query("clause == 'hospital_therapy'")
    month = round(100 * P.hospital_session_cost * P.hospital_sessions_per_month)
    assert set(lines.cents) == {month}
    per_patient = lines.groupby("patient").size()
    assert per_patient.max() <= 2 * int(P.hospital_therapy_months)
    this_year = lines.query("month >= 12")
    assert this_year.cents.sum() == full.tally.hospital_therapy.sum()
    assert not set(full.ledger.totals().query("framework == 'paramedical'").clause)


def test_in_hospital_nobody_asks_for_physiotherapy():
    """Of 7,620 people some 75 are in hospital therapy; who found a practice at once never goes."""
    w = world(until=14, share=0.02, most_refusals=1, hospital_substitution_share=1.0)
    care = w.care
    inside = (care.hospital_until > w.month) & (w.health.alive == ALIVE)

    assert inside.sum() > 40
    assert (care.status[inside] == OUTSIDE).all()
    assert (care.pause_until[inside] >= care.hospital_until[inside]).all()


def test_who_reaches_the_maximum_may_go_to_the_hospital():
    low = {f"cap_2021_first_year_class_{name}": 4 for name in ("b1", "b2_c_d")}
    spending = []
    for share in (0.0, 0.5):
        w = world(until=24, reservation_value=0.0, paid_above_maximum_share=0.0,
                  hospital_substitution_share=share, **low)  # fmt: skip
        rows = w.results().query("measure == 'hospital_therapy_spending' and split == 'all'")
        spending.append(rows.top.sum())
    assert spending[0] == 0.0 < spending[1]


# --- attendance and answers


def test_attendance_bends_sessions_and_not_the_plan():
    w = world(until=14, reservation_value=0.0, attendance_per_ccq=0.08, attendance_margin=0.2)
    care, treated = w.care, w.care.status == TREATED
    ill = treated & (w.health.ccq > 3.2)
    well = treated & (w.health.ccq < 1.6)
    assert care.attends[ill].mean() < 0.95 < 1.02 < care.attends[well].mean()
    done = treated & (care.quarter_month > 0)
    upto = np.floor(care.attends * care.plan * care.quarter_month / 3.0 + care.rounding)
    assert (care.planned_so_far[done] == upto[done]).all()


def test_those_with_more_burden_answer_less_at_the_same_mean():
    """The slope as stated, and the steepest of its range.

    The curve is a logit fixed at typical burden, so its bend costs some of the mean as the slope
    grows: -1/2 x f(1 - f)(2f - 1) x slope^2 x variance of burden, at f = 0.82 and 0.65 points^2
    some 0.008 at 0.5 and 0.03 at 1.0.
    """
    usual = {"seek_rate": P.seek_rate, "seek_most": P.seek_most, "reservation_value": 0.0}
    answered, burden = [], []
    for fall in (0.0, 0.5, 1.0):
        w = world(until=23, share=0.1, response_per_ccq=fall, **usual)
        register = w.books.register
        answered.append(float(register.count[GPE].sum() / register.count[MEASURED].sum()))
        burden.append(float(register.total[CCQ_CHANGE].sum() / register.count[CCQ_CHANGE].sum()))
    assert answered[0] == pytest.approx(P.questionnaire_response_share, abs=0.04)
    assert answered[1] == pytest.approx(answered[0] - 0.008, abs=0.015)
    assert answered[2] == pytest.approx(answered[0] - 0.03, abs=0.015)
    assert len(set(burden)) == 3  # other people answer
