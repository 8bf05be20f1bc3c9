"""The forecast register: sealed, the same twice, and scored as computed by hand."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.forecasts.files import read_forecast, read_observed, template, write_forecast
from experiments.forecasts.forecast_command import _judgement, score_sentences
from experiments.forecasts.freeze import LEVELS, is_intact, predictions, sealed
from experiments.forecasts.quantities import ALL, BY_ID, QUANTITIES, framework_use
from experiments.forecasts.scoring import (
    Coverage,
    coverage,
    interval_score,
    mean_scores,
    scores,
    weighted_interval_score,
)
from experiments.output import OutputError
from experiments.texts import texts
from model.parameters import load_registry
from scenarios.loader import load

P = load_registry().values()
QUICK = ["--draws", "2", "--seeds", "2", "--share", "0.002", "--workers", "1"]


def run(*args):
    return CliRunner().invoke(main, ["forecast", *map(str, args)])


def made(quantiles=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), **changes):
    """Return a small sealed forecast of admissions in two years."""
    rows = [
        {"quantity": "admissions", "group": ALL, "year": year, "unit": "admissions/year",
         "mean": 4.0, "quantiles": list(quantiles), "monte_carlo_interval": [3.0, 5.0]}
        for year in (2025, 2026)
    ]  # fmt: skip
    body = {"kind": "forecast", "format": 1, "date": "2026-11-28", "version": "0", "code": "c",
            "model": "m", "levels": list(LEVELS), "predictions": rows}  # fmt: skip
    return sealed(body | changes)


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "forecast.json"
    write_forecast(made(), path)
    return path


@pytest.fixture
def seen(tmp_path):
    path = tmp_path / "seen.csv"
    path.write_text(
        "# of the evaluation\nquantity,group,year,value\n"
        "admissions,all,2025,4\nadmissions,all,2026,9\n"
        "practices_joining,all,2025,0.2\nsessions_per_patient,B2,2025,\n"
    )
    return path


# --- freezing


def test_a_forecast_can_be_made_again_and_holds_what_was_promised(tmp_path):
    path = tmp_path / "one.json"
    result = run("--freeze", *QUICK, "--out", path, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == json.loads(path.read_text())
    one = read_forecast(path)

    again = CliRunner().invoke(main, ["reproduce", str(path), "--workers", "1"])
    assert again.exit_code == 0 and "Identical: all" in again.output, again.output
    assert "has changed since" not in again.output
    assert one["scenario"]["name"] == "bundle_by_choice"
    assert one["parameters"] == P.fingerprint() and len(one["posterior"]) == 64
    keys = {(p["quantity"], p["group"], p["year"]) for p in one["predictions"]}
    for quantity in QUANTITIES:
        if quantity.groups == (ALL,):
            assert {(quantity.id, ALL, year) for year in range(2025, 2030)} <= keys
    by_key = {(p["quantity"], p["group"], p["year"]): p for p in one["predictions"]}
    mix = [by_key["class_share", group, 2026]["mean"] for group in BY_ID["class_share"].groups]
    assert sum(mix) == pytest.approx(1.0, abs=1e-5)
    sessions = by_key["sessions_per_patient", ALL, 2026]["quantiles"]
    assert sessions == sorted(sessions) and sessions[0] > 15 and sessions[-1] < 45
    assert 0.0 < by_key["practices_joining", ALL, 2025]["mean"] < 1.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "does not say how it was made"),
        ({"scenario": {"name": "x"}}, "does not say how it was made"),
        ({"posterior": "another"}, "a posterior that has changed since"),
    ],
)
def test_a_forecast_that_cannot_be_made_again_says_why(tmp_path, changes, said):
    body = {
        "design": {"draws": 2, "seeds": 2, "share": 0.1, "draws_from": "posterior", "draw_seed": 1},
        "scenario": load("bundle_by_choice", load_registry()).model_dump(mode="json"),
        "comparator": "fee_for_service_capped", "posterior": "",
    }  # fmt: skip
    write_forecast(made(**body | changes if changes else {}), tmp_path / "f.json")
    result = CliRunner().invoke(main, ["reproduce", str(tmp_path / "f.json")])

    assert result.exit_code == 2 and said in result.output
    assert "Traceback" not in result.output


def test_quantiles_are_over_draws_and_chance_over_seeds():
    found = [("draw", k, {("admissions", ALL, 2025): float(k)}) for k in range(101)]
    found += [("seed", k, {("admissions", ALL, 2025): 10.0 + k}) for k in (1, 2, 3)]
    (one,) = predictions(found)

    assert one["quantiles"] == [5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0]
    assert one["mean"] == 50.0
    half = 4.302653 / math.sqrt(3)
    assert one["monte_carlo_interval"] == pytest.approx([12.0 - half, 12.0 + half], abs=1e-4)
    assert predictions(found[::-1]) == [one]  # whatever finished first


def test_what_nobody_is_in_is_left_out():
    nobody = {("class_share", "C", 2025): math.nan, ("admissions", ALL, 2025): 1.0}
    found = [("draw", k, nobody) for k in range(3)] + [("seed", 1, nobody)]

    (one,) = predictions(found)
    assert one["quantity"] == "admissions" and one["monte_carlo_interval"] == [None, None]


def test_the_use_of_the_framework_by_hand():
    spent = {("paramedical_spending", ALL, 2025): 30_173_000.0,
             ("paramedical_spending", ALL, 2027): 30_000_000.0}  # fmt: skip
    used = framework_use(spent, {2025: 30_000_000.0, 2027: 30_034_700.0}, P)

    assert used["framework_use", ALL, 2025] == pytest.approx(1.0)
    assert used["framework_use", ALL, 2027] == pytest.approx(-0.1)


def test_a_forecast_is_never_written_over(stored):
    before = stored.read_bytes()
    result = run("--freeze", *QUICK, "--out", stored)

    assert result.exit_code == 2 and "never written over" in result.stderr
    assert stored.read_bytes() == before


# --- the seal


@pytest.mark.parametrize(
    ("old", "new"),
    [("7.0", "7.5"), ('"date": "2026-11-28"', '"date": "2026-11-27"'), ("2025", "2024"),
     ('"code": "c"', '"code": "d"')],
)  # fmt: skip
def test_tampering_is_noticed(stored, old, new):
    assert run("--verify", stored).exit_code == 0
    text = stored.read_text()
    assert old in text
    stored.write_text(text.replace(old, new, 1))

    for args in (("--verify", stored), ("--template", stored)):
        result = run(*args)
        assert result.exit_code == 2
        assert "changed after it was frozen" in result.stderr


def test_an_addition_is_noticed_and_another_layout_is_not():
    forecast = made()

    assert is_intact(json.loads(json.dumps(forecast, indent=3)))
    assert is_intact(dict(reversed(forecast.items())))
    assert not is_intact(forecast | {"remark": "we were right"})
    assert not is_intact(forecast | {"numbers": "0" * 64})


# --- scores


def test_the_interval_score_by_hand():
    assert interval_score(1.0, 4.0, 2.0, 0.2) == 3.0  # within: the width
    assert interval_score(1.0, 4.0, 5.0, 0.2) == pytest.approx(3.0 + 10.0 * 1.0)
    assert interval_score(1.0, 4.0, 0.5, 0.5) == pytest.approx(3.0 + 4.0 * 0.5)


def test_the_weighted_interval_score_by_hand():
    """Median 2, 80 % interval 1 to 4, came 5: (3 / 2 + 0.1 x 13) / 1.5."""
    assert weighted_interval_score((0.1, 0.5, 0.9), (1.0, 2.0, 4.0), 5.0) == pytest.approx(
        2.8 / 1.5
    )


def test_it_is_the_mean_loss_of_the_quantiles():
    """Bracher et al. 2021: WIS = mean over levels of 2 (1(y <= q) - t) (q - y)."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        q, y = np.sort(rng.normal(size=len(LEVELS))), rng.normal()
        loss = 2.0 * ((y <= q) - np.array(LEVELS)) * (q - y)
        assert weighted_interval_score(LEVELS, q, y) == pytest.approx(loss.mean())


