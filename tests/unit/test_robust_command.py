"""The robust search through the command, its worlds and its figure."""

import dataclasses
import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sweep_folders import here

from experiments.answers import robust_command, robust_worlds
from experiments.answers.robust import OBJECTIVES, POLICY, Objective, held
from experiments.answers.robust_command import failed_sentence, objectives_of
from experiments.answers.robust_worlds import CandidateWorlds, RobustDesign, evaluate
from experiments.cli import main
from experiments.evaluations import NO_EVALUATIONS
from experiments.figures.robust import front_figure
from experiments.output import OutputError
from experiments.posteriors.stored_posterior import registry_fingerprint
from experiments.runner import WARM_UP, TaskResult
from experiments.sweeps.design import read_design
from experiments.sweeps.kept_worlds import HowMade
from experiments.sweeps.planned_runs import Common, common, load_scenarios
from experiments.sweeps.result_tables import OUTCOMES
from experiments.sweeps.sampling import draw
from model.outcomes import BY_ID
from model.parameters import load_registry
from scenarios.loader import ScenarioError

REGISTRY = load_registry()
BASELINE, FLAT, CLASSES = "fee_for_service_open", "bundle_flat", "bundle_weight_classes"
DESIGN = f"""
baseline: {BASELINE}
policies: [{FLAT}, {CLASSES}]
share: 0.003
years: 1
draws: 5
levers:
  bundle_price_factor: [0.8, 1.2]
  audit_rate: [0.0, 0.1]
"""


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "design.yaml"
    found.write_text(DESIGN)
    return found


def robust_of(path, objectives=OBJECTIVES):
    design = read_design(path, REGISTRY)
    shared = common(design, load_scenarios(design, REGISTRY), REGISTRY)
    return RobustDesign(design, shared, load_scenarios(design, REGISTRY), objectives, 2, 4)


CANDIDATES = (
    {POLICY: FLAT, "bundle_price_factor": 0.9, "audit_rate": 0.0},
    {POLICY: CLASSES, "bundle_price_factor": 1.1, "audit_rate": 0.1},
)


# --- worlds


def worlds_of(robust, candidates=CANDIDATES, held_out=False):
    """Return what all runs of candidates share, and the runs."""
    kept = {one.name: getattr(robust.common, one.name) for one in dataclasses.fields(Common)}
    shared = CandidateWorlds(**kept, candidates=candidates, held_out=held_out)
    return shared, list(shared.planned(robust.design, REGISTRY))


def tasks(robust, held_out=False):
    shared, planned = worlds_of(robust, held_out=held_out)
    return [shared.task(one.input) for one in planned]


def test_every_draw_holds_all_candidates_beside_the_baseline_with_common_luck(path):
    robust = robust_of(path)
    shared, planned = worlds_of(robust)
    jobs = [shared.task(one.input) for one in planned]
    assert [(one.index, one.point) for one in planned] == [(k, c) for k in range(5) for c in (0, 1)]
    assert len({one.input.run for one in planned}) == 10
    assert len({job.seed for job in jobs}) == 1
    assert len({job.parameters for job in jobs}) == 5
    for job, name, levers in zip(
        jobs, 5 * [FLAT, CLASSES],
        5 * [{"bundle_price_factor": 0.9, "audit_rate": 0.0},
             {"bundle_price_factor": 1.1, "audit_rate": 0.1}], strict=True,
    ):  # fmt: skip
        assert set(job.policies) == {BASELINE, name}
        assert job.policies[name].levers == levers
        assert job.policies[name].clauses == robust.common.policies[name].clauses
        assert job.policies[BASELINE] == robust.common.policies[BASELINE]


def test_a_candidate_of_a_later_generation_is_the_same_run(path):
    robust = robust_of(path)
    _, first = worlds_of(robust)
    _, later = worlds_of(robust, tuple(reversed(CANDIDATES)))
    _, other = worlds_of(robust, ({**CANDIDATES[0], POLICY: CLASSES},))
    assert {one.input.run for one in later} == {one.input.run for one in first}
    assert {one.input.run for one in other}.isdisjoint(one.input.run for one in first)


