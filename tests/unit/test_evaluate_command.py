"""``zorgbundel evaluate`` on the command line: words, documents, files and refusals."""

import json
import math
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner
from sweep_folders import here

from experiments.cli import main
from experiments.fingerprints import with_fingerprint
from experiments.power import evaluation_power
from experiments.power.evaluate_command import ways
from experiments.power.evaluation_power import COLUMNS, EvaluationDesign, EvaluationPower
from experiments.power.evaluation_words import (
    change,
    harm_visible,
    notes,
    sentences,
    signed,
    size,
    uptake_condition,
    uptake_label,
    years_of,
)
from experiments.power.practice_evaluation import BY_ID
from experiments.power.uptake import WAYS
from experiments.sweeps import kept_worlds
from experiments.texts import texts
from model.estimates import BEFORE_AFTER, DID
from scenarios.loader import ScenarioError

QUICK = ("--share", 0.01, "--seeds", 2, "--draws", 2, "--years", 1, "--workers", 1,
         "--uptake", "lot", "--uptake", "all",
         "--set", "evaluation_fewest_practices=3")  # fmt: skip


def call(*args):
    return CliRunner().invoke(main, ["evaluate", *(str(arg) for arg in args)])


def refusal(*args) -> str:
    result = call(*args)
    assert result.exit_code == 2, (result.exit_code, result.exception, result.output)
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluate") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation_power.EvaluationDesign.__init__, "__defaults__", _fewer())
        patch.setattr(kept_worlds, "local", here)
        result = call("bundle_flat", *QUICK, "--practices", 100, "--json", "--out", folder)
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout), folder


def _fewer():
    """Return the defaults of a design, with twenty evaluations drawn."""
    *others, _, draws_from = EvaluationDesign.__init__.__defaults__
    return (*others, 20, draws_from)


# --- the command


def test_a_loss_of_money_is_an_amount_and_not_a_share(made):
    """The margin of total cost is 2 % of what would have been paid: tens of euros a patient."""
    document, folder = made
    table = pd.read_parquet(folder / "evaluations.parquet")
    loss = table.loc[table["indicator"] == "total_cost", "loss"]
    assert loss.between(10.0, 500.0).all() and len(loss)
    assert not any("notice no difference" in text for text in document["sentences"]["en"])


def test_the_document_holds_every_evaluation_and_its_words(made):
    document, _ = made

    assert document["kind"] == "evaluation" and document["policy"] == "bundle_flat"
    assert document["baseline"] == "fee_for_service_open"
    assert document["practices"] == 100 and document["simulated_practices"] == 34
    assert document["uptake"] == ["lot", "all"] and document["replications"] == 20
    assert {row["method"] for row in document["evaluations"] if row["uptake"] == "all"} == {
        BEFORE_AFTER
    }
    (head,) = [
        row for row in document["evaluations"]
        if (row["uptake"], row["indicator"], row["method"]) == ("lot", "burden_fall", DID)
    ]  # fmt: skip
    assert list(head) == list(COLUMNS)
    assert head["loss"] == 0.1 and 0.0 <= head["notices"] <= 1.0
    assert head["true_monte_carlo_low"] <= head["true_monte_carlo_high"]
    for language in ("en", "nl"):
        said = document["sentences"][language]
        assert "100" in said[0] and "68" in said[0]  # more practices than were simulated
        assert any("0.1 CCQ" in one or "0,1 CCQ" in one for one in said)


def test_the_folder_holds_tables_figures_and_manifest(made):
    document, folder = made
    table = pd.read_csv(folder / "evaluations.csv")

    assert list(table) == list(COLUMNS) and len(table) == len(document["evaluations"])
    assert set(pd.read_parquet(folder / "power_curve.parquet")["practices"]) >= {100}
    for language in ("en", "nl"):
        for kind in ("png", "svg"):
            assert (folder / f"evaluation_power.{language}.{kind}").stat().st_size > 5_000
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == with_fingerprint(document)
    assert "evaluation" in manifest["kind"]


