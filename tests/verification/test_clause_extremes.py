"""Clauses at an extreme, in a small world: what each must then do, or leave undone, is known.

Every test also shows the clause at work at a usual value, so that "nothing happens" can fail.
"""

import numpy as np
import pytest

from model import state
from model.codes import OUTSIDE, POLICY_CONTRACT, TREATED
from model.contracts.audit import Audit
from model.contracts.clause import Clause
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.fee_per_session import FeePerSession
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.macro_clawback import MacroClawback
from model.contracts.membership import Membership
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.mixed_fee import MixedFee
from model.contracts.pro_rata import ProRata
from model.contracts.session_floor import SessionFloor
from model.contracts.stop_loss import StopLoss
from model.contracts.warranty import Warranty
from model.contracts.weight_class_bundle import WeightClassBundle
from model.ledger import Party
from model.month import observation
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2027)
SHARE = 0.005
#: People ask again soon, so that many return after a first episode.
EAGER = P.replace({"seek_rate": 0.05, "seek_most": 0.9, "initial_treated_ratio": 1.0})


def world(*clauses: Clause, p=P, share=SHARE, span=SPAN) -> World:
    """A world up to the policy month, in which everybody then gets a bundle and these clauses."""
    policy = Policy(clauses=(IntakeFee(), WeightClassBundle(), *clauses))
    return World(p, HISTORY, 1, Size.of_share(p, share), span).run(span.policy_month).branch(policy)


def months(w: World):
    """Run a world to its end, giving each month's number just after it happened."""
    while w.month < w.span.months:
        w.step()
        yield w.month - 1


def paid(w: World, clause: str, payer: Party, payee: Party) -> int:
    """Return the sum of one clause's lines in one direction, cents."""
    lines = w.ledger.lines()
    if clause not in w.ledger.clauses:
        return 0
    ours = lines[lines.clause == w.ledger.clauses.index(clause)]
    return int(ours[(ours.payer == payer) & (ours.payee == payee)].cents.sum())


def to_practice(w: World, clause: str) -> int:
    return paid(w, clause, Party.INSURER, Party.PRACTICE)


def to_insurer(w: World, clause: str) -> int:
    return paid(w, clause, Party.PRACTICE, Party.INSURER)


@pytest.fixture
def tallies(monkeypatch):
    """Keep a copy of each year's tally of patients just before the observer clears it."""
    kept = []
    original = state.clear

    def clear(table):
        if isinstance(table, state.Tally):
            kept.append(state.copy(table))
        original(table)

    monkeypatch.setattr(observation.state, "clear", clear)
    return kept


# --- payment

#: Which contract and insurer pay, and which quarter is paid, is all that may differ.
BOOKKEEPING = {"contract", "payer", "policy_account", "quarter_billed", "opened", "unused"}


def lives(w: World) -> list[dict[str, np.ndarray]]:
    """Run a world and return the columns of everybody's body and care, month by month."""
    return [
        {
            name: column.copy()
            for table in (w.health, w.care)
            for name, column in table._asdict().items()
            if name not in BOOKKEEPING
        }
        for _ in months(w)
    ]


def test_a_whole_fee_beside_the_bundle_gives_the_lives_of_the_fee_per_session():
    # A trial of last year is not judged across a change of contract, whatever that pays: no trials.
    p = P.replace({"innovation_rate": 0.0, "learning_looks": 0.0})
    mixed = world(MixedFee(share=1.0), p=p)
    fee = World(p, HISTORY, 1, Size.of_share(P, SHARE), SPAN).run(SPAN.policy_month)
    fee = fee.branch(Policy(clauses=(FeePerSession(), IntakeFee())))
    bundle = lives(world(p=p))

    treated = 0
    for one, other in zip(lives(mixed), lives(fee), strict=True):
        for name, column in one.items():
            np.testing.assert_array_equal(column, other[name], err_msg=name)
        treated += int((one["status"] == TREATED).sum())
    assert treated > 1000
    assert (one["delivered"] != bundle[-1]["delivered"]).any()  # a bundle alone: other lives
    # The bundle is what the fee leaves, nothing; the mixed fee pays what the fee per session would.
    assert to_practice(mixed, "weight_class_bundle") == 0
    both = ("fee_per_session", "mixed_fee")  # quarters that had begun stay with the fee
    assert sum(to_practice(mixed, name) for name in both) == to_practice(fee, "fee_per_session")
    assert to_practice(mixed, "mixed_fee") > to_practice(mixed, "fee_per_session") > 0


