"""The page and the command that it prints give the same numbers, to the cent."""

import json
import shlex
import subprocess
import sys

import pytest

from dashboards import worker
from dashboards.engine import Engine
from dashboards.result import Result
from dashboards.run import State
from dashboards.worker import Ask

ASK = Ask("bundle_weight_classes", (("bundle_price_factor", 1.1),), 2, 2, 0.003)


@pytest.fixture(scope="module")
def result():
    engine = Engine(1, "test")
    try:
        run = engine.request(ASK, "anna")
        assert run.wait(500) is State.DONE
        yield Result(run.result)
    finally:
        engine.close()


@pytest.mark.slow
def test_the_printed_command_gives_the_numbers_of_the_page(result):
    words = shlex.split(result.command)
    assert words[:2] == ["zorgbundel", "compare"]
    code = "from experiments.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *words[1:], "--workers", "1", "--json"],
        capture_output=True, text=True, check=True, timeout=500,
    )  # fmt: skip
    policy = json.loads(done.stdout)["policies"][0]
    for measure, said in policy["effects"].items():
        shown = result.effect(measure)
        assert (shown.baseline, shown.mean) == (said["baseline"], said["mean"])
        assert list(shown.chance or ()) == (said["monte_carlo_interval"] or [])
        assert list(shown.assumptions or ()) == (said["parameter_interval"] or [])
    assert result.data["budget"] == policy["budget"]


@pytest.mark.slow
def test_words_of_both_languages_come_with_the_numbers(result):
    for language in ("nl", "en"):
        words = result.words(language)
        assert words["answer"] and words["findings"]["paramedical_spending"]


def test_chance_comes_before_assumptions():
    kinds = [task.kind for task in worker._tasks(ASK)]
    assert kinds == ["seed", "seed", "draw", "draw"]
