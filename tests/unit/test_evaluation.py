"""The regulator in the world: when it judges, on what, and what follows from it."""

from dataclasses import replace

import numpy as np
import pytest

from agents.regulator import NO_VERDICT
from model import simulation, state
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT, WAITING
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.macro_clawback import MacroClawback
from model.contracts.outcome_pay import OutcomePay
from model.estimates import BEFORE_AFTER, DID
from model.month.evaluation import FLAGGED, MACRO_FRAMEWORK, NATIONAL, SESSIONS_GROWTH, WITHIN
from model.panel import ROW
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.schedule import MONTH
from model.simulation import Span, World

REGISTRY = load_registry()
P = REGISTRY.values()
SPAN = Span(2024, 2025, 2027)
#: A flat price to therapists who mind little: patients get next to nothing (nine sessions a year
#: where others get forty). The price is two thirds of the neutral one (about EUR 370), so that they
#: are still taken in. At EUR 1 nobody is (1 of 1,392 requests in a world of half this size), and
#: with nobody measured the fall of burden shows no harm: that danger is in the test of true access
#: below, this one is about patients who are treated badly and seen to be.
STARVING = (IntakeFee(), FlatBundle(prices=(250.0,), maintenance_price=False))
HEARTLESS = {"altruism_rho_median": 20.0, "norm_median": 0.01, "share_pure_professional": 0.0}
HARMED_SHARE = 0.2
LAVISH = (IntakeFee(), FlatBundle(prices=(900.0,), maintenance_price=False))
HALF = {"practices_share": 0.5}
#: A regulator who looks at money only: no loss to patients or therapists is beyond these margins.
MONEY_ONLY = {
    "evaluation_margin_satisfaction": 100.0,
    "evaluation_margin_burden": 6.0,
    "evaluation_margin_admissions": 12.0,
    "evaluation_margin_access": 1.0,
}


def world(policy: Policy, changes=None, share=0.02, span=SPAN, months=None) -> World:
    p = P.replace({"evaluation_fewest_practices": 5, **(changes or {})})
    made = World(p, HISTORY, 3, Size.of_share(p, share), span, keep_lines=False)
    made.run(span.policy_month)
    return made.branch(policy).run(months)


def tables_of(one: World) -> dict[str, np.ndarray]:
    return {
        f"{table}.{name}": values
        for table in state.TABLES
        for name, values in getattr(one, table)._asdict().items()
    } | {"contract_of": one.contract_of, "load": one.load}


def same_lives(one: World, other: World) -> bool:
    ours, theirs = tables_of(one), tables_of(other)
    return all(np.array_equal(ours[name], theirs[name]) for name in ours) and one.results().equals(
        other.results()
    )


@pytest.fixture(scope="module")
def harmed() -> dict[bool, World]:
    """The same harmful contract under a regulator who watches and one who acts."""
    policy = Policy(clauses=STARVING, **HALF)
    return {
        acts: world(replace(policy, regulator_acts=acts), HEARTLESS, share=HARMED_SHARE)
        for acts in (False, True)
    }


# --- when, and on what


def test_it_comes_before_the_contracts_of_the_year():
    names = [phase.name for phase in MONTH]
    assert names.index("evaluation") < names.index("contracts")
    assert MONTH[names.index("evaluation")].calendar_month == 1


def test_each_january_from_the_second_year_judges_the_year_before(harmed):
    years = [table["year"].unique().tolist() for table in harmed[False].evaluations]
    assert years == [[2025], [2026]]


def test_every_december_adds_a_year_to_the_panel(harmed):
    panel = harmed[False].panel
    assert [one.year for one in panel] == [2024, 2025, 2026, 2027]
    assert not panel[0].joined.any()
    assert (panel[1].joined == (harmed[False].contract_of == POLICY_CONTRACT).any(axis=1)).all()
    for one in panel:
        assert (one.under <= one.patients).all()
        assert (one.under[~one.joined] == 0.0).all()


def test_claims_are_seen_as_they_are_and_answers_are_not(harmed):
    last = harmed[False].panel[-1]
    for claimed in ("admissions", "total_cost", "spending", "sessions"):
        row = ROW[claimed]
        assert (last.seen_total[row] == last.true_total[row]).all()
    for asked in ("burden_fall", "satisfaction"):
        row = ROW[asked]
        assert 0 < last.seen_count[row].sum() < last.true_count[row].sum()
    row = ROW["satisfaction"]
    told = last.seen_count[row] > 0
    noise = (last.seen_total[row] - last.true_total[row])[told]
    assert 0.5 * P.survey_noise_sd < noise.std() < 1.5 * P.survey_noise_sd


