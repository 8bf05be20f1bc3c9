"""People: who leaves, who comes, what it does to capacity and waiting."""

import numpy as np
import pytest

from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.stop_loss import StopLoss
from model.month.practice_year import practice_year
from model.parameters import load_registry
from model.people import People, capacity
from model.policy import HISTORY, Policy
from model.population import Size
from model.practices import make_practices
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2026)
BUNDLE = Policy(clauses=(IntakeFee(), FlatBundle(prices=(300.0, 150.0))))
#: Many leave, half of the posts are filled again; satisfaction counts for much.
MOVING = {"therapist_turnover": 0.12, "turnover_per_satisfaction_point": 0.06}
#: Forty hours of paperwork per patient and quarter.
PAPERWORK = {"admin_minutes_bundle_quarter": 2_400.0}


def world(until=24, policy=BUNDLE, share=0.02, **replaced) -> World:
    p = P.replace(replaced)
    return World(p, policy, 1, Size.of_share(p, share), SPAN).run(until)


def value(w: World, measure: str, year: int = 2025) -> float:
    row = w.results().query("year == @year and split == 'all' and measure == @measure")
    return float(row["top"].iloc[0] / row["bottom"].iloc[0])


def leaving(w: World) -> float:
    return value(w, "therapists_leaving")


# --- content


def test_paperwork_falls_to_those_who_are_there():
    """With one of two posts filled the hours of each are twice as many; with none a locum's."""
    w = world(until=23, satisfaction_admin_free=0.0, **PAPERWORK)
    posts = w.practices.per_practice
    hours = w.practice_tally.admin / 60.0 / 52.0
    index = {}
    for filled in (posts, 1, 0):
        w.people.staffed[:] = filled
        index[filled] = practice_year(w)["satisfaction"]
    lower = P.satisfaction_admin * hours * (1.0 - 1.0 / posts)
    inside = (w.practice_tally.sessions > 0) & (index[1] > 0.0) & (index[posts] < 100.0)

    assert posts == 2 and inside.sum() > 10
    np.testing.assert_allclose((index[posts] - index[1])[inside], lower[inside])
    np.testing.assert_array_equal(index[0], index[1])


def test_a_stop_loss_takes_fear_of_a_loss_from_who_earns_and_hope_from_who_does_not():
    """Nothing but the spread of the result changes: it counts by the sign of the mean margin."""
    clauses = (IntakeFee(), FlatBundle(prices=(330.0, 250.0)), StopLoss(attachment=700.0))
    w = world(until=23, policy=Policy(clauses=clauses))
    covered = practice_year(w)["satisfaction"]
    w.rewards.stop_share[:] = 0.0
    change = covered - practice_year(w)["satisfaction"]
    t = w.practice_tally
    earns = (t.revenue > t.cost) & (t.policy_quarters > 0)
    loses = (t.revenue < t.cost) & (t.policy_quarters > 0)

    assert earns.sum() > 5 and loses.sum() > 5
    assert (change[earns] >= 0.0).all() and change[earns].max() > 0.5
    assert (change[loses] <= 0.0).all() and change[loses].min() < -0.5


# --- leaving


def test_discontent_drives_therapists_out():
    """Paperwork makes therapists unhappy, so more leave; the same ones would have left anyway."""
    calm, busy = world(share=0.1, **MOVING), world(share=0.1, **MOVING, **PAPERWORK)

    assert value(busy, "job_satisfaction") < value(calm, "job_satisfaction") - 5.0
    assert busy.people.left.sum() > calm.people.left.sum() > 0
    assert (busy.people.left >= calm.people.left).all()  # the same luck
    assert leaving(busy) > leaving(calm)
    assert value(busy, "vacancy_share") > value(calm, "vacancy_share")


def test_if_satisfaction_does_not_count_the_same_people_leave():
    indifferent = MOVING | {"turnover_per_satisfaction_point": 0.0}
    calm, busy = world(**indifferent), world(**indifferent, **PAPERWORK)

    np.testing.assert_array_equal(calm.people.in_post, busy.people.in_post)
    np.testing.assert_array_equal(calm.capacity, busy.capacity)
    for name in ("status", "practice", "plan"):
        np.testing.assert_array_equal(getattr(calm.care, name), getattr(busy.care, name))


def test_turnover_at_usual_satisfaction_is_as_stated():
    w = world(24, HISTORY, share=0.2)

    assert leaving(w) == pytest.approx(P.therapist_turnover, abs=0.025)
    assert value(w, "vacancy_share") == pytest.approx(0.037, abs=0.02)
    assert 60.0 < w.people.usual_satisfaction[0] < 80.0


def test_nobody_leaves_without_turnover_and_capacity_is_what_practices_keep():
    w = world(therapist_turnover=0.0)

    assert w.people.in_post.all() and w.people.left.sum() == 0
    np.testing.assert_allclose(w.capacity, w.practices.capacity, rtol=1e-12)
    np.testing.assert_array_equal(w.people.rho, w.practices.rho)


def test_usual_satisfaction_is_that_of_the_year_before_the_policy():
    before = world(12, **PAPERWORK)
    known = before.people.usual_satisfaction.copy()
    after = before.branch(BUNDLE).run(36)

    assert known[0] == pytest.approx(value(before, "job_satisfaction", 2024))
    np.testing.assert_array_equal(after.people.usual_satisfaction, known)
    assert value(after, "job_satisfaction") < known[0]


