"""The bench of the class: targets, decisions that a room accepts, and a row for all it measures."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from dashboards import bench_class
from dashboards.bench import report_lines
from dashboards.game.play import every_option
from dashboards.game.questions import POINTS, ROLES, ROUNDS, checked, cost, questions
from dashboards.game.rooms import MOST_TEAMS
from experiments.cli import main


def test_what_has_no_target_is_told_and_not_judged(monkeypatch):
    found = {"step_median_ms": 120.0, "round_host_s": 3.0, "debrief_s": 20.0}
    rows = [
        {"name": name, "what": what, "unit": unit, "target": target, "measured": found.get(name),
         "met": None if target is None or name not in found else found[name] <= target}
        for name, (what, unit, target) in bench_class.TARGETS.items()
    ]  # fmt: skip
    report = {"rows": rows, "notes": [], "load_before": 0.1, "load_after": 0.2}
    monkeypatch.setattr(bench_class, "class_report", lambda tell: report)
    done = CliRunner().invoke(main, ["bench", "--class"])
    lines = done.output.splitlines()
    assert done.exit_code == 0 and lines == report_lines(report)
    assert lines[0].endswith("NO") and lines[0].split()[-3:-1] == ["120", "ms"]
    said = {line.split(":")[0]: line for line in lines}
    assert said["rounds 2 to 4"].endswith("yes")
    assert next(one for one in lines if one.startswith("debrief")).endswith("20 s")
    assert next(one for one in lines if "95 %" in one).endswith("not measured")


def test_two_benches_do_not_go_together():
    done = CliRunner().invoke(main, ["bench", "--class", "--dashboard"])
    assert done.exit_code == 2 and "do not go together" in done.output


def test_players_of_the_bench_decide_within_their_points_and_not_all_alike():
    for number in range(1, ROUNDS + 1):
        for role in ROLES:
            given = [bench_class._choices(role, number, team) for team in range(MOST_TEAMS)]
            assert all(checked(role, number, one) == one for one in given)
            assert all(cost(role, one) <= POINTS for one in given)
            assert len({tuple(one.items()) for one in given}) > 1


def test_every_option_is_loaded_before_the_first_round():
    chosen = {(id_, option) for _, one in every_option() for id_, option in one.items()}
    assert chosen == {(one.id, option.id) for one in questions() for option in one.options}


@pytest.mark.slow
def test_everything_is_measured(monkeypatch):
    monkeypatch.setattr(bench_class, "STEPS", 4)
    # In a thread of its own: the browser of other tests keeps this one's for itself.
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(bench_class.class_report).result()
    assert all(row["measured"] is not None and row["measured"] > 0.0 for row in report["rows"])