# --- safeguards


def test_an_audit_that_finds_nothing_takes_nothing_back():
    blind = world(Audit(rate=1.0, detection=0.0)).run()
    seeing = world(Audit(rate=1.0, detection=0.5, fine=0.0)).run()

    assert to_insurer(blind, "audit") == 0
    assert to_insurer(seeing, "audit") > 0
    for w in (blind, seeing):  # both are paid for
        assert paid(w, "audit_cost", Party.INSURER, Party.ADMINISTRATION) > 0


@pytest.mark.parametrize(
    ("clause", "end"),
    [
        (Audit(rate=0.9, detection=0.9, fine=0.0), "payer_id"),
        (StopLoss(attachment=500.0), "payee_id"),
    ],
    ids=["audit", "stop-loss"],
)
def test_a_file_is_settled_with_a_practice_that_treated_the_patient_that_year(clause, end):
    """Not with one that the patient merely asked since."""
    w, treated = world(clause, p=EAGER, share=0.02), set()
    for month in months(w):
        for i in map(int, np.flatnonzero(w.care.sessions + w.care.uncovered)):
            treated.add((month // 12, i, int(w.care.practice[i])))
    lines = w.ledger.lines()
    ours = lines[lines.clause == w.ledger.clauses.index(clause.name)]
    settled = set(zip(ours.month // 12, ours.patient, ours[end], strict=True))

    assert len(settled) > 30
    assert not settled - treated


def test_in_the_long_run_an_audit_takes_back_rate_times_detection_times_what_it_can_find(tallies):
    """Each file is an independent draw: variance (1 + f)^2 g^2 A d (1 - A d) per overclaim g."""
    rate, detection, fine = 0.6, 0.9, 0.2
    w = world(Audit(rate=rate, detection=detection, fine=fine), p=EAGER, share=0.05).run()
    gain = np.concatenate([t.overclaim[t.overclaim > 0] for t in tallies[1:]]).astype(float)
    expected = 0.54 * 1.2 * gain.sum()
    standard_error = 1.2 * np.sqrt(0.54 * 0.46 * (gain**2).sum())

    assert gain.size > 200
    assert abs(to_insurer(w, "audit") - expected) < 3.0 * standard_error
    assert standard_error < 0.08 * expected  # sharp enough to see that something is left out


def test_a_floor_of_the_whole_need_leaves_no_undertreatment(tallies):
    # Nobody needs more than can be given at all.
    p = P.replace({"sessions_most_per_year": 1_000.0, "norm_median": 0.0})
    world(SessionFloor(share=1.0), p=p).run()
    floor = tallies[2:]
    world(p=p).run()
    free = tallies[4:]

    assert sum(t.quarters.sum() for t in floor) > 500
    assert sum(t.under.sum() for t in floor) == 0
    assert sum(t.under.sum() for t in free) > 100


def test_a_stop_loss_that_nobody_reaches_pays_nothing():
    far = world(StopLoss(attachment=100_000.0)).run()
    plain = world().run()
    near = world(StopLoss(attachment=1_000.0)).run()

    assert to_practice(far, "stop_loss") == 0
    assert to_practice(near, "stop_loss") > 0
    for name in ("delivered", "weight_class", "status"):
        np.testing.assert_array_equal(getattr(far.care, name), getattr(plain.care, name))
    assert (near.care.delivered != plain.care.delivered).any()


KPIS = {
    "withhold": {"indicator": "relevant_change", "at_least": 0.9, "share": 0.1},
    "bonus": {"indicator": "gpe", "at_least": 0.1, "share": 0.1},
    "malus": {"indicator": "dropout", "at_most": 0.01, "share": 0.1},
    "audit": {"indicator": "heavy_class", "at_most": 0.01},
    "improvement_plan": {"indicator": "start_in_time", "at_least": 0.99},
    "loss_of_contract": {"indicator": "prem", "at_least": 9.9},
}


def judged(minimum: float) -> tuple[World, list[dict]]:
    """Run a world with every kind of KPI; return it and each December's standing of practices."""
    slope = Kpi(indicator="walk_change", slope=2.0, minimum_patients=minimum)
    kpis = [Kpi(consequence=name, minimum_patients=minimum, **keys) for name, keys in KPIS.items()]
    w, standing = world(slope, *kpis), []
    for month in months(w):
        if month % 12 == 11 and month > w.policy_month:
            books = w.books
            standing.append(
                {"watched": int(books.watched.sum()), "missed": int(books.missed.sum()),
                 "lost": int(books.lost.sum())}
            )  # fmt: skip
    return w, standing


def test_a_kpi_that_asks_for_more_patients_than_there_are_pays_and_punishes_nobody():
    w, standing = judged(10_000.0)
    lines = w.ledger.lines()
    names = [w.ledger.clauses[number] for number in lines.clause]
    lines = lines.assign(name=names, year=lines.month // 12)
    kept = lines[lines.name == "withheld_kpi_relevant_change"]
    returned = lines[lines.name == "kpi_relevant_change"]

    assert set(names) & {f"kpi_{keys['indicator']}" for keys in KPIS.values()} == {
        "kpi_relevant_change"
    }
    assert "kpi_walk_change" not in names
    assert all(not any(each.values()) for each in standing) and len(standing) == 3
    assert (w.contract_of == POLICY_CONTRACT).all()
    # What was withheld goes back to whom it was withheld from, each year, to the cent.
    back = returned.groupby(["year", "payee_id", "insurer"]).cents.sum()
    taken = kept.groupby(["year", "payer_id", "insurer"]).cents.sum()
    assert taken.sum() > 0
    assert back.to_dict() == taken.to_dict()


def test_the_same_kpis_pay_and_punish_where_patients_are_enough():
    w, standing = judged(1.0)

    assert to_insurer(w, "withheld_kpi_relevant_change") > to_practice(w, "kpi_relevant_change")
    assert to_practice(w, "kpi_gpe") > 0
    assert to_insurer(w, "kpi_dropout") > 0
    assert to_practice(w, "kpi_walk_change") > 0 and to_insurer(w, "kpi_walk_change") > 0
    assert all(sum(each[name] for each in standing) > 0 for name in standing[0])
    assert (w.contract_of != POLICY_CONTRACT).any()


def test_levies_add_up_to_the_overrun_to_the_cent(tallies):
    """Without growth of the tariff the ceiling is last year's spending plus what was added."""
    p = P.replace({"bundle_price_factor": 1.5, "session_tariff_real_growth": 0.0})
    world(p=p).run()
    free = [int(t.paramedical.sum()) for t in tallies]
    tallies.clear()
    w = world(MacroClawback(probability=1.0), p=p).run()
    spent = [int(t.paramedical.sum()) for t in tallies]  # after the levy
    lines = w.ledger.lines()
    ours = lines[lines.clause == w.ledger.clauses.index("macro_clawback")]
    levies = ours.groupby(ours.month // 12).cents.sum()
    budgets = (p.entitlement_budget_2025, p.entitlement_budget_2026,
               p.entitlement_budget_2027_structural)  # fmt: skip
    ceilings = [spent[0] + round(100 * SHARE * budget) for budget in budgets]

    assert spent[1:] == ceilings
    # In the first year nobody had reckoned with a levy: lives are those without it.
    assert free[0] == spent[0] and levies[1] == free[1] - ceilings[0]
    assert set(levies.index) == {1, 2, 3} and (levies > 1_000_000).all()
    assert set(ours.payee) == {Party.GOVERNMENT} and set(ours.payer) == {Party.PRACTICE}


# --- terms


def episodes_billed(w: World, after: int) -> tuple[int, int]:
    """Run a world; count quarters billed in a later episode, and those so soon after the last.

    An episode is over when a patient is seen outside treatment; ``after`` counts the months from
    its last session. Only a return to the same practice, paid by the bundle before, is a relapse.
    """
    last = np.full(w.person.female.size, -10_000)
    where = np.full(w.person.female.size, -1)
    later, soon = 0, 0
    for month in months(w):
        billed = np.flatnonzero((w.care.opened == 1) & (last > -10_000))
        back = billed[where[billed] == w.care.treated_by[billed]]
        later += back.size
        soon += int((month - last[back] < after).sum())
        bundled = w.care.contract == POLICY_CONTRACT
        out = (w.care.status == OUTSIDE) & (w.care.last_care >= 0) & bundled
        last[out], where[out] = w.care.last_care[out], w.care.treated_by[out]
    return later, soon


def test_under_a_warranty_nobody_who_returns_within_it_is_billed():
    span = Span(2024, 2025, 2029)
    later, soon = episodes_billed(world(Warranty(months=24), p=EAGER, span=span), 24)
    _, without = episodes_billed(world(p=EAGER, span=span), 24)

    assert soon == 0
    assert later > 20  # after two years they are billed again
    assert without > 20


@pytest.mark.parametrize("beside", [(), (Warranty(months=24),)], ids=["alone", "warranty"])
def test_unused_months_go_back_only_of_a_quarter_that_was_paid(beside):
    w = world(ProRata(), *beside, p=EAGER)
    billed, refunds = set(), 0  # who has a paid quarter running
    for _ in months(w):
        care = w.care
        billed -= set(np.flatnonzero((care.quarter_month == 1) & (care.status == TREATED)))
        billed |= set(np.flatnonzero(care.opened))
        refunded = set(np.flatnonzero(care.unused))
        assert refunded <= billed, "months of a quarter that nobody paid for"
        refunds += len(refunded)

    assert refunds > 20
    assert to_insurer(w, "pro_rata") > 0


def test_no_quarter_is_billed_before_the_contacts_are_reached():
    def fewest(w: World) -> int:
        return min(
            int(w.care.delivered[i])
            for _ in months(w)
            for i in np.flatnonzero((w.care.opened == 1) & (w.care.status == TREATED))
        )

    assert fewest(world()) == P.bundle_min_contacts_to_claim == 1
    assert fewest(world(MinimumContacts(contacts=5))) == 5


def test_only_the_network_signs():
    w = world(Membership(of="quality_network")).run(SPAN.policy_month + 1)
    signed = (w.contract_of == POLICY_CONTRACT).any(axis=1)

    np.testing.assert_array_equal(signed, w.practices.in_network)
    assert 0 < signed.sum() < signed.size


def test_paid_coordination_stops_on_1_may_2029():
    span = Span(2027, 2028, 2029)
    w = world(CoordinationLumpSum(amount=1_200.0, start_rate=1.0), span=span).run()
    lines = w.ledger.lines()
    ours = lines[lines.clause == w.ledger.clauses.index("coordination_lump_sum")]

    assert set(ours.month) == set(range(12, 28))  # January 2028 up to and including April 2029
    # EUR 100 a month per practice, shared by its insurers in whole cents.
    monthly = ours.groupby(["month", "payee_id"]).cents.sum()
    assert (abs(monthly - 10_000) <= 5).all()
    assert (monthly.groupby("month").size() > 5).all()