def test_a_perfect_forecast_scores_best_and_sharpness_pays_only_if_right():
    def score(middle, width):
        q = [middle + width * z for z in (-1.6, -1.3, -0.7, 0.0, 0.7, 1.3, 1.6)]
        return weighted_interval_score(LEVELS, q, 10.0)

    assert score(10.0, 0.0) == 0.0
    assert 0.0 < score(10.0, 1.0) < score(10.0, 2.0)
    assert score(10.0, 1.0) < score(12.0, 1.0) < score(14.0, 1.0)
    assert score(14.0, 2.0) < score(14.0, 0.1)


def test_honesty_pays():
    """The score is proper: on average the true quantiles beat narrower, wider and shifted ones."""
    from scipy.stats import norm

    came = norm.ppf((np.arange(4000) + 0.5) / 4000)

    def mean(shift, spread):
        q = shift + spread * norm.ppf(LEVELS)
        return np.mean([weighted_interval_score(LEVELS, q, y) for y in came])

    best = mean(0.0, 1.0)
    assert all(best < mean(*other) for other in ((0.0, 0.7), (0.0, 1.4), (0.3, 1.0), (-0.3, 1.0)))


def test_scores_and_coverage_of_a_small_forecast():
    observed = {("admissions", ALL, 2025): 4.0, ("admissions", ALL, 2026): 6.5}
    first, second = scores(made(), observed)

    # Widths 6, 4, 2 with weights a/2 of .05, .1, .25, over 3.5.
    assert first.score == pytest.approx((0.05 * 6 + 0.1 * 4 + 0.25 * 2) / 3.5)
    assert first.within == (True, True, True) and first.side == 0
    # Off by 2.5 from the median; beyond the 80 % interval by .5 and the 50 % one by 1.5.
    assert second.score == pytest.approx((1.25 + 0.3 + (0.4 + 0.5) + (0.5 + 1.5)) / 3.5)
    assert second.within == (True, False, False)
    found = coverage(LEVELS, [first, second])
    assert [(round(c.level, 2), c.hits, c.of) for c in found] == [(0.9, 2, 2), (0.8, 1, 2),
                                                                  (0.5, 1, 2)]  # fmt: skip
    other = replace(second, quantity="class_share", score=0.25)
    assert mean_scores([first, second, other]) == pytest.approx(
        {"admissions": (first.score + second.score) / 2, "class_share": 0.25}
    )


