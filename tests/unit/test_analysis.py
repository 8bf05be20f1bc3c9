"""The analysis of a sweep: on runs whose answer is known, in words, tables and a figure."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from experiments.answers import analyse_command
from experiments.answers.analyse_command import boxes, rankings
from experiments.answers.analysis import analyse, goes_wrong
from experiments.answers.analysis_words import (
    amount,
    bare,
    condition,
    design_sentences,
    hangs_sentence,
    parameter_value,
    sentences,
)
from experiments.answers.discovery import Limit
from experiments.cli import main
from experiments.figures import image_bytes
from experiments.figures.ranking import ranking_figure
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.sampling import points, problem, unit_points
from experiments.texts import FOLDER, texts
from model.outcomes import BY_ID
from model.parameters import load_registry
from model.parameters.located_yaml import read_located

REGISTRY = load_registry()
POLICY, SPENDING, BURDEN = "bundle_flat", "paramedical_spending", "disease_burden_ccq"
CARRIER = "need_class_correlation"
UNCERTAINTIES = (CARRIER, "price_ratchet", "profit_weight_median", "eq5d_age_slope")


def names_known():
    known = [one.name for one in REGISTRY.by_role("uncertainty")]
    return tuple(name for name in UNCERTAINTIES if name in known) + tuple(known[:6])


class HandMade:
    """A store whose effects are a known function of its inputs."""

    baseline = "fee_for_service_open"
    policies = (POLICY,)

    def __init__(self, inputs, effect, design, kind="draw"):
        self.inputs = tuple(inputs)
        self.design = design
        self.levers = tuple(design.levers)
        self.folder = "hand-made"
        self.about = {"design": design.model_dump(mode="json")}
        self._inputs = inputs.assign(
            kind=kind, index=range(len(inputs)), point=range(len(inputs)), run="x", row=0
        )
        self._effect = effect

    def runs(self):
        return self._inputs

    def paired(self, measure, policy):
        return self._inputs.assign(baseline=1000.0, value=1000.0 + self._effect,
                                   effect=self._effect)  # fmt: skip


def design(**more):
    return SweepDesign.model_validate(
        {"baseline": "fee_for_service_open", "policies": [POLICY]} | more,
        context={"registry": REGISTRY},
    )


@pytest.fixture(scope="module")
def drawn():
    """A hundred and fifty draws in which spending rises exactly where one input is below a half."""
    rng = np.random.default_rng(4)
    names = list(dict.fromkeys(names_known()))
    inputs = pd.DataFrame(rng.random((150, len(names))), columns=names)
    effect = 2e6 * (0.5 - inputs[CARRIER].to_numpy())
    store = HandMade(inputs, effect, design(draws=150))
    return analyse(store, REGISTRY, measures=[SPENDING])[0]


# --- numbers


def test_the_carrier_is_named_and_its_swing_is_known(drawn):
    assert drawn.method == "given data"
    assert drawn.names == [CARRIER]
    top = drawn.swings.set_index("name").loc[CARRIER]
    assert top["low"] == pytest.approx(2e6 / 3, rel=0.15)
    assert top["high"] == pytest.approx(-2e6 / 3, rel=0.15)


def test_the_corner_in_which_it_is_not_neutral_is_found_and_confirmed(drawn):
    (limit,) = drawn.box.limits
    assert (limit.name, limit.low) == (CARRIER, None)
    assert limit.high == pytest.approx(0.5, abs=0.05)
    assert drawn.box.confirmed and drawn.box.held_out.density > 0.9


@pytest.mark.parametrize("language", ["nl", "en"])
def test_sentences_are_for_people(drawn, language):
    """No statistician's words; the chance that a condition adds nothing is said as a chance."""
    said = " ".join(sentences(drawn, language))
    for word in ("quasi", "variance", "variantie", "correlation", "correlatie", "rho", " p "):
        assert word not in said, word
    assert (
        "met een kans van hoogstens 0,1%" if language == "nl" else "a chance of 0.1% at most"
    ) in said
    assert (
        "verschillen tussen doorrekeningen" if language == "nl" else "differences between runs"
    ) in said


def test_what_only_values_lives_cannot_carry_spending():
    names = [one.name for one in REGISTRY.by_role("uncertainty")]
    value = next(name for name in names if name.startswith("eq5d_"))
    inputs = pd.DataFrame(np.random.default_rng(1).random((60, 2)), columns=[CARRIER, value])
    store = HandMade(inputs, 100.0 * inputs[value].to_numpy(), design(draws=60))
    money, burden = analyse(store, REGISTRY, measures=[SPENDING, BURDEN])
    assert value not in set(money.ranking["name"])
    assert burden.names == [value]


