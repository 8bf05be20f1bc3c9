"""The page and the command that it prints give the same numbers, to the cent."""

import json
import shlex
import subprocess
import sys

import pandas as pd
import pytest

from dashboards import service, worker
from dashboards.engine import Engine
from dashboards.result import Result
from dashboards.run import State
from dashboards.viewmodels import money
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


def said_by(command: str) -> dict:
    """Return what a printed command says with ``--json``."""
    from click.testing import CliRunner

    from experiments.cli import main

    done = CliRunner().invoke(main, [*shlex.split(command)[1:], "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_contract_page_prints_the_command_that_gives_its_amounts():
    from dashboards.make_result import explain_scenario
    from dashboards.pages.contract import _command
    from dashboards.view import View
    from model.parameters import load_registry
    from scenarios.loader import load

    view = View(page="contract", scenario=ASK.scenario, levers=dict(ASK.settings))
    registry = load_registry()
    page = explain_scenario(load(view.scenario, registry), view.levers, registry)
    document = said_by(_command(view))
    for name in ("one_more", "average_patient", "loss_probability_share"):
        assert json.loads(json.dumps(page[name])) == document[name]


@pytest.mark.parametrize(
    "settings",
    [pytest.param({}, marks=pytest.mark.slow), {"bundle_price_factor": 0.9123456789}],
)
def test_the_money_page_prints_the_commands_whose_ledgers_have_its_amounts(
    settings, tmp_path, monkeypatch
):
    """The library's own question (seed, years) at a tiny share: every row, and the sum said."""
    from dashboards.follow import follow
    from dashboards.library_more import follow_ask

    monkeypatch.chdir(tmp_path)
    page = follow(follow_ask(ASK.scenario, settings) | {"share": 0.003})
    commands = money.commands(page, service.BASELINE)
    for which, command in zip(("scenario", "baseline"), commands, strict=True):
        said_by(command)
        table = pd.read_csv(tmp_path / f"money-{which}" / "ledger_totals.csv")
        own = table[table["paid_in"] >= page["years"][0]]
        sums = own.groupby(["payer", "insurer", "framework", "clause", "payee"])["cents"].sum()
        assert len(sums) == len(page["flows"][which])
        for payer, insurer, framework, clause, payee, cents in page["flows"][which]:
            place = (payer, "ABCDEFGHIJ".index(insurer), framework, clause, payee)
            assert sums[place] == cents, place
        said = money.flow_figure(page, which, "x", "nl").note
        assert money.cents(int(own["cents"].sum()), "nl") in said


@pytest.mark.slow
def test_the_oversight_page_prints_the_command_that_gives_its_evaluations():
    from dashboards.library_more import oversight_ask
    from dashboards.oversee import oversee

    asked = oversight_ask(ASK.scenario, dict(ASK.settings)) | {
        "seeds": 2, "draws": 1, "share": 0.01,
    }  # fmt: skip
    page = oversee(asked)
    document = said_by(page["command"])
    assert page["practices"] == document["practices"]
    assert page["sentences"] == document["sentences"]
    wanted = {(row["indicator"], row["year"]): row for row in page["rows"]}
    for row in document["evaluations"]:
        own = wanted.get((row["indicator"], row["year"]))
        if own is not None and row["method"] == own["method"]:
            assert (own["true"], own["estimate"]) == (row["true"], row["estimate"])