def test_draws_held_out_share_neither_draws_nor_luck_with_the_choice(path):
    robust = robust_of(path)
    jobs, again = (tasks(robust, held_out) for held_out in (False, True))
    assert len(again) == len(jobs)
    assert {job.seed for job in again}.isdisjoint(job.seed for job in jobs)
    assert {job.parameters for job in again}.isdisjoint(job.parameters for job in jobs)
    assert again[0].policies == jobs[0].policies
    # The rest of a block of draws depends on its beginning: the next block starts at 20.
    names = robust.design.uncertain(REGISTRY)
    drawn = draw(20, names, REGISTRY, robust.design.source(REGISTRY))
    assert {name: getattr(again[0].parameters, name) for name in names} == drawn


def lived(raises=lambda draw, candidate: None):
    """Return made-up worlds; ``raises`` gives the stage at which one fails, or None."""

    def result(self, run, told, kept):
        index = {tuple(sorted(one.input.uncertainties.items())): one.index
                 for one in self.planned(self.of, REGISTRY)}  # fmt: skip
        k, name = index[tuple(sorted(run.uncertainties.items()))], self.task(run).policies
        (own,) = set(name) - {BASELINE}
        stage = raises(k, own)
        if stage:
            told(stage, None)
            raise ZeroDivisionError("on purpose")
        rows = [
            (world, 2025, "refused_share", "all", "all",
             100.0 * k + {BASELINE: 0.0, FLAT: 1.0, CLASSES: 2.0}[world], 10.0, 9, False)
            for world in (BASELINE, own)
        ]  # fmt: skip
        return TaskResult(pd.DataFrame(rows, columns=OUTCOMES.names[1:]), NO_EVALUATIONS)

    return result


@pytest.fixture
def made_up(path, tmp_path, monkeypatch):
    """Return what evaluates both candidates in made-up worlds."""
    robust = robust_of(path, (Objective("refused_share", "lower"),))
    monkeypatch.setattr(robust_worlds, "local", here)
    monkeypatch.setattr(CandidateWorlds, "of", robust.design, raising=False)

    def evaluated(result, told=lambda runs: None):
        monkeypatch.setattr(CandidateWorlds, "result", result)
        return evaluate(robust, CANDIDATES, REGISTRY, HowMade(tmp_path / "out"), told)

    return evaluated


def test_effects_are_paired_with_the_baseline_of_the_same_draw(made_up):
    told = []
    first, second = made_up(lived(), told.append)
    assert first["refused_share"] == pytest.approx([0.1] * 5)
    assert second["refused_share"] == pytest.approx([0.2] * 5)
    assert sum(told) == 10


def test_finished_worlds_are_not_lived_again(made_up):
    once = made_up(lived())

    def never(*_):
        raise AssertionError("lived again")

    told = []
    assert made_up(never, told.append) == once
    assert told == [10]  # finished before


def test_a_world_that_raises_is_a_row_and_its_contract_cannot_win(made_up, tmp_path):
    first, second = made_up(lived(lambda k, own: CLASSES if (k, own) == (3, CLASSES) else None))
    assert first["refused_share"] == pytest.approx([0.1] * 5)
    assert np.isnan(second["refused_share"]).tolist() == [False, False, False, True, False]
    assert Objective("refused_share", "lower").worst(second["refused_share"]) == np.inf

    failed = robust_command.failures(tmp_path / "out")
    assert failed["stage"].tolist() == [CLASSES]
    assert "ZeroDivisionError" in failed["traceback"].iloc[0]
    said = failed_sentence(failed, tmp_path / "out", "en")
    assert "One world could not be lived: 1 x in bundle_weight_classes: ZeroDivisionError" in said


def test_a_draw_without_history_is_left_out(made_up, path, monkeypatch):
    monkeypatch.setattr(robust_worlds, "FEWEST_DRAWS", 4)
    first, second = made_up(lived(lambda k, own: WARM_UP if k == 3 else None))
    assert first["refused_share"] == pytest.approx([0.1] * 4)
    assert second["refused_share"] == pytest.approx([0.2] * 4)


def test_too_few_draws_left_is_one_sentence(made_up):
    with pytest.raises(OutputError, match="4 are left, and the answer needs at least 5"):
        made_up(lived(lambda k, own: BASELINE if k == 3 else None))