def test_going_wrong_by_hand():
    effects = np.array([-2.0, 0.001, 8.0])
    assert list(goes_wrong(BY_ID[SPENDING], effects, 1000.0)) == [False, True, True]
    # Half a percent of 1000 has no importance.
    assert list(goes_wrong(BY_ID[BURDEN], effects, 1000.0)) == [False, False, True]
    assert list(goes_wrong(BY_ID["job_satisfaction"], -effects, 1000.0)) == [False, False, True]


@pytest.mark.parametrize(("sampling", "samples"), [("sobol", 64), ("morris", 12)])
def test_a_complete_design_is_analysed_by_its_own_method(sampling, samples):
    levers = {"bundle_price_factor": [0.8, 1.2], "audit_rate": [0.0, 0.1]}
    one = design(levers=levers, sampling=sampling, samples=samples, seeds=1)
    unit = unit_points(one, REGISTRY)
    assert problem(one, REGISTRY)["names"] == list(levers)
    inputs = pd.DataFrame(list(points(one, REGISTRY)))
    store = HandMade(inputs, 1e6 * (3.0 * unit[:, 0] + unit[:, 1]), one, kind="seed")
    (found,) = analyse(store, REGISTRY, measures=[SPENDING])
    assert found.method == sampling
    row = found.ranking.set_index("name").loc["bundle_price_factor"]
    if sampling == "sobol":
        assert row["total"] == pytest.approx(0.9, abs=0.08)
    else:
        assert row["mu_star"] == pytest.approx(3e6)
    assert found.names[0] == "bundle_price_factor"
    # One run short, and the design cannot be used.
    short = HandMade(inputs.iloc[:-1], store._effect[:-1], one, kind="seed")
    assert analyse(short, REGISTRY, measures=[SPENDING])[0].method == "given data"


# --- a design that hardly matters, or was too small


def repeated(lever, spread, sampling="morris", samples=12, kind="draw"):
    """A design of one lever, run in ten draws (or seeds) at each point, on the refused share.

    The lever moves the effect by so much over its range, the draws by so much from first to last.
    """
    one = design(levers={"bundle_price_factor": [0.8, 1.2]}, sampling=sampling, samples=samples)
    unit, where = unit_points(one, REGISTRY)[:, 0], pd.DataFrame(list(points(one, REGISTRY)))
    again = np.repeat(np.arange(len(unit)), 10)
    store = HandMade(
        where.iloc[again].reset_index(drop=True),
        lever * unit[again] + spread * np.tile(np.linspace(0.0, 1.0, 10), len(unit)), one, kind,
    )  # fmt: skip
    store._inputs["point"] = again
    store._inputs["index"] = np.tile(np.arange(10), len(unit))
    (found,) = analyse(store, REGISTRY, measures=["refused_share"])
    return found


@pytest.mark.parametrize("sampling", ["morris", "sobol"])
def test_a_spread_of_the_draws_is_not_put_down_to_the_lever(sampling):
    found = repeated(0.002, 0.2, sampling, 32)
    assert found.method == sampling and found.in_design == ["bundle_price_factor"]
    assert found.part < 0.001 and found.names == []
    said = hangs_sentence(found, "en")
    assert "hangs most" not in said
    assert said.startswith("Little of this comes from what the design varied")
    assert "less than 1% of the differences between runs" in said
    assert "the rest comes from the assumptions and from chance" in said
    assert "het meest af" not in hangs_sentence(found, "nl")
    assert not rankings([found])["clear"].any()
    assert "nothing carries" in ranking_figure(found, "en", "source").title


def test_what_the_design_varied_is_told_as_such_with_its_part_and_interval():
    found = repeated(0.2, 0.1, kind="seed")
    assert found.names == ["bundle_price_factor"]
    # Variances: 0.2² times that of the lever's points, against that of ten even steps of 0.1.
    lever, seeds = 0.04 * np.var(found.points / 0.2), 0.01 * np.var(np.linspace(0.0, 1.0, 10))
    assert found.part == pytest.approx(lever / (lever + seeds))
    said = hangs_sentence(found, "en")
    assert said.startswith("Of what the design varied, it hangs most on")
    assert "95% interval +20.0 percentage points to +20.0 percentage points" in said
    assert f"makes up {100 * found.part:.0f}% of the differences" in said
    assert said.endswith("the rest comes from chance.")
    assert "van wat is gevarieerd, telt 'Bundel" in ranking_figure(found, "nl", "bron").title


