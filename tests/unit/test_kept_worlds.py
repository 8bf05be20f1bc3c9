"""Worlds behind an answer: kept, gone on with, grown, stopped, and left out where they fail."""

import json
import os
import signal

import pandas as pd
import pytest
from click.testing import CliRunner
from sweep_folders import Here

from experiments.answers.neutral_price import PriceDesign
from experiments.cli import main
from experiments.output import OutputError
from experiments.sweeps import kept_worlds
from experiments.sweeps.chunk import chunks
from experiments.sweeps.kept_worlds import (
    STOPPED,
    WORLDS,
    enough,
    failures,
    take_folder,
    usual_folder,
)
from experiments.sweeps.store import open_store
from model.simulation import World

BASELINE, POLICY = "fee_for_service_open", "bundle_flat"
PRICE = ("neutral-price", BASELINE, POLICY, "--share", 0.001, "--seeds", 2, "--draws", 0)
CORRIDOR = ("safe-corridor", BASELINE, POLICY, "--share", 0.001, "--draws", 2, "--width", 0.05,
            "--insurer-part", 0.5)  # fmt: skip
EVALUATE = ("evaluate", POLICY, "--share", 0.003, "--seeds", 2, "--draws", 0, "--years", 1,
            "--uptake", "lot", "--set", "evaluation_fewest_practices=3")  # fmt: skip


@pytest.fixture(autouse=True)
def workers(monkeypatch):
    """Run worlds in this process, and count the runs that are made."""
    made = []

    class Counted(Here):
        most = None

        def run(self, jobs):
            for receipt in super().run(jobs):
                made.append(receipt.tried)
                yield receipt

    monkeypatch.setattr(kept_worlds, "local", lambda folder, _: lambda *_: Counted(folder))
    return made


def call(args, out, *more):
    words = [*args, "--out", out, "--workers", 1, *more]
    return CliRunner().invoke(main, [str(word) for word in words])


def failing(monkeypatch, seed):
    """Make every world with this seed raise in the second year of a contract."""
    run = World.run

    def faulty(world, until_month=None):
        if world.seed == seed and world.policy.offers_contract:
            run(world, world.policy_month + 6)
            raise ZeroDivisionError("on purpose")
        return run(world, until_month)

    monkeypatch.setattr(World, "run", faulty)


def test_a_price_is_found_again_without_a_run_and_grows_and_survives(
    tmp_path, monkeypatch, workers
):
    """Two seeds; the same again; a third seed whose worlds raise; and that one mended."""
    *others, _, years = PriceDesign.__init__.__defaults__
    monkeypatch.setattr(PriceDesign.__init__, "__defaults__", (*others, (0.8, 1.0, 1.2), years))
    out, three = tmp_path / "out", (*PRICE[:-3], 3, *PRICE[-2:])
    first = call(PRICE, out, "--json")
    assert first.exit_code == 0, (first.output, first.exception)
    assert sum(workers) == 2 * 3
    again = call(PRICE, out, "--json")
    assert sum(workers) == 6  # nothing was made
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert json.loads((out / "manifest.json").read_text())["kind"] == "neutral-price"

    with monkeypatch.context() as patch:
        failing(patch, 3)
        found = call(three, out)
    assert found.exit_code == kept_worlds.SOME_FAILED and sum(workers) == 9
    assert (
        "3 of 9 runs failed and are left out: 3 x in bundle_flat, month 30: ZeroDivisionError: on "
        "purpose."
    ) in found.stderr
    assert "Traceback" not in found.output
    assert pd.read_csv(out / "prices.csv")["index"].tolist() == [1, 2]
    runs = open_store(out / WORLDS).runs()
    assert "ZeroDivisionError" in runs.loc[runs["status"] == "failed", "traceback"].iloc[0]

    again = call(three, out, "--lang", "nl")
    assert again.exit_code == kept_worlds.SOME_FAILED and sum(workers) == 9
    assert "3 van de 9 doorrekeningen zijn mislukt en tellen niet mee" in again.stderr
    mended = call(three, out, "--retry-failed", "--json")
    assert mended.exit_code == 0 and sum(workers) == 12
    document = json.loads(mended.stdout)
    assert (document["failed"], document["seeds"]) == (0, 3)
    assert len(pd.read_csv(out / "prices.csv")) == 3


