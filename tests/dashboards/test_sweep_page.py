"""Sweeps: the form, the design file, the map; the same tables as the command line."""

import threading

import pytest
import yaml
from sweep_folders import Here

from dashboards import service, sweeping
from dashboards.charts.heat import heat_map
from dashboards.view import View, parse
from dashboards.viewmodels import sweep as model
from experiments.sweeps import local_workers
from experiments.sweeps.design import SweepDesign
from model.parameters import load_registry

LANGUAGES = ("nl", "en")
SCENARIO = "bundle_weight_classes"


@pytest.fixture
def levers():
    return {lever.name: lever for lever in service.usable_levers(SCENARIO)}


def asked(known, **changes):
    view = View(page="sweeps", **changes)
    return model.asked(view, model.ranges_of(view, list(known.values())))


def test_the_design_file_is_one_that_the_command_line_takes(levers):
    what = asked(levers, levers={"audit_rate": 0.05, "bundle_price_factor": 1.1})
    design = SweepDesign.model_validate(
        yaml.safe_load(sweeping.design_yaml(what)), context={"registry": load_registry()}
    )
    assert design.policies == (SCENARIO,)
    assert "bundle_price_factor" in design.levers  # varied, so not fixed as well
    assert dict(design.settings) == {"audit_rate": 0.05}
    points = [len(values) for values in design.levers.values()]
    assert points[0] * points[1] * (design.seeds + design.draws) == sweeping.runs_of(what)


def test_values_run_from_end_to_end():
    assert sweeping.values_between(0.8, 1.2, 5) == [0.8, 0.9, 1.0, 1.1, 1.2]


@pytest.mark.parametrize(
    ("change", "kept", "said"),
    [
        ({"row": 0, "what": "low", "value": "0.9"}, 0.9, ""),
        ({"row": 0, "what": "low", "value": "-5"}, None, "nearest"),
        ({"row": 0, "what": "low", "value": "x"}, None, "not a number"),
        ({"row": 0, "what": "low", "value": "1.29999"}, 1.29999, ""),
        ({"row": 0, "what": "high", "value": "0.1"}, None, "below"),
        ({"row": 7, "what": "low", "value": "1"}, None, ""),
    ],
)
def test_the_form_takes_what_can_be_and_says_what_cannot(levers, change, kept, said):
    ranges = model.usual_ranges(list(levers.values()))
    found, words = model.changed_ranges(ranges, change, levers, "en")
    assert said in words
    if kept is not None:
        assert found[0][1] == kept
    if found is not None:
        for name, low, high in found:
            assert levers[name].low <= low < high <= levers[name].high


def test_another_lever_comes_with_its_own_range_and_never_twice(levers):
    ranges = model.usual_ranges(list(levers.values()))
    other = next(name for name in levers if name not in {ranges[0][0], ranges[1][0]})
    found, _ = model.changed_ranges(
        ranges, {"row": 1, "what": "name", "value": other}, levers, "nl"
    )
    assert found[1] == (other, levers[other].low, levers[other].high)
    same = {"row": 1, "what": "name", "value": ranges[0][0]}
    assert model.changed_ranges(ranges, same, levers, "nl") == (None, "")


