"""A sweep can be made again, all of it or a sample, and a single changed number is noticed."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from experiments import reproduce_command
from experiments.cli import main
from experiments.fingerprints import fingerprint_of
from experiments.output import OutputError, write_table
from experiments.sweeps import reproduce_sweep
from experiments.sweeps.chunk import Chunk, chunks, parts_of, saved
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.planned_runs import load_scenarios
from experiments.sweeps.reproduce_sweep import Again, sweep_again
from experiments.sweeps.store import read_about
from experiments.sweeps.sweep import sweep
from experiments.sweeps.sweep_work import Worker
from model.parameters import load_registry

REGISTRY = load_registry()
DESIGN = {
    "baseline": "fee_for_service_open", "policies": ("bundle_flat",), "share": 0.001, "years": 1,
    "seeds": 1, "draws": 2, "uncertainties": ("need_class_correlation",), "draws_from": "prior",
    "levers": {"bundle_price_factor": (0.9, 1.1)},
}  # fmt: skip


class Here:
    """Workers in this process."""

    count, most_in_chunk, events = 1, 25, ()

    def __init__(self, folder):
        self.folder, self.runs = folder, 0

    def begin(self, least):
        pass

    def end(self):
        pass

    def run(self, jobs):
        worker = Worker()
        for job in jobs:
            self.runs += len(job.inputs)
            yield saved(worker.work(job), self.folder)


def here(folder, workers):
    return lambda stopping: Here(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Six runs in three chunks; leave them as they are."""
    out = tmp_path_factory.mktemp("sweep") / "out"
    design = SweepDesign.model_validate(DESIGN, context={"registry": REGISTRY})
    sweep(design, load_scenarios(design, REGISTRY), REGISTRY, out, lambda *_: Here(out))
    return out


@pytest.fixture
def folder(made, tmp_path):
    """A copy, to be spoilt."""
    for path in made.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def change(folder, table, edit):
    """Change one table of each of the three chunks; their checksums are right again after it."""
    for runs_file in chunks(folder):
        files = parts_of(runs_file)
        tables = {name: pq.read_table(folder / name / file) for name, file in files.items()}
        tables["runs"] = pq.read_table(runs_file).replace_schema_metadata(None)
        schema = tables[table].schema
        frame = edit(tables[table].to_pandas())
        tables[table] = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
        for name, file in files.items():
            (folder / name / file).unlink()
        runs_file.unlink()
        Chunk.encoded(tables).save(folder)


def test_all_of_it_is_made_again(made):
    found = sweep_again(made, None, None, here)
    assert (found.planned, found.finished, found.tried) == (6, 6, 6)
    assert found.different == () and not found.code_changed
    assert found.numbers > 1000
    assert found.sentence(made).startswith(f"Identical: all {found.numbers:,} numbers of 6 of 6")


def test_a_sample_is_as_large_as_asked_and_chosen_anew(made, monkeypatch):
    found = sweep_again(made, 2, None, here)
    assert (found.finished, found.tried, found.different) == (6, 2, ())
    asked = []

    class Chooser:
        def sample(self, rows, count):
            asked.append((list(rows), count))
            return rows[:count]

    monkeypatch.setattr(reproduce_sweep.random, "SystemRandom", Chooser)
    sweep_again(made, 1, None, here)
    assert asked == [(list(range(6)), 1)]


def _one_bit(frame):
    frame.loc[3, "top"] = frame.loc[3, "top"] + 1.0
    return frame


def _one_row_less(frame):
    return frame.iloc[1:]


def _another_draw(frame):
    frame["need_class_correlation"] = frame["need_class_correlation"] * (1.0 + 1e-15)
    return frame


@pytest.mark.parametrize(
    "table, edit, runs",
    [("outcomes", _one_bit, 3), ("outcomes", _one_row_less, 3), ("runs", _another_draw, 4)],
)
def test_any_other_number_is_noticed(folder, table, edit, runs):
    change(folder, table, edit)
    found = sweep_again(folder, None, None, here)
    assert len(found.different) == runs
    assert found.sentence(folder).startswith(f"Different: {runs} of 6 runs")


def test_the_command_says_it_with_the_fingerprint(made, monkeypatch):
    seen, results = [], [Again(6, 6, 2, 100, names, True) for names in ((), ("abc",))]

    def again(folder, sample, workers):
        seen.append((folder, sample, workers))
        return results[len(seen) - 1]

    monkeypatch.setattr(reproduce_sweep, "sweep_again", again)
    for code in (0, 1):
        said = CliRunner().invoke(main, ["reproduce", str(made), "--sample", "2"])
        assert said.exit_code == code, said.output
        assert said.stdout.splitlines()[-1] == f"Fingerprint: {fingerprint_of(read_about(made))}"
        assert reproduce_command.CHANGED in said.stderr
    assert seen == [(made, 2, None)] * 2


def test_an_edited_copy_in_the_analysis_of_a_sweep_is_refused(folder, monkeypatch):
    monkeypatch.setattr(reproduce_sweep, "sweep_again", lambda *_: Again(6, 6, 6, 100, (), False))
    place = folder / "analysis"
    place.mkdir()
    write_table(pd.DataFrame({"name": ["a"], "mean": [0.1]}), place, "effects")
    said = CliRunner().invoke(main, ["reproduce", str(folder)])
    assert said.exit_code == 0, said.output
    (place / "effects.csv").write_text("name,mean\na,0.2\n")
    said = CliRunner().invoke(main, ["reproduce", str(folder)])
    assert said.exit_code == 2 and said.stdout == ""
    assert "effects.csv was changed after it was written" in said.stderr


def test_another_posterior_is_refused_before_anything_runs(folder):
    about = json.loads((folder / "design.json").read_text(encoding="utf-8"))
    about["posterior"] = "0" * 64
    (folder / "design.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(OutputError, match="has changed since"):
        sweep_again(folder, None, None, here)


def test_nothing_finished_is_said(folder):
    change(folder, "runs", lambda frame: frame.assign(status="failed"))
    with pytest.raises(OutputError, match="no finished run"):
        sweep_again(folder, None, None, here)


def test_a_sample_of_anything_else_is_refused(tmp_path):
    pd.DataFrame().to_parquet(tmp_path / "runs.parquet")
    said = CliRunner().invoke(main, ["reproduce", str(tmp_path), "--sample", "2"])
    assert said.exit_code == 2 and "--sample is for the folder of a sweep" in said.stderr