def test_who_never_started_is_part_of_the_true_access_and_in_no_register(harmed):
    """The register knows who started; the truth also who was refused, left or still waits."""
    one = harmed[False]
    last, row = one.panel[-1], ROW["start_in_time"]
    np.testing.assert_array_equal(last.seen_total[row], last.true_total[row])
    missed = last.true_count[row] - last.seen_count[row]
    assert (missed >= 0.0).all()
    waiting = np.bincount(one.care.practice[one.care.status == WAITING], minlength=missed.size)
    assert (missed >= waiting).all()
    assert missed.sum() > waiting.sum() > 0  # refusals and left queues come on top
    seen, true = (
        part[0][row].sum() / part[1][row].sum()
        for part in ((last.seen_total, last.seen_count), (last.true_total, last.true_count))
    )
    assert true < seen


def test_what_the_regulator_sees_of_access_is_not_what_is_true():
    """Refusals rise under the contract: the register of those who started does not show it."""
    changes = HEARTLESS | {"reservation_value": 250.0}
    policy = Policy(clauses=(IntakeFee(), FlatBundle(prices=(60.0,), maintenance_price=False)))
    one, other = (world(x, changes, share=0.05) for x in (policy, Policy()))
    row = ROW["start_in_time"]

    def shares(panel):
        return [
            total[row].sum() / count[row].sum()
            for total, count in (
                (panel.seen_total, panel.seen_count), (panel.true_total, panel.true_count),
            )
        ]  # fmt: skip

    (seen, true), (seen_before, true_before) = shares(one.panel[-1]), shares(other.panel[-1])
    assert true - true_before < seen - seen_before - 0.05


def test_the_panel_adds_up_to_the_outcomes(harmed):
    one = harmed[False]
    table = one.results()
    own = table[(table["split"] == "all") & (table["year"] == 2027)].set_index("measure")["top"]
    last, scale = one.panel[-1], one.size.scale
    assert last.patients.sum() * scale == pytest.approx(own["treated_patients"])
    assert last.seen_total[ROW["sessions"]].sum() * scale == pytest.approx(
        own["sessions_per_patient"]
    )
    row = ROW["satisfaction"]
    assert last.true_total[row].sum() * scale == pytest.approx(own["job_satisfaction"])
    assert last.spending * scale / 100.0 == pytest.approx(own["paramedical_spending"])


def test_the_true_fall_of_burden_has_no_noise_and_no_gaps(harmed):
    last, one = harmed[False].panel[-1], harmed[False]
    row = ROW["burden_fall"]
    assert (
        last.true_count[row].sum()
        == one.results()
        .query("year == 2027 and split == 'all' and measure == 'relevant_improvement_share'")[
            "bottom"
        ]
        .iloc[0]
        / one.size.scale
    )
    falls = last.true_total[row][last.true_count[row] > 0]
    assert (falls > -6.0 * last.true_count[row][last.true_count[row] > 0]).all()


# --- a harmful contract


def test_a_harmful_contract_is_stopped(harmed):
    first = harmed[True].evaluations[0]
    assert first["verdict"].unique().tolist() == ["stop"]
    burden = first[(first["indicator"] == "burden_fall") & (first["method"] == DID)].iloc[0]
    assert burden["identified"] and burden["finding"] == "worse"
    assert burden["high"] < -burden["margin"] == -P.evaluation_margin_burden


def test_a_stop_holds_from_the_same_january_for_everybody_and_for_good(harmed):
    stopped = harmed[True]
    assert stopped.regulator.stopped
    assert (stopped.contract_of == REGULAR_CONTRACT).all()
    joined = [one.joined.any() for one in stopped.panel]
    assert joined == [False, True, False, False]
    assert stopped.evaluations[1]["verdict"].unique().tolist() == [NO_VERDICT]
    assert set(stopped.evaluations[1]["method"]) == {NATIONAL}


def test_quarters_that_run_are_finished_under_the_contract_they_began_with():
    policy = Policy(clauses=STARVING, **HALF, regulator_acts=True)
    span = Span(2024, 2025, 2026)
    one = world(policy, HEARTLESS, share=HARMED_SHARE, span=span, months=25)
    assert one.regulator.stopped
    assert (one.care.contract[one.in_care] == POLICY_CONTRACT).any()
    one.run(29)
    treated = one.in_care[one.care.status[one.in_care] == 2]
    assert (one.care.contract[treated] == REGULAR_CONTRACT).all()