def result(levers, known=9):
    what = asked(levers, points=3)
    xs, ys = (sweeping.values_between(low, high, 3) for _, low, high in what["levers"])
    points = [
        [x, y, 1e6 * (x - 1.05), -1.0, 1.0, -2.0, 2.0, 3 if x < 1.05 else 0, 3]
        for x in xs for y in ys
    ]  # fmt: skip
    return {"asked": what, "points": points[:known]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_has_every_point_and_says_where_it_tips(levers, language):
    figure = model.map_figure(result(levers), levers, View(points=3), language)
    assert len(figure.rows) == 9
    assert figure.data[0][0] == "bundle_price_factor"
    assert "6" in figure.sentence.split("9")[0]  # six of nine points


def test_an_unfinished_sweep_shows_what_there_is(levers):
    figure = model.map_figure(result(levers, 4), levers, View(points=3), "en")
    assert len(figure.rows) == 4
    assert model.map_figure(result(levers, 0), levers, View(points=3), "en") is None


def test_the_line_runs_where_the_mean_changes_sign():
    cells = {(x, y): x - 1.5 for x in (1.0, 2.0) for y in (0.0, 1.0)}
    drawn = heat_map((1.0, 2.0), (0.0, 1.0), dict.fromkeys(cells, 0.5), cells,
                     lambda x, y: "", (str, str), ("a", "b"), 760.0, line="equal")  # fmt: skip
    plain = heat_map((1.0, 2.0), (0.0, 1.0), dict.fromkeys(cells, 0.5), dict.fromkeys(cells, 1.0),
                     lambda x, y: "", (str, str), ("a", "b"), 760.0, line="equal")  # fmt: skip
    assert drawn.count('stroke-width="3.5"') - plain.count('stroke-width="3.5"') == 2


def test_ranges_survive_their_address_and_nonsense_is_named(levers):
    choices = service.choices()
    view = View(page="sweeps", ranges=model.usual_ranges(list(levers.values())), points=7, draws=10)
    from dashboards.view import address

    assert parse(*address(view), choices) == (view, [])
    for query in ("sw=a:1:2", "sw=audit_rate:9:1~bundle_price_factor:0.8:1", "points=4", "pr=0"):
        found, problems = parse("/sweeps", query, choices)
        assert len(problems) == 1 and found.ranges == ()


class Heard:
    def __init__(self):
        self.stopping, self.told = threading.Event(), []

    def send(self, what, told):
        self.told.append((what, told))

    def progress(self, done, total):
        self.told.append(("progress", (done, total)))


def two_levers(levers, points, **small):
    """Return what the page asks for a small sweep of two levers."""
    return asked(levers, points=points) | small | {
        "key": "one", "workers": 1,
        "levers": [["bundle_price_factor", 0.9, 1.1], ["session_tariff_real_growth", -0.01, 0.01]],
    }  # fmt: skip


def test_a_sweep_from_the_page_is_made_told_of_and_goes_on(levers, tmp_path, monkeypatch):
    class InThisProcess(Here):
        def __init__(self, folder, count, stopping, most_in_chunk):
            super().__init__(folder)
            self.count, self.most_in_chunk = count, most_in_chunk

    monkeypatch.setattr(local_workers, "Workers", InThisProcess)
    monkeypatch.setenv("ZORGBUNDEL_DASHBOARD_STORE", str(tmp_path))
    what = two_levers(levers, points=2, draws=0, seeds=1, share=0.001)
    heard = Heard()
    found = sweeping.make_sweep(what, heard)
    assert len(found["points"]) == 4 and found["failed"] == 0
    progress = [told for kind, told in heard.told if kind == "progress"]
    assert progress[0] == (0, 4) and progress[-1] == (4, 4)
    again = Heard()
    assert sweeping.make_sweep(what, again)["points"] == found["points"]
    assert again.told == [("progress", (4, 4))]


@pytest.mark.slow
def test_a_sweep_from_the_page_gives_the_numbers_of_the_command_line(levers, tmp_path, monkeypatch):
    import json

    from click.testing import CliRunner

    from experiments.cli import main

    monkeypatch.setenv("ZORGBUNDEL_DASHBOARD_STORE", str(tmp_path / "page"))
    what = two_levers(levers, points=3, draws=1, seeds=2, share=0.003)
    heard = Heard()
    found = sweeping.make_sweep(what, heard)
    assert len(found["points"]) == 9 and found["failed"] == 0
    file = tmp_path / "design.yaml"
    file.write_text(sweeping.design_yaml(what))
    out = tmp_path / "cli"
    done = CliRunner().invoke(main, ["sweep", str(file), "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    from experiments.sweeps.store import open_store

    again = sweeping.read_points(open_store(out), what)
    assert again["points"] == found["points"]
    spending = [row for row in json.loads(done.stdout)["effects"]
                if row["measure"] == "paramedical_spending"]  # fmt: skip
    mean = sum(row[2] for row in found["points"]) / 9
    assert spending[0]["mean"] == pytest.approx(mean, abs=0.005)  # all points together, to the cent