def test_an_evaluation_survives_a_world_that_raises_and_is_told_again(
    tmp_path, monkeypatch, workers
):
    failing(monkeypatch, 3)
    args = (*EVALUATE[:5], 3, *EVALUATE[6:], "--json")
    found = call(args, tmp_path / "out")
    assert found.exit_code == kept_worlds.SOME_FAILED
    assert "1 of 3 runs failed and are left out: 1 x in lot, month 30" in found.stderr
    document = json.loads(found.stdout)
    assert document["failed"] == 1 and len(document["evaluations"]) > 0
    again = call(args, tmp_path / "out")
    assert sum(workers) == 3 and again.stdout == found.stdout


def test_ctrl_c_keeps_what_was_made_and_the_same_command_goes_on(tmp_path, monkeypatch, workers):
    """The signal comes in the middle of a run, as from a terminal."""
    out, run, sent = tmp_path / "out", World.run, []

    class Stopping(Here):
        def __init__(self, folder, stopping):
            super().__init__(folder)
            self.stopping = stopping

        def run(self, jobs):
            for receipt in super().run(jobs):
                yield receipt
                if self.stopping.is_set():
                    return

    def pressed(world, until_month=None):
        if world.policy.offers_contract and not sent:
            sent.append(os.kill(os.getpid(), signal.SIGINT))
        return run(world, until_month)

    with monkeypatch.context() as patch:
        patch.setattr(kept_worlds, "local", lambda folder, _: lambda stopping: Stopping(
            folder, stopping))  # fmt: skip
        patch.setattr(World, "run", pressed)
        found = call(CORRIDOR, out)
    assert found.exit_code == STOPPED
    assert f"Stopped; 1 of 2 runs are saved in {out}" in found.stderr
    assert len(chunks(out / WORLDS)) == 1 and not (out / "corridors.csv").exists()
    again = call(CORRIDOR, out)
    assert again.exit_code == 0, again.output
    assert sum(workers) == 1  # the other one
    assert "the same command goes on from there" in " ".join(again.stdout.split())
    assert len(pd.read_csv(out / "corridors.csv")) == 2


def test_a_folder_holds_one_question(tmp_path):
    question = {"kind": "neutral-price", "baseline": BASELINE, "policy": POLICY}
    take_folder(tmp_path / "new", question)
    take_folder(tmp_path / "new", question)
    with pytest.raises(OutputError, match="answer to another question"):
        take_folder(tmp_path / "new", question | {"policy": "bundle_by_choice"})
    (tmp_path / "new" / "question.json").write_text("{")
    with pytest.raises(OutputError, match="damaged"):
        take_folder(tmp_path / "new", question)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    with pytest.raises(OutputError, match="exists already"):
        take_folder(tmp_path / "mine", question)
    assert usual_folder("evaluate", "bundle_flat").as_posix() == "results/evaluate-bundle_flat"


def test_failures_are_grouped_by_place_and_reason(tmp_path):
    class Rows:
        folder = tmp_path

        def runs(self, inputs):
            columns = ["kind", "index", "status", "stage", "month", "error"]
            rows = [("seed", 1, "done", "", None, ""), ("seed", 2, "failed", "a", 40, "no"),
                    ("seed", 3, "failed", "worker", None, "died"),
                    ("draw", 0, "failed", "a", 40, "no")]  # fmt: skip
            return pd.DataFrame(rows, columns=columns)

    assert failures(Rows(), "en").startswith(
        "3 of 4 runs failed and are left out: 2 x in a, month 40: no; 1 x in worker: died. "
    )
    enough(Rows(), "seed", 1, "en")
    with pytest.raises(OutputError, match="zo veel"):
        enough(Rows(), "draw", 1, "nl")