def test_two_numbers_are_a_range_and_more_are_values(path):
    assert not robust_of(path).space.by_value
    path.write_text(DESIGN.replace("[0.8, 1.2]", "[0.8, 1.0, 1.2]"))
    assert robust_of(path).space.by_value


def test_the_digest_follows_what_is_searched_but_not_for_how_long(path):
    robust = robust_of(path)
    longer = dataclasses.replace(robust, generations=9)
    assert longer.digest(REGISTRY) == robust.digest(REGISTRY)
    other = robust_of(path, OBJECTIVES[:2])
    assert other.digest(REGISTRY) != robust.digest(REGISTRY)
    path.write_text(DESIGN.replace("draws: 5", "draws: 6"))
    assert robust_of(path).digest(REGISTRY) != robust.digest(REGISTRY)


def test_draws_are_those_of_a_sweep_of_the_design_from_its_own_source(path, tmp_path):
    """A posterior of one row, beside the design: every draw holds its value."""
    entry = REGISTRY["fev1_floor"]
    value = entry.low + 0.25 * (entry.high - entry.low)
    body = f"fev1_floor\n{value!r}\n"
    (tmp_path / "mine.csv").write_text(body)
    about = {
        "kind": "posterior", "registry": registry_fingerprint(REGISTRY),
        "sha256": hashlib.sha256(body.encode()).hexdigest(), "constrained": ["fev1_floor"],
    }  # fmt: skip
    (tmp_path / "mine.json").write_text(json.dumps(about))
    path.write_text(DESIGN + "draws_from: prior\n")
    prior = robust_of(path)
    path.write_text(DESIGN + "draws_from: mine.csv\n")
    own = robust_of(path)

    for one, source in ((prior, "prior"), (own, str(tmp_path / "mine.csv"))):
        names = one.design.uncertain(REGISTRY)
        for k, job in enumerate(tasks(one)[::2]):  # one of two candidates
            drawn = draw(k, names, REGISTRY, source)
            assert {name: getattr(job.parameters, name) for name in names} == drawn
    assert {job.parameters.fev1_floor for job in tasks(own)} == {value}
    assert own.digest(REGISTRY) != prior.digest(REGISTRY)


# --- the command


@pytest.fixture
def quick(monkeypatch):
    """Instead of worlds: a high price costs money and gives satisfaction."""
    asked = []

    def made(robust, candidates, registry, how, done, held_out=False):
        if not held_out:
            asked.append(len(candidates))
        out = []
        for one in candidates:
            price, audits = one["bundle_price_factor"] - 1.0, one["audit_rate"]
            out.append(
                {
                    "paramedical_spending": [
                        1e7 * price + k * 1e4 + (2e6 if held_out else 0.0) for k in range(5)
                    ],
                    "disease_burden_ccq": [0.01 - 0.01 * price] * 5,
                    "refused_share": [0.02 - 0.05 * price] * 5,
                    "job_satisfaction": [10.0 * price - 20.0 * audits] * 5,
                    "admin_hours": [1.0 + audits] * 5,
                }
            )
        return out

    monkeypatch.setattr(robust_command, "evaluate", made)
    monkeypatch.setattr(robust_command, "failures", lambda out: pd.DataFrame())
    monkeypatch.setattr(robust_command, "warm_up_compiler", lambda *_: None)
    return asked


def call(path, out, *more):
    args = ["robust", str(path), "--out", str(out), "--population", "6", *map(str, more)]
    return CliRunner().invoke(main, args)