def test_a_lever_that_moves_it_by_less_than_matters_is_not_named():
    found = repeated(0.004, 0.006)
    assert not found.flat and found.part > 0.05 and found.names == []
    assert "too little to matter" in hangs_sentence(found, "en")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_cause_is_named_of_a_difference_that_is_none(language):
    """The margin of refusals is half a percentage point."""
    for size, flat in ((0.0049, True), (0.02, False)):
        one = repeated(size, 0.0)
        assert one.flat is flat and one.names == ([] if flat else ["bundle_price_factor"])
        said = " ".join(sentences(one, language))
        assert (texts(language)("analysis.hangs_flat") in said) is flat


def test_a_difference_that_reads_the_same_is_none_even_beyond_the_margin():
    inputs = pd.DataFrame({CARRIER: np.linspace(0.0, 1.0, 30)})
    effect = 2.0 + 0.3 * inputs[CARRIER].to_numpy()
    store = HandMade(inputs, effect, design(draws=30))
    small = [one.id for one in BY_ID.values() if one.decimals == 0 and not one.is_share]
    measure = next(name for name in small if BY_ID[name].unit != "EUR/year")
    one = analyse(store, REGISTRY, measures=[measure])[0]
    for margin in (one.margin, 0.0):
        assert dataclasses.replace(one, margin=margin).flat


@pytest.mark.parametrize(("language", "said"), [("en", "has 4 samples"), ("nl", "heeft 4 ")])
def test_a_sobol_design_that_is_too_small_is_told(language, said):
    levers = {"bundle_price_factor": [0.8, 1.2], "audit_rate": [0.0, 0.1]}
    for samples, small in ((4, True), (32, False)):
        one = design(levers=levers, sampling="sobol", samples=samples, seeds=1)
        inputs = pd.DataFrame(list(points(one, REGISTRY)))
        effect = 1e6 * unit_points(one, REGISTRY)[:, 0]
        (found,) = analyse(HandMade(inputs, effect, one, "seed"), REGISTRY, measures=[SPENDING])
        assert ("95% interval" if language == "en" else "95%-interval") in hangs_sentence(
            found, language
        )
        lines = " ".join(design_sentences([found, found], language))
        assert lines.count(said) == small
        assert ("32)" in lines) is small
        assert found.unfit == ("small" if small else None)
        if small:
            continue
        short = HandMade(inputs.iloc[:-1], effect[:-1], one, "seed")
        (found,) = analyse(short, REGISTRY, measures=[SPENDING])
        assert found.unfit == "holes"
        assert design_sentences([found], language) == [texts(language)("analysis.unfit.holes")]


def test_seeds_alone_hang_on_nothing():
    inputs = pd.DataFrame(index=range(6))
    store = HandMade(inputs, 100.0 * np.arange(6.0), design(seeds=6), kind="seed")
    (found,) = analyse(store, REGISTRY, measures=[SPENDING])
    assert found.names == [] and found.box is None
    assert "Too few runs" in hangs_sentence(found, "en")


# --- words


def test_sentences_in_both_languages(drawn):
    english, dutch = (" ".join(sentences(drawn, language)) for language in ("en", "nl"))
    label = REGISTRY[CARRIER].label
    assert f"It hangs most on '{label.en}'" in english
    assert "Not budget-neutral when" in english and f"'{label.en}' is at most 0." in english
    assert "kept out of the search confirm it" in english
    assert f"Dit hangt het meest af van '{label.nl}'" in dutch
    assert "Niet budgetneutraal als" in dutch and f"'{label.nl}' hoogstens 0," in dutch
    for said in (english, dutch):
        assert "{" not in said and "nan" not in said


def test_too_few_runs_to_search_is_not_called_nothing_found():
    inputs = pd.DataFrame({CARRIER: np.linspace(0.0, 1.0, 30)})
    store = HandMade(inputs, np.tile([1e6, -1e6], 15), design(draws=30))
    (found,) = analyse(store, REGISTRY, measures=[SPENDING])
    assert not found.searched
    assert any("Too few runs that go wrong" in line for line in sentences(found, "en"))


def test_conditions_in_words():
    assert condition(Limit("audit_rate", None, 0.05, 0.01), "en").endswith("is at most 5.00%")
    assert condition(Limit("audit_rate", 0.05, None, 0.01), "nl").endswith("minstens 5,00% is")
    between = condition(Limit("bundle_price_factor", 0.9, 1.1, 0.01), "en")
    assert between.endswith("is between 0.900 and 1.10")