def test_who_only_watches_says_the_same_and_changes_nothing(harmed):
    watched, acted = harmed[False], harmed[True]
    columns = [name for name in watched.evaluations[0] if name != "price_factor"]
    assert watched.evaluations[0][columns].equals(acted.evaluations[0][columns])
    assert not watched.regulator.stopped
    assert (watched.contract_of == POLICY_CONTRACT).any()


@pytest.mark.parametrize("changes", [{}, {"evaluation_confidence": 0.1}])
def test_watching_changes_no_life(monkeypatch, changes):
    """With the phase taken out of the month every life is the same."""
    policy = Policy(clauses=LAVISH, **HALF)
    watched = world(policy, changes)
    assert len(watched.evaluations) == 2
    without = tuple(phase for phase in MONTH if phase.name != "evaluation")
    monkeypatch.setattr(simulation, "MONTH", without)
    unwatched = world(policy, changes)

    assert unwatched.evaluations == []
    assert same_lives(watched, unwatched)


def test_a_regulator_who_finds_nothing_changes_no_life():
    policy = Policy(clauses=(IntakeFee(), FlatBundle(maintenance_price=False)), **HALF)
    sure = {"evaluation_confidence": 0.9999}
    watched, acted = (world(replace(policy, regulator_acts=x), sure) for x in (False, True))
    assert [t["verdict"].iloc[0] for t in acted.evaluations] == ["continue", "continue"]
    assert same_lives(watched, acted)


# --- money


@pytest.fixture(scope="module")
def costly() -> dict[bool, World]:
    policy = Policy(clauses=LAVISH, **HALF)
    return {acts: world(replace(policy, regulator_acts=acts), MONEY_ONLY) for acts in (False, True)}


def test_an_overrun_lowers_the_price_by_no_more_than_the_bound(costly):
    factors = [table["price_factor"].iloc[0] for table in costly[True].evaluations]
    cut = 1.0 - P.regulator_price_cut_most
    assert factors == pytest.approx([cut, cut * cut])  # the overrun is far above the bound
    assert [t["verdict"].iloc[0] for t in costly[True].evaluations] == ["adjust", "adjust"]
    price = costly[True].prices[POLICY_CONTRACT].quarter
    assert (price == round(900.0 * 100.0 * cut * cut)).all()
    assert not costly[True].regulator.stopped


def test_who_watches_leaves_the_price(costly):
    assert costly[False].regulator.price_factor == 1.0
    assert (costly[False].prices[POLICY_CONTRACT].quarter == 90_000).all()
    assert costly[False].evaluations[0]["verdict"].iloc[0] == "adjust"


def test_a_lower_price_is_less_spending(costly):
    assert costly[True].panel[-1].spending < costly[False].panel[-1].spending


def test_the_price_has_a_floor():
    policy = Policy(clauses=LAVISH, **HALF, regulator_acts=True)
    changes = MONEY_ONLY | {"regulator_price_cut_most": 0.3, "regulator_price_factor_least": 0.65}
    assert world(policy, changes).regulator.price_factor == 0.65


def test_accepted_overspending_is_let_be():
    """In the unit of the estimate the margin is a share of neutral spending."""
    policy = Policy(clauses=LAVISH, **HALF, regulator_acts=True)
    accepted = {"evaluation_margin_spending": 9.0, "evaluation_margin_total_cost": 9.0}
    one = world(policy, MONEY_ONLY | accepted)
    lines = one.evaluations[0]
    line = lines[(lines["indicator"] == "spending") & lines["identified"].astype(bool)].iloc[0]
    assert line["margin"] == pytest.approx(9.0 * (line["mean"] - line["estimate"]))
    assert one.regulator.price_factor == 1.0


def test_total_cost_is_judged_too_and_lowers_the_price():
    """Paramedical overspending is accepted; the same euros are too much in the total."""
    policy = Policy(clauses=LAVISH, **HALF, regulator_acts=True)
    one = world(policy, MONEY_ONLY | {"evaluation_margin_spending": 9.0})
    lines = one.evaluations[0]
    line = lines[(lines["indicator"] == "total_cost") & lines["identified"].astype(bool)].iloc[0]
    neutral = line["mean"] - line["estimate"]
    assert line["margin"] == pytest.approx(P.evaluation_margin_total_cost * neutral)
    assert line["finding"] == "worse" and line["verdict"] == "adjust"
    cut = min(P.regulator_price_cut_most, line["estimate"] / neutral)
    assert line["price_factor"] == pytest.approx(1.0 - cut)