def test_an_evaluation_is_made_again(made, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_worlds, "local", here)
    _, folder = made
    again = CliRunner().invoke(main, ["reproduce", str(folder), "--workers", "1"])
    assert again.exit_code == 0 and again.stdout.startswith("Identical"), again.output

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    path = copy / "manifest.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**body, "first_seed": 8}), encoding="utf-8")
    edited = CliRunner().invoke(main, ["reproduce", str(copy), "--workers", "1"])
    assert edited.exit_code == 2 and "was changed" in edited.output
    path.write_text(json.dumps(with_fingerprint({**body, "first_seed": 8})), encoding="utf-8")
    other = CliRunner().invoke(main, ["reproduce", str(copy), "--workers", "1"])
    assert other.exit_code == 1 and other.stdout.startswith("Different"), other.output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("fee_for_service_capped",), "offers no other contract"),
        (("fee_for_service_open",), "named twice"),
        (("bundle_flat", "--uptake", "some"), "neither one of chosen, pooled, lot"),
        (("bundle_flat", "--uptake", "1.5"), "share between 0 and 1"),
        (("bundle_flat", "--uptake", "nan"), "share between 0 and 1"),
        (("bundle_flatt",), "there is no scenario 'bundle_flatt'"),
        (("bundle_flat", "--set", "need_sgma=1"), "need_sigma"),
        (("bundle_flat", "--practices", "3"), "20"),
        (("bundle_flat", "--seeds", "1"), "seeds"),
    ],
)
def test_bad_input_is_one_sentence(args, said):
    assert said in refusal(*args)


def test_ways_are_words_and_shares_named_once():
    assert ways([]) == WAYS
    assert ways(["lot", "0.30", ".3", "lot"]) == ("lot", "0.3")
    with pytest.raises(ScenarioError):
        ways(["0"])


# --- the words


def row(**values):
    usual = dict.fromkeys(COLUMNS, math.nan)
    usual |= {
        "uptake": "chosen", "years": 3, "year": 2027, "indicator": "burden_fall", "method": DID,
        "practices": 340, "joined": 80.0, "others": 250.0, "compared": 1.0, "true": -0.03,
        "true_monte_carlo_low": -0.035, "true_monte_carlo_high": -0.025, "estimate": -0.02,
        "true_parameter_low": -0.08, "true_parameter_high": 0.01,
        "bias": 0.01, "bias_monte_carlo_low": 0.004, "bias_monte_carlo_high": 0.016,
        "selection": 0.012, "coverage": 0.93, "detectable": 0.123, "detectable_analytic": 0.119,
        "loss": 0.1, "notices": 0.34, "notices_monte_carlo_low": 0.28,
        "notices_monte_carlo_high": 0.41, "notices_parameter_low": 0.2,
        "notices_parameter_high": 0.6, "false_alarm": 0.03, "sees_harm": 0.12, "take_part": 0.25,
    }  # fmt: skip
    return usual | values


def power(*rows, **design):
    made = EvaluationDesign("base", "policy", ("chosen",), years=3, **design)
    return EvaluationPower(made, 340, 340, pd.DataFrame(list(rows)), pd.DataFrame())


def test_an_economist_reads_chance_loss_and_truth():
    said = sentences(power(row()), "en")

    assert said[0] == (
        "Fall of disease burden after a quarter (CCQ): with 340 practices and 3 years the"
        " evaluation would notice a loss of 0.1 CCQ points with 34% chance (28% to 41% as far"
        " as the evaluations drawn from these worlds tell;"
        " 20% to 60% over the assumptions). It is really a loss of 0.03 CCQ points (−0.035 to"
        " −0.025 by chance; −0.080 to +0.010 over the assumptions)."
    )
    assert any("0.123 CCQ points (0.119 in closed form)" in one for one in said)
    assert any("+0.012 of that is self-selection" in one for one in said)


def test_the_same_in_dutch():
    said = sentences(power(row()), "nl")

    assert "een verlies van 0,1 CCQ-punten opmerken met een kans van 34%" in said[0]
    assert "In werkelijkheid is het een verlies van 0,03 CCQ-punten" in said[0]


def test_without_draws_nothing_is_said_of_assumptions():
    unknown = {f"{name}_parameter_{end}": math.nan for name in ("true", "notices")
               for end in ("low", "high")}  # fmt: skip
    said = sentences(power(row(**unknown)), "en")
    assert "assumptions" not in said[0] and "by chance" in said[0]


def test_one_world_says_that_it_is_unknown_what_chance_does():
    alone = dict.fromkeys(("true_monte_carlo_low", "true_monte_carlo_high"), math.nan)
    said = " ".join(sentences(power(row(**alone)), "nl"))
    assert "onbekend hoeveel door toeval" in said
    assert "- tot -" not in said


