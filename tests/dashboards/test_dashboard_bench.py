"""The bench of the dashboard: every target has a row, and the report cannot hide a miss."""

from click.testing import CliRunner

from dashboards import bench
from dashboards.crowd import Told, paths, percentile, summary
from experiments.cli import main


def report(**measured: float) -> dict:
    rows = [
        {"name": name, "what": what, "unit": unit, "target": target,
         "measured": measured.get(name), "met": bench._met(name, target, measured.get(name))}
        for name, (what, unit, target) in bench.TARGETS.items()
    ]  # fmt: skip
    return {"rows": rows, "notes": ["A note."], "load_before": 0.5, "load_after": 1.25}


def line_of(lines: list[str], start: str) -> str:
    return next(line for line in lines if line.startswith(start))


def test_a_target_met_one_missed_and_one_not_measured_are_told_apart():
    lines = bench.report_lines(report(first_answer_s=1.5, twenty_pairs_s=9.0))
    assert line_of(lines, "first answer").split()[-5:] == ["2", "s", "1.5", "s", "yes"]
    assert line_of(lines, "20 pairs").endswith("NO")
    assert line_of(lines, "closed tab").endswith("not measured")
    assert lines[-2:] == ["A note.", "Load average before 0.5, after 1.2."]


def test_scores_must_be_high_and_everything_else_low():
    assert bench._met("least_lighthouse_performance", 90.0, 95.0) is True
    assert bench._met("least_lighthouse_performance", 90.0, 85.0) is False
    assert bench._met("first_answer_s", 2.0, 2.0) is True
    assert bench._met("first_answer_s", 2.0, 2.1) is False


def test_the_onlooker_is_not_among_those_who_run():
    told = Told(signs=[0.1, 0.4], done=[1.0, 2.0, 6.0], lags=[0.01] * 19 + [0.5])
    assert summary(told) == {"first": 1.0, "median": 2.0, "last": 6.0, "sign": 0.4, "lag": 0.5}
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_who_wants_something_else_wants_something_else():
    assert len(set(paths(20, same=False))) == 20
    assert len(set(paths(20, same=True))) == 1


def test_sweeps_and_the_dashboard_are_not_measured_together():
    done = CliRunner().invoke(main, ["bench", "--sweep", "--dashboard"])
    assert done.exit_code == 2 and "do not go together" in done.output