def test_discontent_beyond_the_margin_stops_the_experiment(harmed):
    """The same estimate counts or not, as its margin says; no lower price would mend it."""
    policy = Policy(clauses=STARVING, **HALF, regulator_acts=True)
    only = MONEY_ONLY | {"survey_response_share": 1.0}
    stopped, heard = (
        world(policy, HEARTLESS | only | {"evaluation_margin_satisfaction": margin}, share=0.1,
              span=Span(2024, 2025, 2026))
        for margin in (0.0, 100.0)
    )  # fmt: skip
    line = stopped.evaluations[0].query("indicator == 'satisfaction' and identified").iloc[0]
    assert line["finding"] == "worse" and line["verdict"] == "stop"
    assert stopped.regulator.stopped and not heard.regulator.stopped


def test_a_contract_without_a_bundle_has_no_price_to_adjust():
    clauses = (IntakeFee(), FeePerSession(), OutcomePay(per_ccq_point=5_000.0))
    one = world(Policy(clauses=clauses, **HALF, regulator_acts=True), MONEY_ONLY)
    assert "adjust" not in {table["verdict"].iloc[0] for table in one.evaluations}
    assert one.regulator.price_factor == 1.0


# --- what it cannot tell


def test_where_everybody_joined_it_has_before_and_after_only():
    policy = Policy(clauses=STARVING, regulator_acts=True)
    one = world(policy, HEARTLESS, share=HARMED_SHARE)
    lines = one.evaluations[0]
    compared = lines[lines["method"] != NATIONAL]
    assert set(compared["method"]) == {BEFORE_AFTER}
    assert not compared["identified"].any()
    assert (compared["others"] == 0).all()
    burden = compared[compared["indicator"] == "burden_fall"].iloc[0]
    assert burden["finding"] == "worse"
    # It sees harm and cannot say whose: nothing follows.
    assert lines["verdict"].unique().tolist() == ["continue"]
    assert not one.regulator.stopped


def test_without_history_there_is_no_before():
    span = Span(2025, 2025, 2026)
    p = P.replace({"evaluation_fewest_practices": 5})
    one = World(p, Policy(clauses=LAVISH, **HALF), 3, Size.of_share(p, 0.02), span).run()
    compared = one.evaluations[0][one.evaluations[0]["method"] != NATIONAL]
    assert set(compared["method"]) == {"after_difference"}
    assert not compared["identified"].any()


def test_without_a_contract_only_the_national_watches_are_kept():
    one = world(Policy())
    for table in one.evaluations:
        assert set(table["method"]) == {NATIONAL}
        assert table["verdict"].unique().tolist() == [NO_VERDICT]


# --- the watches


def test_the_growth_of_sessions_is_flagged_above_the_threshold():
    for threshold, flag in ((-0.9, FLAGGED), (9.0, WITHIN)):
        one = world(Policy(), {"watch_sessions_growth": threshold})
        line = one.evaluations[0].set_index("indicator").loc[SESSIONS_GROWTH]
        before, after = (
            year.seen_total[ROW["sessions"]].sum() / year.patients.sum() for year in one.panel[:2]
        )
        assert line["estimate"] == pytest.approx(after / before - 1.0)
        assert line["finding"] == flag


def test_spending_beyond_the_framework_is_flagged():
    lavish = world(Policy(clauses=LAVISH)).evaluations[0].set_index("indicator")
    assert lavish.loc[MACRO_FRAMEWORK, "estimate"] > 0.0
    assert lavish.loc[MACRO_FRAMEWORK, "finding"] == FLAGGED
    starving = world(Policy(clauses=STARVING)).evaluations[0].set_index("indicator")
    assert starving.loc[MACRO_FRAMEWORK, "estimate"] < 0.0
    assert starving.loc[MACRO_FRAMEWORK, "finding"] == WITHIN


def test_an_overrun_that_was_clawed_back_is_flagged_all_the_same():
    policy = Policy(clauses=(*LAVISH, MacroClawback(probability=1.0)))
    line = world(policy).evaluations[0].set_index("indicator").loc[MACRO_FRAMEWORK]
    assert line["estimate"] == pytest.approx(0.0, abs=1e-6)
    assert line["finding"] == FLAGGED


def test_a_branch_continues_with_a_panel_of_its_own():
    p = P.replace({"evaluation_fewest_practices": 5})
    history = World(p, HISTORY, 3, Size.of_share(p, 0.005), SPAN, keep_lines=False).run(12)
    one, other = history.branch(Policy()), history.branch(Policy())
    one.run(24)
    assert (len(one.panel), len(other.panel), len(history.panel)) == (2, 1, 1)
