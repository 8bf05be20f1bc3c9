"""Asking, being taken in and signing, as the watched world tells of them: those of the engine."""

import numpy as np
import pytest

from agents.seeking import first_considered
from dashboards.texts import texts
from dashboards.watch import told, told_access
from dashboards.watch.manner import wants_other
from dashboards.watch.manner import worth as worth_of_manner
from dashboards.watch.neighbourhood import begin
from dashboards.watch.request import chance_of, gain_of, worth
from dashboards.watch.seeking import see_seeking
from dashboards.watch.signing import name_of
from model.codes import ALIVE, DEFAULT, OUTSIDE, PROFILE_3, WAITING
from model.month.care_seeking import profile_of, seek_care
from model.parameters import load_registry
from model.randomness import ONCE, draw, stream
from model.register import account_of
from model.schedule import MONTH
from scenarios.loader import load

REGISTRY = load_registry()
P = REGISTRY.values()
#: One in which practices choose; others with floor, corridor, stop-loss or negotiated prices.
SCENARIOS = (
    "bundle_by_choice",
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in (
            "fee_for_service_open", "bundle_all_safeguards", "bundle_negotiated",
            "bundle_by_choice_stop_loss", "bundle_index_band", "fee_for_service_capped",
            "bundle_joint_contracting",
        )
    ),
)  # fmt: skip


@pytest.fixture(scope="module", params=SCENARIOS)
def watched(request):
    """A world with every request, and with what practices weighed each January."""
    world = begin(P, load(request.param, REGISTRY).policy(), 4)
    asked, weighed = [], []
    while not world.over:
        month = world.month
        world.run(month + 1)
        asked += [(row, one) for row, one in world.asked.items() if one.month == month]
        if month % 12 == 0:
            weighed.append((world.weighed, world.contract_of.copy(), world.supplement.copy()))
    return world, asked, weighed


def test_the_chance_told_is_the_chance_that_was_drawn_for(watched):
    world, asked, _ = watched
    assert len(asked) > 150
    for row, one in asked:
        drawn = draw(stream(world.seed, "accept patient", one.month), row)
        assert one.accepted == (drawn < chance_of(one)), one
        assert 0.0 <= one.scarce <= 1.0 and 0.0 <= one.elsewhere <= 1.0


def test_what_is_worth_more_is_the_likelier(watched):
    _, asked, _ = watched
    weighed = [(one, worth(one)) for _, one in asked if worth(one) is not None]
    assert weighed and all(one.theory == DEFAULT for one, _ in weighed)
    for one, (accept, refuse) in weighed:
        pulls_apart = (one.money >= one.reservation) != (gain_of(one) >= 0.0)
        if pulls_apart and accept != refuse:
            assert (chance_of(one) > 0.5) == (accept > refuse)


def test_practices_sign_what_they_are_told_to_have_weighed(watched):
    world, _, weighed = watched
    by_choice = world.policy.offers_contract and world.policy.by_choice
    count = 0
    for found, held, supplement in weighed:
        for practice, those in found.items():
            assert [one.patients for one in those] == sorted(
                (one.patients for one in those), reverse=True
            )
            for one in those:
                count += 1
                taste = draw(
                    stream(world.seed, "join contract", ONCE), account_of(practice, one.insurer)
                )
                agreed = supplement[practice, one.insurer] > 0
                assert one.signs == bool(held[practice, one.insurer])
                assert one.signs == (taste < one.chance or agreed)
                assert (one.value > one.asked) == (taste < one.chance)
                parts = one.money + one.benefit + one.pull - one.administration
                parts += one.changing if one.holds else -one.changing
                assert one.value == pytest.approx(parts)
                assert one.supplement == pytest.approx(supplement[practice, one.insurer] / 100)
    assert (count > 20) == by_choice
    if by_choice:
        names = {
            name_of(one.insurer) for found, _, _ in weighed for x in found.values() for one in x
        }
        assert names <= set("ABCDEFGHIJ") and len(names) > 2


def test_who_asks_and_where_is_what_the_world_draws():
    world = begin(P, load("bundle_weight_classes", REGISTRY).policy(), 5)
    for part in MONTH:
        if part.name == "care seeking":
            break
        if part.due(world.month):
            part.run(world)
    care, month = world.care, world.month
    free = (care.status == OUTSIDE) & (world.health.alive == ALIVE) & (month >= care.pause_until)
    seek_care(world)
    asking, choosing = (
        stream(world.seed, name, month) for name in ("ask for care", "choose practice")
    )
    c, came = world.constants["care_seeking"], 0
    for row in np.flatnonzero(free).tolist():
        if draw(asking, row) >= c.most:
            continue  # nobody asks with such luck, so most rows need no look
        one = see_seeking(world, row)
        asks = draw(asking, row) < one.chance
        eligible = profile_of(row, world.person, world.health, c) >= PROFILE_3
        assert (care.status[row] == WAITING) == (asks and eligible)
        assert sum(place.chance for place in one.practices) == pytest.approx(1.0)
        if asks and eligible:
            came += 1
            # The draw walks round the ring from the first practice that is considered.
            first, end = world.practices.region_start[world.person.region[row] :][:2]
            start = first_considered(world.person.place[row], end - first, len(one.practices))
            ring = sorted(one.practices, key=lambda x: (x.practice - first - start) % (end - first))
            reached = np.cumsum([place.chance for place in ring])
            place = int(np.searchsorted(reached, draw(choosing, row)))
            assert care.practice[row] == ring[place].practice
    assert came > 3


def test_the_manner_told_is_the_manner_planned(watched):
    world, _, _ = watched
    told = [one for one in world.manners.values() if one is not None]
    assert len(told) > 20
    for one in told:
        assert (one.chosen == one.other) == wants_other(one)
        both = worth_of_manner(one)
        if both is not None and wants_other(one):
            assert both[1] >= both[0] - 1e-9


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_was_noted_can_be_told(watched, language):
    world, _, _ = watched
    t = texts(language)
    accepted, refused = (
        next((row for row, one in world.asked.items() if one.accepted is taken), None)
        for taken in (True, False)
    )
    said = told.patient(world, accepted, language)
    assert t("watch.request.both") in said and "B_alt" in said
    if refused is not None:
        last = world.asked[refused]
        assert t("watch.request.turn") in told_access.request(world, last, language)
    with_manner = next(row for row, one in world.manners.items() if one is not None)
    assert t("watch.manner.ways") in told.patient(world, with_manner, language)
    outside = int(np.flatnonzero((world.care.status == OUTSIDE) & (world.health.alive == ALIVE))[0])
    assert t("watch.seeking.now") in told.patient(world, outside, language)
    came = next(row for row in world.sought if world.care.status[row] != OUTSIDE)
    assert t("watch.seeking") in told.patient(world, came, language)
    practices = [told.practice(world, k, language) for k in range(world.practices.count)]
    if world.policy.offers_contract and world.policy.by_choice:
        assert any("π" in one for one in practices)
    else:
        assert not any("π" in one for one in practices)
        key = "watch.signing.lot" if world.policy.offers_contract else "watch.signing.none"
        assert all(t(key) in one for one in practices)
