"""What colleagues do to a therapist's conscience, by hand."""

import pytest

from agents.insurer import moral_cost_most
from agents.peers import after_audits_nearby, moral_cost_among_peers, neighbour, peer_pull


def test_misgrading_nearby_lowers_the_moral_cost_and_never_below_zero():
    assert moral_cost_among_peers(100.0, 40.0, 0.5) == 80.0
    assert moral_cost_among_peers(100.0, 40.0, 0.0) == 100.0
    assert moral_cost_among_peers(10.0, 40.0, 0.5) == 0.0
    assert moral_cost_among_peers(20.25, 40.0, 0.5) == 0.25


def test_audits_nearby_raise_it_by_the_share_that_was_caught():
    assert after_audits_nearby(100.0, 0.5, 0.4) == 120.0
    assert after_audits_nearby(100.0, 0.5, 0.0) == 100.0
    assert after_audits_nearby(80.0, 0.25, 1.0) == 100.0


def test_the_pull_is_a_share_of_the_highest_moral_cost():
    whole = moral_cost_most(0.3, 100.0, 0.5, 0.0)
    assert whole > 0.0
    assert peer_pull(0.25, 0.3, 0.5, 100.0) == pytest.approx(0.25 * whole)
    assert peer_pull(0.0, 0.3, 0.5, 100.0) == 0.0


def test_neighbours_are_counted_outward_on_both_sides():
    assert [neighbour(0, 7, which) for which in range(6)] == [1, 6, 2, 5, 3, 4]
    assert [neighbour(5, 7, which) for which in range(6)] == [6, 4, 0, 3, 1, 2]
    assert [neighbour(1, 4, which) for which in range(3)] == [2, 0, 3]
