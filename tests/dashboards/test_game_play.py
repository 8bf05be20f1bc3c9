"""The class game without a browser: rounds that are run, the board, and the debrief."""

import json
import time
from concurrent.futures import Future

import pytest

from dashboards.game import debrief, rounds, scores
from dashboards.game.play import Play
from dashboards.game.rooms import Rooms
from experiments.number_format import LANGUAGES

# --- playing


class InstantEngine:
    """Answers at once; fails as often as it is told."""

    workers = 1

    def __init__(self, failures=0):
        self.asked, self.failures = [], failures

    def once(self, work, *args):
        self.asked.append((work.__name__, args))
        future = Future()
        if work is rounds.run_world and self.failures:
            self.failures -= 1
            future.set_exception(RuntimeError("a worker died"))
        elif work is rounds.run_world:
            seed, draw = args[1], args[2] if len(args) > 2 else -1
            teams = [-1, *(team for team, _ in args[0])]
            future.set_result({k: world(k, seed, draw) for k in teams})
        elif work is debrief.told:
            future.set_result(json.loads(json.dumps(work(*args))))
        else:
            future.set_result({team: {"nl": ["x"], "en": ["y"]} for team, _ in args[0]})
        return future


def world(team, seed, draw):
    """Team 0 spends less by decision; who refuses least is chance."""
    return {
        "paramedical_spending": 2e8 + 1e7 * team + 1e5 * (seed % 7),
        "disease_burden_ccq": 2.0, "refused_share": 0.05 + 0.01 * ((seed + team) % 3),
        "job_satisfaction": 0.0 + 0.1 * team, "admin_hours": 3.0,
    }  # fmt: skip


def wait_for(check):
    end = time.monotonic() + 10.0
    while not check():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_closed_round_is_run_once_and_kept(rooms, started):
    room, host, ticket = started
    engine = InstantEngine()
    play = Play(rooms, engine)
    play.run_round(rooms.room(room.code))
    assert engine.asked == []  # it is still open
    rooms.decide(ticket, 1, {"insurer_1": "high"})
    closed = rooms.close_round(host)
    play.run_round(closed)
    wait_for(lambda: play.round(closed, 1))
    asked = [args for name, args in engine.asked if name == "run_world"]
    assert [one[1] for one in asked] == rounds.seeds_of(closed.luck, 1)
    assert asked[0][0] == [(0, {"insurer_1": "high"}), (1, {})]
    assert set(play.round(closed, 1)) == {-1, 0, 1} and play.words(closed, 1, 1, "en") == ["y"]
    play.run_round(closed)
    Play(Rooms(rooms.path), engine).run_round(closed)  # after a restart nothing runs again
    assert len(engine.asked) == 3


def test_a_run_that_was_broken_off_is_run_after_a_restart(rooms, started):
    _, host, _ = started
    closed = rooms.close_round(host)
    play = Play(Rooms(rooms.path), InstantEngine())
    play.run_round(closed)
    wait_for(lambda: play.round(closed, 1))


def test_a_failed_run_is_said_and_can_be_asked_again(rooms, started, caplog):
    _, host, _ = started
    closed = rooms.close_round(host)
    play = Play(rooms, InstantEngine(failures=1))
    play.run_round(closed)
    wait_for(lambda: play.state(closed, "round 1") == "failed")
    play.run_round(closed)
    assert play.round(closed, 1) is None and play.state(closed, "round 1") == "failed"
    play.run_round(closed, again=True)
    wait_for(lambda: play.round(closed, 1))
    assert play.state(closed, "round 1") == ""