@pytest.mark.parametrize(
    ("hits", "of", "word"),
    [(18, 20, "about_right"), (14, 20, "too_sure"), (60, 60, "too_unsure"), (2, 2, "about_right")],
)
def test_a_word_for_the_coverage(hits, of, word):
    assert _judgement(Coverage(0.9, hits, of)) == word


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_screen_says_it_in_words(stored, seen, language):
    result = run("--score", stored, "--observed", seen, "--lang", language)
    told, t = " ".join(result.stdout.split()), texts(language)

    assert result.exit_code == 0, result.output
    assert t("forecast.about_right") in told and t("forecast.together") in told
    assert t("forecast.higher", what=f"{t('forecast.admissions')} 2026") in told
    assert t("forecast.left_out", count=1) in told
    assert "9 >" in told


def test_the_document_of_a_score(stored, seen):
    found = json.loads(run("--score", stored, "--observed", seen, "--json").stdout)

    assert [one["year"] for one in found["scores"]] == [2025, 2026]
    assert found["forecast"] == json.loads(stored.read_text())["hash"]
    assert found["coverage"][0] == {"level": 0.9, "hits": 1, "of": 2}
    assert found["scores"][0]["median"] == 4.0
    assert found["mean_scores"]["admissions"] == pytest.approx(
        (found["scores"][0]["score"] + found["scores"][1]["score"]) / 2
    )