def test_a_branch_leaves_its_history_alone():
    history = world(12, **MOVING)
    at_branching = history.people.copy()
    rooms = history.capacity.copy()
    history.branch(BUNDLE).run(36)

    for name, values in vars(at_branching).items():
        np.testing.assert_array_equal(getattr(history.people, name), values)
    np.testing.assert_array_equal(history.capacity, rooms)


# --- newcomers


def newcomers(count: int) -> People:
    """Return people in as many posts, all of them newcomers."""
    practices = make_practices(Size.of_share(P, count / 6_800.0), P, 1)
    people = People.first(practices, P, 1)
    people.take_up(np.arange(people.rho.size), P, 1, 23)
    return people


def test_newcomers_are_drawn_like_everybody_else():
    people = newcomers(3_000)

    assert people.in_post.all()
    extrinsic = np.mean(people.rho == P.rho_strongly_extrinsic)
    assert extrinsic == pytest.approx(P.share_strongly_extrinsic, abs=0.02)
    pure = np.mean(people.rho == P.rho_pure_professional)
    assert pure == pytest.approx(P.share_pure_professional, abs=0.02)
    others = (people.rho != P.rho_strongly_extrinsic) & (people.rho != P.rho_pure_professional)
    assert np.median(people.rho[others]) == pytest.approx(P.altruism_rho_median, rel=0.06)
    assert np.median(people.norm) == pytest.approx(P.norm_median, rel=0.06)
    assert people.keeps_guideline.mean() == pytest.approx(P.guideline_adherence_share, abs=0.03)


def test_a_newcomer_is_somebody_else_each_year():
    first, second = newcomers(100), newcomers(100)
    np.testing.assert_array_equal(first.rho, second.rho)
    second.take_up(np.arange(second.rho.size), P, 1, 35)

    assert (first.norm != second.norm).all()


def test_what_moves_a_newcomer_counts_from_january():
    w = world(24, **MOVING, vacancy_fill_chance=1.0)
    came = w.people.norm != w.practices.norm

    assert came.any()
    w.step()
    np.testing.assert_array_equal(w.drives.norm, w.people.norm)
    of_post = np.arange(came.size) // w.practices.per_practice
    style = w.conduct.style[of_post, 1]  # of the practice, whoever works there
    np.testing.assert_allclose(w.drives.rho_acceptance, w.people.rho * np.exp(style))


# --- capacity and waiting


def test_capacity_is_what_the_posts_that_are_filled_can_do():
    p = P.replace(
        {"therapist_turnover": 0.12, "vacancy_fill_chance": 0.4, "vacancy_cover_share": 0.25}
    )
    practices = make_practices(Size.of_share(p, 0.01), p, 1)
    people = People.first(practices, p, 1)
    people.in_post[:] = True
    people.in_post[[0, 2, 3]] = False  # one of two in the first practice, both in the second

    vacant = 0.12 * 0.6 / (0.4 + 0.12 * 0.6)
    usual = 1.0 - 0.75 * vacant
    ratio = capacity(practices, people, p) / practices.capacity
    np.testing.assert_allclose(ratio[:3], [0.625 / usual, 0.25 / usual, 1.0 / usual])


def test_the_country_starts_with_the_capacity_that_was_fitted():
    w = world(0, share=0.3)

    assert w.capacity.sum() == pytest.approx(w.practices.capacity.sum(), rel=0.01)
    assert w.people.in_post.mean() == pytest.approx(1.0 - 0.0371, abs=0.002)


def test_where_nobody_comes_patients_wait():
    """Half of the posts fall empty: less room, longer waits, nobody sent away for it."""
    tight = {"capacity_slack": 0.1, "therapist_turnover": 0.12, "vacancy_cover_share": 0.1}
    share = {"share": 0.05}
    manned = world(24, **tight, **share, vacancy_fill_chance=0.9)
    w = World(manned.p, BUNDLE, 1, manned.size, SPAN).run(12)
    w.people.in_post[:] = False
    treated = w.care.treated_by[w.care.status == 2].copy()
    rows = np.flatnonzero(w.care.status == 2)
    w.capacity = capacity(w.practices, w.people, w.p)
    assert (w.capacity > 0.0).all()
    w.step()
    still = w.care.status[rows] == 2
    assert still.mean() > 0.8  # some finish or break off, as always
    np.testing.assert_array_equal(w.care.treated_by[rows][still], treated[still])
    w.run(24)

    assert value(w, "waiting_weeks") > value(manned, "waiting_weeks") + 0.5


def test_vacancies_count_as_posts_at_the_end_of_the_year():
    w = world(24, **MOVING)
    year = w.results().query("year == 2025 and split == 'all'").set_index("measure")

    scale = w.size.scale
    assert year.loc["vacancy_share", "top"] == pytest.approx((~w.people.in_post).sum() * scale)
    assert year.loc["vacancy_share", "bottom"] == pytest.approx(w.people.in_post.size * scale)
    assert year.loc["therapists_leaving", "top"] == pytest.approx(w.people.left.sum() * scale)
    sizes = w.results().query("year == 2025 and split == 'practice_size'")
    leaving_by_size = sizes[sizes.measure == "therapists_leaving"]["top"].sum()
    assert leaving_by_size == pytest.approx(year.loc["therapists_leaving", "top"])