def test_the_debrief_runs_other_luck_and_other_assumptions(rooms, started):
    _, host, _ = started
    closed = rooms.close_round(host)
    engine = InstantEngine()
    play = Play(rooms, engine)
    play.run_debrief(closed)
    assert engine.asked == []  # of a round that was not run nothing can be told
    play.run_round(closed)
    wait_for(lambda: play.round(closed, 1))
    engine.asked.clear()
    play.run_debrief(closed)
    wait_for(lambda: play.debrief(closed, 1, "nl"))
    *worlds, (last, (played, luck, assumptions)) = engine.asked
    assert {name for name, _ in worlds} == {"run_world"} and last == "told"  # by a worker, as well
    assert played == play.round(closed, 1)
    assert len(luck) == rounds.OTHER_LUCK and len(assumptions) == rounds.OTHER_ASSUMPTIONS
    seeds = [args[1] for _, args in worlds if len(args) == 2]
    assert seeds == rounds.other_seeds(closed.luck, 1)
    for language in LANGUAGES:
        wanted = debrief.debrief(played, luck, assumptions, language)
        assert play.debrief(closed, 1, language) == wanted


# --- board and debrief


def played(**changes):
    base = {team: world(team, 1, -1) for team in (-1, 0, 1, 2)}
    for name, value in changes.items():
        base[int(name[1:])] |= value
    return base


def test_the_best_per_measure_is_marked_by_shape_and_word_and_nobody_wins_all():
    board = scores.board(played(), "en")
    rows = {row[0]: row[1:] for row in board.rows}
    assert f"{scores.SHAPE} lowest" in rows["Maas"][0]
    assert f"{scores.SHAPE} highest" in rows["IJssel"][3]
    assert scores.SHAPE not in "".join(rows["Fee per session"])
    assert all(scores.SHAPE not in row[1] for row in rows.values())  # burden: all alike
    assert "all tables alike" in board.leaders[1] and len(board.columns) == 6


def test_differences_that_cannot_be_seen_have_no_best():
    close = played(t0={"admin_hours": 3.0001}, t1={"admin_hours": 3.0002})
    assert scores.best(close, "admin_hours") == []
    close = played(t1={"admin_hours": 2.0}, t2={"admin_hours": 2.0001})
    assert scores.best(close, "admin_hours") == [1, 2]
    assert scores.best({-1: world(-1, 1, -1), 0: world(0, 1, -1)}, "admin_hours") == [0]


def test_spending_is_held_against_fee_per_session():
    found = {-1: {"paramedical_spending": 100.0}, 0: {"paramedical_spending": 112.0},
             1: {"paramedical_spending": 97.0}, 2: {"paramedical_spending": 100.2}}  # fmt: skip
    said = [scores.budget(found, team, "en") for team in (0, 1, 2)]
    assert [one.split(" ")[0] for one in said] == ["12%", "3%", "as"]
    assert "above" in said[0] and "below" in said[1]


def test_the_debrief_tells_decision_from_chance():
    lucks = [{team: world(team, seed, -1) for team in (-1, 0, 1, 2)} for seed in range(2, 10)]
    drawn = [{team: world(team, 1, k) for team in (-1, 0, 1, 2)} for k in range(4)]
    spending = debrief.lead(played(), lucks, drawn, "paramedical_spending")
    assert spending == debrief.Lead((0,), 8, 8, True, 4, 4)
    refused_ = debrief.lead(played(), lucks, drawn, "refused_share")
    assert not refused_.clear and refused_.kept < 8
    satisfied = debrief.lead(played(), lucks, drawn, "job_satisfaction")
    assert satisfied.teams == (2,) and satisfied.clear
    assert debrief.lead(played(), lucks, drawn, "admin_hours").teams == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_debrief_in_words_and_numbers(language):
    lucks = [{team: world(team, seed, -1) for team in (-1, 0, 1)} for seed in range(2, 10)]
    drawn = [{team: world(team, 1, k) for team in (-1, 0, 1)} for k in range(4)]
    found = debrief.debrief(lucks[0], lucks, drawn, language)
    assert len(found.sentences) == 5 and len(found.rows) == 10 and len(found.columns) == 5
    assert "8" in found.sentences[0] and "Maas" in found.sentences[0]
    assert all(len(row) == 5 and all(row) for row in found.rows)