def test_bias_within_chance_is_not_called_bias():
    said = sentences(power(row(bias_monte_carlo_low=-0.01)), "en")
    assert texts("en")("evaluate.no_bias") in said


def test_harm_becomes_visible_in_the_first_year_with_four_in_five():
    years = [
        row(years=one, year=2024 + one, sees_harm=chance)
        for one, chance in ((1, 0.3), (2, 0.82), (3, 0.9))
    ]
    found = power(*years)

    assert harm_visible(found, "chosen", "burden_fall") == (
        2026, [(2025, 0.3), (2026, 0.82), (2027, 0.9)],
    )  # fmt: skip
    assert any("becomes visible in 2026" in one for one in sentences(found, "en"))
    never = power(*(one | {"sees_harm": 0.1} for one in years))
    assert harm_visible(never, "chosen", "burden_fall")[0] == 0
    assert any("does not become visible" in one for one in sentences(never, "en"))


def test_a_gain_is_no_harm_and_an_unclear_effect_is_neither():
    gain = row(true=0.03, true_monte_carlo_low=0.02, true_monte_carlo_high=0.04)
    assert any("no harm to see" in one for one in sentences(power(gain), "en"))
    unclear = row(true_monte_carlo_high=0.01)
    assert any("not clear of chance even" in one for one in sentences(power(unclear), "en"))


def test_nothing_to_compare_is_said_and_nothing_else():
    empty = power(row(indicator="sessions"))
    assert sentences(empty, "en") == [texts("en")("evaluate.nothing")]


def test_notes_say_when_more_practices_are_asked_than_there_are():
    made = power(row(), seeds=2)
    assert notes(made, 3400, "en") == []
    many = EvaluationPower(made.design, 700, 340, made.table, made.curve)
    assert "700 practices were asked for and 680 simulated" in notes(many, 3400, "en")[0]
    all_of_them = EvaluationPower(made.design, 5000, 3400, made.table, made.curve)
    assert "more than there are" in notes(all_of_them, 3400, "en")[0]


def test_sizes_and_signs_in_both_languages():
    burden, access, money = (BY_ID[x] for x in ("burden_fall", "start_in_time", "spending"))

    assert size(burden, -0.1, "nl") == "0,1" and size(burden, 0.0004, "en") == "0"
    assert size(access, -0.05, "en") == "5.0"
    assert signed(money, -1234.4, "nl", unit=True) == "−EUR 1.234"
    assert signed(money, 12.0, "en") == "+12" and signed(access, 0.012, "en") == "+1.2"
    assert signed(burden, math.nan, "en") == "-"
    assert change(burden, 0.0001, "en") == "no difference"
    assert change(BY_ID["admissions"], 0.01, "en").startswith("a rise of 0.01")
    assert change(BY_ID["admissions"], -0.01, "nl").startswith("een daling van 0,01")
    assert years_of(1, "nl") == "één jaar" and years_of(3, "en") == "3 years"
    assert uptake_label("0.3", "nl") == "30% door loting"


def test_other_ways_to_take_part_are_whole_sentences():
    others = {
        "pooled": ("If practices chose together with their neighbours, the smallest effect",
                   "Als praktijken samen met hun buren zouden kiezen, dan zou het kleinste"),
        "0.3": ("If 30% of the practices took part, chosen by lot, the smallest effect",
                "Als 30% van de praktijken door loting zou meedoen, dan zou het kleinste"),
    }  # fmt: skip
    found = power(row(), *(row(uptake=way) for way in others))
    found = replace(found, design=replace(found.design, uptake=("chosen", *others)))

    for k, language in enumerate(("en", "nl")):
        said = sentences(found, language)
        for starts in others.values():
            assert sum(one.startswith(starts[k]) for one in said) == 1, said


def test_every_way_to_take_part_is_a_condition():
    for language, first in (("en", "If "), ("nl", "Als ")):
        said = {uptake_condition(way, language) for way in (*WAYS, "0.3")}
        assert len(said) == len(WAYS) + 1
        assert all(one.startswith(first) and "{" not in one for one in said)


@pytest.mark.parametrize("prefix", ["evaluate.", "branch."])
def test_both_languages_say_the_same(prefix):
    keys, theirs = (
        [key for key in list(texts(language).keys()) if key.startswith(prefix)]
        for language in ("en", "nl")
    )
    assert keys and keys == theirs
    for key in keys:
        assert texts("en").placeholders(key) == texts("nl").placeholders(key), key