def test_the_command_writes_candidates_front_and_figures_and_goes_on(path, tmp_path, quick):
    out = tmp_path / "out"
    found = call(path, out, "--generations", 2)
    assert found.exit_code == 0, (found.output, found.exception)
    assert "Compromise" in found.stdout
    said = " ".join(found.stdout.split())
    assert "looked 2,000,000 EUR/year better on average than in those draws" in said
    assert "that played no part in the choice" in said
    for name in ("candidates.csv", "candidates.parquet", "front.nl.png", "front.en.svg",
                 "robust.json", "search.json"):  # fmt: skip
        assert (out / name).is_file(), name
    made = sum(quick)
    found = call(path, out, "--generations", 3, "--json")
    document = json.loads(found.stdout)
    assert 0 < sum(quick) - made <= 6  # only the third generation is new
    assert document["generations"] == 3 and len(document["front"]) >= 1
    assert document["draws_from"] == read_design(path, REGISTRY).source(REGISTRY)
    assert bool(document["posterior"]) == (document["draws_from"] != "prior")
    assert set(document["choices"]) <= {"compromise", *(one.measure for one in OBJECTIVES)}
    assert {"compromise", "paramedical_spending"} <= set(document["choices"])
    assert not list(out.glob(".tables-*"))
    assert document["held_out"]["draws"] == 5
    assert document["held_out"]["better_where_chosen"]["paramedical_spending"] == pytest.approx(2e6)
    assert document["held_out"]["better_where_chosen"]["admin_hours"] == pytest.approx(0.0)
    for row in document["front"]:
        gap = row["paramedical_spending_held_out"] - row["paramedical_spending"]
        assert gap == pytest.approx(2e6)


def test_ctrl_c_says_that_the_same_command_goes_on(path, tmp_path, quick, monkeypatch):
    made = robust_command.evaluate

    def stopping(*args):
        if quick:
            raise KeyboardInterrupt
        return made(*args)

    monkeypatch.setattr(robust_command, "evaluate", stopping)
    found = call(path, tmp_path / "out", "--generations", 2)
    assert found.exit_code == robust_command.STOPPED
    assert "goes on from there" in found.stderr
    assert len(list((tmp_path / "out" / "evaluations").glob("*.json"))) == 1


def test_a_world_that_raised_is_a_sentence_and_an_exit_code(path, tmp_path, quick, monkeypatch):
    one = pd.DataFrame({"stage": [FLAT], "month": [48], "error": ["ZeroDivisionError: on purpose"]})
    monkeypatch.setattr(robust_command, "failures", lambda out: one)
    found = call(path, tmp_path / "out", "--generations", 1, "--json", "--lang", "nl")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["failed_runs"] == 1
    assert "1 x in bundle_flat, maand 48: ZeroDivisionError: on purpose" in found.stderr


def test_a_folder_of_another_search_is_refused(path, tmp_path, quick):
    call(path, tmp_path / "out", "--generations", 1)
    path.write_text(DESIGN.replace("share: 0.003", "share: 0.004"))
    found = call(path, tmp_path / "out", "--generations", 1)
    assert found.exit_code == 2 and "another design" in found.stderr
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    found = call(path, tmp_path / "full")
    assert found.exit_code == 2 and "exists already" in found.stderr


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (("draws: 5", "draws: 4"), (), "needs at least 5"),
        (("levers:\n  bundle_price_factor: [0.8, 1.2]\n  audit_rate: [0.0, 0.1]", ""), (),
         "names no 'levers'"),
        (("", ""), ("--objective", "refused_shar"), "'refused_share'"),
        (("", ""), ("--objective", "joined_share"), "neither better high nor low"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(path, tmp_path, quick, change, more, said):
    path.write_text(DESIGN.replace(*change))
    found = call(path, tmp_path / "out", *more)
    assert found.exit_code == 2, found.output
    assert said in found.stderr and found.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_objectives_follow_the_declared_direction():
    assert objectives_of(()) == OBJECTIVES
    assert objectives_of(["qalys", "paramedical_spending"]) == (
        Objective("qalys", "higher"),
        Objective("paramedical_spending", "lower"),
    )
    with pytest.raises(ScenarioError):
        objectives_of(["treated_patients"])


def test_directions_are_those_of_the_measures():
    for one in OBJECTIVES:
        assert BY_ID[one.measure].better in (one.better, "neither")


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_figure_has_a_panel_per_further_objective(count):
    rng = np.random.default_rng(1)
    objectives = OBJECTIVES[:count]
    found = pd.DataFrame({one.measure: rng.normal(size=12) for one in objectives})
    found = found.assign(number=range(12), front=[True] * 5 + [False] * 7)
    for one in objectives:
        found[held(one.measure)] = np.where(found["front"], found[one.measure] + 0.2, np.nan)
    drawing = front_figure(found, objectives, 20, "nl", "bron")
    shown = [axes for axes in drawing.figure.axes if axes.get_visible()]
    assert len(shown) == count - 1
    assert "5 van de 12" in drawing.title
