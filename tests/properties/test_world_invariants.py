"""Whatever the policy and whatever the assumptions: accounts add up and bodies obey nature."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from rich_contract import BESIDE, RICH, rich_contract, without_contradictions

from model import simulation
from model.codes import ALIVE, DEAD, NOT_YET, OUTSIDE, TREATED, WAITING
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.mixed_fee import MixedFee
from model.contracts.outcome_pay import OutcomePay
from model.contracts.period_tariff import PeriodTariff
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.pro_rata import ProRata
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.quarter_bundle import QuarterBundle
from model.contracts.shared_savings import SharedSavings
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import NO_MAXIMUM, Entitlement
from model.ledger import Framework, Party
from model.outcomes import MEASURES
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.schedule import Phase
from model.simulation import Span, World
from scenarios.schema import STATED_ELSEWHERE

REGISTRY = load_registry()
P = REGISTRY.values()
LEVERS = [each for each in REGISTRY.by_role("lever") if each.name not in STATED_ELSEWHERE]
UNCERTAIN = REGISTRY.by_role("uncertainty")
SPAN = Span(2024, 2025, 2026)
FEW = settings(
    max_examples=20,
    deadline=None,
    phases=[Stage.explicit, Stage.reuse, Stage.generate, Stage.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

shares = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))
prices = st.one_of(st.sampled_from([0.0, 0.01, 100_000.0]), st.floats(0, 1_000))


#: The bundles there are.
BUNDLES = (
    FlatBundle(), FlatBundle(maintenance_price=False), WeightClassBundle(), PhaseBundle(),
    ProfilePhaseBundle(),
)  # fmt: skip


@st.composite
def bundles(draw):
    bundle = draw(st.sampled_from(BUNDLES))
    size = len(bundle.group_names())
    amounts = draw(st.one_of(st.none(), st.lists(prices, min_size=size, max_size=size)))
    return bundle.model_copy(update={"prices": None if amounts is None else tuple(amounts)})


@st.composite
def period_tariffs(draw):
    period = draw(st.sampled_from(["day", "week", "month", "quarter"]))
    size = draw(st.sampled_from([1, 3]))
    amounts = draw(st.lists(st.floats(0, 100), min_size=size, max_size=size))
    return PeriodTariff(period=period, prices=tuple(amounts))


def numbers(entries, most):
    """Return values inside the ranges of some parameters, often at an end."""
    return st.lists(
        st.sampled_from(entries).flatmap(
            lambda e: st.tuples(
                st.just(e.name),
                st.one_of(st.sampled_from([e.low, e.high]), st.floats(e.low, e.high)),
            )
        ),
        max_size=most,
        unique_by=lambda pair: pair[0],
    ).map(dict)


@st.composite
def policies(draw):
    """Return any policy that a scenario file can state."""
    pays = draw(st.one_of(bundles(), st.just(FeePerSession()), period_tariffs()))
    intake = draw(st.sampled_from([[], [IntakeFee()]]))
    beside = draw(st.lists(st.sampled_from(BESIDE), max_size=12, unique=True))
    clauses = without_contradictions([pays, *intake, *beside])
    bundle = isinstance(pays, QuarterBundle)
    return Policy(
        entitlement=Entitlement.OPEN if bundle else draw(st.sampled_from(list(Entitlement))),
        clauses=tuple(draw(st.permutations(clauses))),
        practices_share=draw(shares),
        insurers_share=draw(shares),
        by_choice=draw(st.booleans()),
        only_practices=draw(
            st.one_of(st.none(), st.none(), st.lists(st.integers(0, 12), max_size=3).map(tuple))
        ),
        levers=draw(numbers(LEVERS, 3)),
    )


#: A seed for a parameter draw (0 for the central values), and some numbers put elsewhere.
assumptions = st.tuples(st.integers(0, 2**32), numbers(UNCERTAIN, 12))
CENTRAL = (0, {})


def parameters(seed, changes):
    return (REGISTRY.draws(1, seed)[0] if seed else P).replace(changes)


class Watch:
    """Looks at a world after every month and keeps what later months must agree with."""

    def __init__(self, world):
        self.world = world
        self.dead = np.zeros(world.person.female.size, dtype=bool)
        self.quarters: dict[int, list[int]] = {}
        self.person = {name: column.copy() for name, column in world.person._asdict().items()}
        self.books: list[dict] = []

    def run(self):
        """Run the world to its end, looking after every month."""
        w = self.world
        note = Phase("note", "keeps the year's tallies", self.december, 12)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(simulation, "MONTH", (*simulation.MONTH[:-1], note, simulation.MONTH[-1]))
            while w.month < w.span.months:
                insurer = w.person.insurer.copy()
                w.step()
                if w.month % 12 != 1:  # in January people may switch
                    np.testing.assert_array_equal(w.person.insurer, insurer)
                self.bodies()
                self.care()
        for name, before in self.person.items():
            if name != "insurer":
                np.testing.assert_array_equal(before, getattr(w.person, name))  # for life
        return w

    def december(self, w):
        """Keep the tallies in which money is counted, before the observer clears them."""
        self.books.append(
            {
                "paramedical": w.tally.paramedical.copy(),
                "deferred": w.care.deferred.copy(),
                "practice": w.practice_tally.revenue.copy(),
                "practice_deferred": w.practice_deferred.copy(),
                "earned": int(w.books.revenue.sum()),
            }
        )

    def bodies(self):
        w, h = self.world, self.world.health
        assert (h.alive[self.dead] == DEAD).all(), "somebody rose from the dead"
        self.dead = h.alive == DEAD
        assert np.isin(h.alive, (NOT_YET, ALIVE, DEAD)).all()
        assert (h.alive[w.rows_upto[w.month - 1] :] == NOT_YET).all()
        assert (h.alive[: w.rows_upto[w.month - 1]] != NOT_YET).all()
        for column in (*h, *w.care, *w.tally, *w.practice_tally):
            assert np.isfinite(column).all()
        assert ((h.training >= 0) & (h.training <= 1)).all()
        assert ((h.ccq >= 0) & (h.ccq <= 6)).all()
        assert ((h.fev1 >= w.p.fev1_floor) & (h.fev1 <= w.p.gold_2_fev1_below)).all()
        assert np.isin(h.gold, (2, 3, 4)).all()
        assert ((h.attacks < 2**12) & (h.admissions < 2**12)).all()
        assert ((h.admissions & ~h.attacks) == 0).all()  # an admission is an attack

    def care(self):
        w, c, month = self.world, self.world.care, self.world.month - 1
        assert np.isin(c.status, (OUTSIDE, WAITING, TREATED)).all()
        unseen = w.health.alive != ALIVE
        assert (c.status[unseen] == OUTSIDE).all()
        for column in (c.sessions, c.uncovered, c.intake, c.opened):
            assert (column >= 0).all() and (column[unseen] == 0).all()
        # Under the chronic list the first sessions are everybody's own.
        first = w.self_paid > 0
        assert first or (c.uncovered[w.person.pays_above == 0] == 0).all()
        assert (c.delivered >= 0).all() and (c.plan >= 0).all() and (c.need >= 0).all()
        assert ((c.deductible_left >= 0) & (c.deductible_left <= w.person.deductible)).all()
        assert ((c.quarter_month >= 0) & (c.quarter_month <= 2)).all()
        assert (w.load >= 0).all()
        treated = c.status == TREATED
        assert (c.plan[treated] <= w.p.sessions_most_per_year / 4 + 1e-9).all()
        for rows, count in ((c.practice, w.practices.count), (c.therapist, w.practices.rho.size)):
            assert ((rows[treated] >= 0) & (rows[treated] < count)).all()
        assert (w.practices.region[c.practice[treated]] == w.person.region[treated]).all()
        self.maxima(np.flatnonzero(c.sessions > 0))
        for i in map(int, np.flatnonzero(c.opened)):
            into = int(c.quarter_month[i])  # it has moved on, and a dropped-out patient has none
            self.quarters.setdefault(i, []).append(month - 2 if into == 0 else month - into + 1)

    def maxima(self, rows):
        w, c = self.world, self.world.care
        most = w.maxima[1 - c.first_year[rows], c.filed_class[rows]]
        assert (c.covered_used[rows] <= most).all()
        if w.month > w.policy_month:
            unlimited = w.policy.entitlement in (Entitlement.OPEN, Entitlement.CHRONIC_LIST)
            assert (w.maxima.max() < NO_MAXIMUM) == (not unlimited)


def signed(lines):
    """Return the lines with what came in at practices as ``net``: what they pay back is negative.

    Of the lines that practices have no part in, ``net`` is the amount.
    """
    return lines.assign(net=np.where(lines.payer == Party.PRACTICE, -lines.cents, lines.cents))


def accounts(w):
    """Check the ledger against the outcomes, to the cent."""
    lines = signed(w.ledger.lines())
    assert (lines.cents > 0).all()
    assert lines.month.between(0, w.span.months - 1).all()
    assert not (lines.payer == lines.payee).any()
    paid = lines.groupby(["month", "payer"]).cents.sum().groupby("month").sum()
    received = lines.groupby(["month", "payee"]).cents.sum().groupby("month").sum()
    assert (paid == received).all()
    assert w.ledger.totals().cents.sum() == lines.cents.sum()

    results = w.results()
    national = results[results.split == "all"].groupby("measure")[["top", "bottom"]].sum()
    cents = 100 / w.size.scale
    open_ = int(w.care.deferred.sum())  # parts of paid quarters that fall after the last year
    assert w.practice_deferred.sum() == open_
    practices = lines[(lines.payee == Party.PRACTICE) | (lines.payer == Party.PRACTICE)]
    care = lines[~lines.framework.isin([Framework.DEDUCTIBLE, Framework.INSURER_RESULT])]
    for found, wanted in (
        (national.top["paramedical_spending"],
         lines[lines.framework == Framework.PARAMEDICAL].net.sum() - open_),
        (national.top["out_of_pocket"], lines[lines.payer == Party.PATIENT].cents.sum()),
        (national.top["total_care_cost"], care.net.sum() - open_),
        (national.bottom["practice_margin"], practices.net.sum() - open_),
    ):  # fmt: skip
        assert found * cents == pytest.approx(wanted, rel=1e-9, abs=0.01)
    own = lines[(lines.payer == Party.PATIENT) & (lines.framework == Framework.DEDUCTIBLE)]
    yearly = own.groupby([own.month // 12, "patient"]).cents.sum()
    most = w.person.deductible[yearly.index.get_level_values("patient")]
    assert (yearly <= most).all()


def tallied(watch):
    """Check, year by year and to the cent, that tallies count exactly what the ledger says.

    What was paid last year for care of this year counts now; what is paid now for care of next
    year does not. Amounts for a whole practice are spread over patients without losing a cent.
    Insurers' books, on which contracts are settled, hold the same care.
    """
    w, count = watch.world, watch.world.practices.count
    lines = signed(w.ledger.lines())
    for_care = [
        w.ledger.clauses.index(clause.name)
        for contract in w.contracts for clause in contract.clauses
        if clause.pays_for_care and clause.name in w.ledger.clauses
    ]  # fmt: skip
    refunds = any(isinstance(clause, ProRata) for clause in w.policy.clauses)
    before = {"deferred": np.zeros(1, np.int64), "practice_deferred": np.zeros(count)}
    for year, now in enumerate(watch.books):
        this = lines[lines.month // 12 == year]
        spent = int(this[this.framework == Framework.PARAMEDICAL].net.sum())
        moved = int(before["deferred"].sum() - now["deferred"].sum())
        assert int(now["paramedical"].sum()) == spent + moved
        if not refunds:  # those are no payment for care, but some are of next year
            assert (now["deferred"] >= 0).all()
            assert now["earned"] == int(this[this.clause.isin(for_care)].cents.sum()) + moved

        came, went = this[this.payee == Party.PRACTICE], this[this.payer == Party.PRACTICE]
        kept = np.bincount(came.payee_id, came.cents, count) - np.bincount(
            went.payer_id, went.cents, count
        )
        moved = before["practice_deferred"] - now["practice_deferred"]
        np.testing.assert_array_equal(now["practice"], kept + moved)
        before = now


#: Clauses through which a year's care can bring in less than nothing: what goes back may belong to
#: care of the year before, and is spread over this year's patients.
GO_BACK = {
    "pro_rata", "audit", "risk_corridor", "shared_savings", "change_cap", "macro_clawback",
    "index_band",
}  # fmt: skip


def outcomes(w):
    """Check that the outcomes are possible and that groups add up to everyone."""
    results = w.results()
    assert np.isfinite(results[["top", "bottom"]].to_numpy()).all()
    # What practices keep of their revenue: with money going back, that revenue can be negative.
    assert (results[results.measure != "practice_margin"].bottom >= 0).all()
    assert (results.patients >= 0).all()
    assert (results.small == (results.patients < 10)).all()
    for measure in MEASURES:
        own = results[results.measure == measure.id]
        back = any(c.name in GO_BACK or c.name.startswith("kpi_") for c in w.policy.clauses)
        money = {"paramedical_spending", "total_care_cost"} if back else set()
        if measure.id not in {"practice_margin", "qalys"} | money:
            assert (own.top >= 0).all(), measure.id
        if measure.is_share and measure.id != "practice_margin":
            assert (own.top <= own.bottom * (1 + 1e-12)).all(), measure.id
        if measure.whose == "patients":
            everyone = own[own.split == "all"].set_index("year")
            for split in ("gold", "income", "insurer"):
                groups = own[own.split == split].groupby("year")[["top", "bottom", "patients"]]
                for column in ("top", "patients", *(["bottom"] if measure.bottom else [])):
                    np.testing.assert_allclose(
                        groups.sum()[column], everyone[column], rtol=1e-9, atol=1e-6
                    )
    own = results[(results.measure == "deaths") & (results.split == "all")]
    assert own.top.sum() / w.size.scale == pytest.approx((w.health.alive == DEAD).sum())
    index = results[(results.measure == "job_satisfaction") & (results.split == "all")]
    assert (index.top <= 100 * index.bottom * (1 + 1e-12)).all()


FREE_BUNDLE = Policy(clauses=(WeightClassBundle(prices=(0.0, 0.0, 0.0, 0.0)),))
DEAR_BUNDLE = Policy(clauses=(IntakeFee(), WeightClassBundle(prices=(100_000.0,) * 4)))
#: Nothing is paid for care itself, so there is nothing to spread the rest in proportion to.
FREE_CARE = Policy(clauses=(*FREE_BUNDLE.clauses, OutcomePay(per_ccq_point=100.0)))
#: One practice, of whose patients none has a file in some year, is settled all the same.
ONE_PRACTICE = Policy(
    clauses=(FlatBundle(), MixedFee(share=0.2), SharedSavings(share=0.3, loss_share=0.1)),
    practices_share=0.0,
    only_practices=(0,),
)
EVERYTHING = Policy(clauses=RICH)


@FEW
@given(policy=policies(), drawn=assumptions, seed=st.integers(0, 2**63), whole=st.booleans())
@example(FREE_BUNDLE, CENTRAL, 1, True)
@example(DEAR_BUNDLE, CENTRAL, 1, True)
@example(DEAR_BUNDLE, CENTRAL, 2, False)
@example(FREE_CARE, CENTRAL, 1, True)
@example(ONE_PRACTICE, CENTRAL, 27204, True)
@example(FREE_CARE, (0, {"seek_per_km": 1.7e-37}), 0, False)  # a distance that hardly hinders
@example(EVERYTHING, CENTRAL, 1, True)
@example(EVERYTHING, CENTRAL, 2, False)
@example(replace(EVERYTHING, by_choice=True), CENTRAL, 1, True)
@example(Policy(clauses=rich_contract(PhaseBundle())), CENTRAL, 3, True)
@example(Policy(clauses=rich_contract(FeePerSession())), CENTRAL, 4, False)
@example(Policy(clauses=rich_contract(PeriodTariff(period="quarter", prices=(300.0,)))), CENTRAL,
         5, True)  # fmt: skip
@example(Policy(entitlement=Entitlement.MAXIMA_2019), CENTRAL, 3, True)
@example(Policy(entitlement=Entitlement.CHRONIC_LIST), CENTRAL, 3, True)
@example(Policy(clauses=(FeePerSession(),)), CENTRAL, 4, False)
def test_any_policy_under_any_assumptions_keeps_the_invariants(policy, drawn, seed, whole):
    keeps_the_invariants(policy, parameters(*drawn), seed, whole)


@pytest.mark.slow
@settings(FEW, max_examples=400)
@given(policy=policies(), drawn=assumptions, seed=st.integers(0, 2**63), whole=st.booleans())
def test_many_policies_under_many_assumptions_keep_the_invariants(policy, drawn, seed, whole):
    keeps_the_invariants(policy, parameters(*drawn), seed, whole)


def keeps_the_invariants(policy, p, seed, whole):
    size = Size.of_share(p, 0.002) if whole else Size.of_treated(p, 60)
    watch = Watch(World(p, policy, seed, size, SPAN))
    w = watch.run()
    accounts(w)
    tallied(watch)
    outcomes(w)
    for starts in watch.quarters.values():  # also over episodes: nobody is in two at once
        assert min(np.diff(sorted(starts)), default=3) >= 3
    if not policy.offers_contract:
        assert not watch.quarters


@settings(FEW, max_examples=8)
@given(policy=policies(), drawn=assumptions, seed=st.integers(0, 1000))
def test_any_policy_shares_the_history_and_the_luck_of_the_baseline(policy, drawn, seed):
    """The same people, the same past, and nothing that a policy could do to it."""
    p = parameters(*drawn)
    size = Size.of_share(p, 0.002)
    trunk = World(p, Policy(), seed, size, SPAN).run(SPAN.policy_month)
    other = World(p, policy, seed, size, SPAN).run(SPAN.policy_month)

    for table in ("person", "health", "care"):
        for one, two in zip(getattr(trunk, table), getattr(other, table), strict=True):
            np.testing.assert_array_equal(one, two)
    straight, branch = other.run(), trunk.branch(policy).run()
    assert branch.results().equals(straight.results())
