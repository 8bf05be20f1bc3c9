"""Whose turn it is: everybody moves on, and somebody ends."""

from dashboards.run import Run, State
from dashboards.turns import Turns
from dashboards.worker import Ask


def run_of(name: str, seeds: int = 2, draws: int = 2) -> Run:
    run = Run(Ask(name, seeds=seeds, draws=draws), name)
    run._waiting.extend(range(run.total))
    return run


def played(turns: Turns, most: int = 1000) -> list[str]:
    """Do every task at once when its turn comes; return whose they were."""
    said = []
    while len(said) < most and (run := turns.next()) is not None:
        run.parts[run._waiting.popleft()] = b""
        said.append(run.key)
    return said


def turns_of(*runs: Run) -> Turns:
    turns = Turns()
    for run in runs:
        turns.add(run)
    return turns


def test_all_tasks_are_done_once_and_then_there_is_none():
    turns = turns_of(run_of("a"), run_of("b"))
    assert sorted(played(turns)) == 4 * ["a"] + 4 * ["b"]
    assert turns.next() is None


def test_twenty_equal_runs_do_not_all_end_at_the_last_moment():
    said = played(turns_of(*[run_of(f"{k:02}", 5, 10) for k in range(20)]))
    ends = sorted(len(said) - said[::-1].index(f"{k:02}") for k in range(20))
    assert ends[0] < 0.1 * len(said) and ends[9] < 0.6 * len(said)


def test_first_answers_come_one_after_the_other_and_all_before_the_work_is_done():
    runs = [run_of(f"{k:02}", 5, 10) for k in range(20)]
    turns = turns_of(*runs)
    answered = []
    for most in (15, 165, 90):  # of 300; first come, first served would be at 290
        played(turns, most=most)
        answered.append(sum(len(run.parts) >= 5 for run in runs))
    assert answered[0] >= 1 and answered[1] >= 10 and answered[2] == 20


def test_a_short_run_does_not_wait_for_a_long_one_nor_the_long_one_for_many_short():
    long = run_of("long", 100, 0)
    turns = turns_of(long, run_of("short", 2, 0))
    assert "short" in played(turns, most=4)
    crowd = turns_of(long, *[run_of(f"{k}", 5, 0) for k in range(5)])
    assert "long" in played(crowd, most=12)


def test_who_has_stopped_has_no_turn_and_nobody_stands_in_line_twice():
    gone, here = run_of("gone"), run_of("here")
    turns = turns_of(gone, here, here)
    gone.state = State.STOPPED
    assert played(turns) == 4 * ["here"]