def test_sentences_name_what_was_lower():
    each = scores(made(), {("admissions", ALL, 2025): 0.0})
    said = " ".join(score_sentences(each, coverage(LEVELS, each), "nl"))

    assert "Lager dan verwacht: Longaanvallen met opname" in said
    # 4 / 2 to the median, and at each end further out by 1, 2, 3 beyond widths 6, 4, 2.
    score = (2.0 + (0.3 + 1.0) + (0.4 + 2.0) + (0.5 + 3.0)) / 3.5
    assert f"Longaanvallen met opname, GOLD II en hoger {round(score)}" in said


# --- files


def test_the_template_can_be_filled_in(stored, tmp_path):
    lines = run("--template", stored).stdout.splitlines()
    assert lines == template(made()).splitlines()
    path = tmp_path / "filled.csv"
    path.write_text("\n".join([lines[0], lines[1] + "4", lines[2] + "5.5"]))

    assert read_observed(path) == {
        ("admissions", ALL, 2025): 4.0, ("admissions", ALL, 2026): 5.5
    }  # fmt: skip


HEADER = "quantity,group,year,value\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds nothing"), ("a,b\n", "first line"), (HEADER, "holds nothing"),
        (HEADER + "admissions,all,2025", "columns"),
        (HEADER + "admission,all,2025,1", "no quantity 'admission'"),
        (HEADER + "admissions,B1,2025,1", "no group"),
        (HEADER + "admissions,all,soon,1", "must be numbers"),
        (HEADER + "admissions,all,2025,nan", "finite"),
        (HEADER + "admissions,all,2025,1\nadmissions,all,2025,2", "line 3: it is there twice"),
        (HEADER + "admissions,all,1999,1", "nothing that forecast.json is about"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_observations_is_one_sentence(stored, tmp_path, text, said):
    path = tmp_path / "seen.csv"
    path.write_text(text)
    result = run("--score", stored, "--observed", path)

    assert result.exit_code == 2
    assert said in result.stderr and len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", "[" * 100_000, '{"kind": "forecast"}', "\x00", '{"levels": NaN}']
)
def test_a_damaged_forecast_is_one_sentence(tmp_path, body):
    path = tmp_path / "forecast.json"
    path.write_text(body)
    result = run("--verify", path)

    assert result.exit_code == 2 and "is not a forecast" in result.stderr


def test_a_forecast_that_says_not_what_made_it_is_none(tmp_path):
    body = {key: value for key, value in made().items() if key not in ("code", "numbers", "hash")}
    path = tmp_path / "forecast.json"
    write_forecast(sealed(body), path)

    with pytest.raises(OutputError, match="is not a forecast"):
        read_forecast(path)


def test_what_was_observed_is_refused_if_it_is_too_large_or_no_text(tmp_path):
    path = tmp_path / "seen.csv"
    for raw, words in ((b"#" * 5_000_001, "too large"), (b"\xff\xfe", "is not a text file")):
        path.write_bytes(raw)
        with pytest.raises(OutputError, match=words):
            read_observed(path)


@pytest.mark.parametrize("fourth", [9.0, "4.0", None])
def test_quantiles_out_of_order_or_in_words_are_no_forecast(tmp_path, fourth):
    path = tmp_path / "forecast.json"
    write_forecast(made(quantiles=(1.0, 2.0, 3.0, fourth, 5.0, 6.0, 7.0)), path)

    with pytest.raises(OutputError, match="is not a forecast"):
        read_forecast(path)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "Give one of"), (["--freeze", "--verify", "x"], "Give one of"),
        (["--score", "x"], "go together"), (["--verify", "x", "--out", "y"], "--out goes with"),
        (["--verify", "nowhere.json"], "is not a file"),
        (["--freeze", "--draws", "1"], "--draws"),
        (["--freeze", "--scenario", "bundel"], "no scenario 'bundel'"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(args, said):
    result = run(*args)

    assert result.exit_code == 2
    assert said in result.stderr and len(result.stderr.strip().splitlines()) == 1