def test_numbers_in_words():
    assert amount(BY_ID[SPENDING], -1_234_567.0, "nl") == "−EUR 1,2 miljoen per jaar"
    assert amount(BY_ID["refused_share"], 0.0123, "en") == "+1.2 percentage points"
    assert amount(BY_ID["job_satisfaction"], 0.5, "nl") == "+0,50 punten"
    assert amount(BY_ID[SPENDING], math.nan, "en") == "-"
    assert bare(BY_ID[SPENDING], 1_234_567.0, "en") == "+1,235,000"
    assert bare(BY_ID["refused_share"], 0.0123, "nl") == "+1,23"
    assert parameter_value("bundle_price_factor", 1.0, "en") == "1.00"
    assert parameter_value("coordination_lump_sum", 2500.0, "nl") == "2.500"
    assert parameter_value("session_tariff_real_growth", 0.01, "en") == "1.00% a year"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_text_is_written_twice(language):
    """A key in two files would let one silently replace the other."""
    files = [FOLDER / f"{language}.yaml", *FOLDER.glob(f"*.{language}.yaml")]
    keys = [key for path in files for key in read_located(path).data]
    assert len(files) > 1 and len(keys) == len(set(keys)) == len(texts(language).keys())


# --- tables and figure


def test_tables_hold_ranking_and_corner(drawn):
    table = rankings([drawn])
    assert list(table.loc[table["clear"], "name"]) == [CARRIER]
    assert {"swing_low", "first_high", "rank"} <= set(table)
    corner = boxes([drawn])
    assert list(corner["name"]) == [CARRIER] and corner["confirmed"].all()
    assert boxes([]).empty and rankings([]).empty


def test_the_figure_names_the_carrier_first(drawn):
    drawing = ranking_figure(drawn, "nl", "bron")
    label = REGISTRY[CARRIER].label.nl
    assert label in drawing.title and label in drawing.alt
    left, right = drawing.figure.axes
    assert left.get_yticklabels()[0].get_text().replace("\n", " ") == label
    assert right.patches[0].get_width() > right.patches[1].get_width()
    assert image_bytes(drawing, "png") == image_bytes(drawing, "png")


def test_the_figure_of_nothing_says_so():
    store = HandMade(pd.DataFrame(index=range(6)), np.arange(6.0), design(seeds=6), kind="seed")
    (found,) = analyse(store, REGISTRY, measures=[SPENDING])
    assert "Too few runs" in ranking_figure(found, "en", "source").alt


# --- the command


@pytest.fixture
def opened(monkeypatch, tmp_path):
    rng = np.random.default_rng(4)
    inputs = pd.DataFrame(rng.random((60, 3)), columns=list(names_known())[:3])
    store = HandMade(inputs, 2e6 * (0.5 - inputs[CARRIER].to_numpy()), design(draws=60))
    store.outcomes = lambda measures=None: pd.DataFrame({"x": [1]})
    row = {"point": 0, "policy": POLICY, "measure": SPENDING, "baseline": 1e8, "mean": 1e5,
           "monte_carlo_low": math.nan, "monte_carlo_high": math.nan, "parameter_low": -1e6,
           "parameter_high": 1e6, "runs": 60}  # fmt: skip
    monkeypatch.setattr(analyse_command, "open_store", lambda folder: store)
    monkeypatch.setattr(analyse_command, "summary", lambda store: pd.DataFrame([row]))
    return tmp_path


def test_the_command_writes_tables_sentences_and_figures(opened):
    args = ["analyse", str(opened), "--measure", SPENDING, "--lang", "nl"]
    found = CliRunner().invoke(main, args)
    assert found.exit_code == 0, (found.output, found.exception)
    assert "Niet budgetneutraal als" in " ".join(found.stdout.split())
    folder = opened / "analysis"
    for name in ("effects.csv", "sensitivity.csv", "discovery.csv", "findings.nl.txt",
                 "findings.en.txt", f"figures/nl/{POLICY}.{SPENDING}.png",
                 f"figures/en/{POLICY}.{SPENDING}.svg", "manifest.json"):  # fmt: skip
        assert (folder / name).is_file(), name
    again = CliRunner().invoke(main, args)
    assert again.exit_code == 0, again.output  # an earlier analysis is replaced


def test_json_is_one_document(opened):
    found = CliRunner().invoke(main, ["analyse", str(opened), "--measure", SPENDING, "--json"])
    document = json.loads(found.stdout)
    assert document["notes"] == {"nl": [], "en": []}
    assert document["hangs_on"][0]["names"] == [CARRIER]
    assert document["effects"][0]["monte_carlo_low"] is None


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--measure", "refused_shar"], "'refused_share'"),
        (["--policy", "bundle_flt"], "'bundle_flat'"),
    ],
)
def test_bad_input_is_one_sentence(opened, args, said):
    found = CliRunner().invoke(main, ["analyse", str(opened), *args])
    assert found.exit_code == 2
    assert said in found.stderr and found.stderr.count("\n") == 1


def test_a_folder_that_is_no_sweep_is_refused(tmp_path):
    found = CliRunner().invoke(main, ["analyse", str(tmp_path)])
    assert found.exit_code == 2 and "design.json" in found.stderr
