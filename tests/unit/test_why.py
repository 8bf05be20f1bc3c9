"""Every measure, parameter and figure has an answer to "where does this number come from?"."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboards.viewmodels import compare, contract, outcomes
from experiments.cli import main
from experiments.figures import FIGURES
from experiments.output import OutputError
from experiments.why import screening, words
from experiments.why.answer import UnknownNameError, better, terms, why
from experiments.why.places import Place, places, readers
from experiments.why.subjects import TESTS, figures, kind_of, names, nearest
from model.outcomes import BY_ID, MEASURES
from model.panel import WATCHED
from model.parameters import load_registry

REGISTRY = load_registry()


# --- every name has an answer


@pytest.mark.parametrize("language", ["nl", "en"])
def test_everything_has_an_answer_in_both_languages(language):
    for name in names():
        answer = why(name, language)
        assert answer.title, name
        assert answer.better, name
        if kind_of(name) == "parameter":
            assert answer.value, name
            assert answer.source, name
            assert answer.grade, name
            assert answer.read_in, name
            assert answer.moves, name
        else:
            assert answer.meaning, name
            assert answer.formula, name
        json.dumps(answer.record(), allow_nan=False)


def test_names_hold_all_measures_parameters_and_figures():
    known = set(names())

    assert len(known) == len(names()), "one name, two things"
    assert {measure.id for measure in MEASURES} <= known
    assert {f"seen_{watched.id}" for watched in WATCHED} <= known
    assert set(REGISTRY) <= known
    assert set(FIGURES) <= known
    for name in outcomes.CARDS + outcomes.GROUPED + compare.SHOWN:
        assert {name, f"path_{name}", f"groups_{name}", f"compare_{name}"} <= known
    pairs = (("session", "group"), ("heavier", "severe"), ("burden", "admission"))
    assert set(contract.MARGINS) == {name for pair in pairs for name in pair}
    for pair in pairs:
        assert "margins_" + "_".join(pair) in known
    assert {f"budget_{test}" for test in TESTS} <= known


def test_what_a_figure_shows_exists():
    for figure in figures().values():
        for measure in figure.measures:
            assert kind_of(measure) == "measure", (figure.id, measure)


def test_both_languages_differ():
    """Dutch that was left in English would be the same text."""
    for name in ("undertreated_share", "neutrality", "5_dangers", "table_effects"):
        dutch, english = why(name, "nl"), why(name, "en")
        for part in ("title", "meaning", "better", "reserves"):
            assert getattr(dutch, part) != getattr(english, part), (name, part)


# --- what it says


def test_the_columns_of_a_formula_are_explained():
    found = dict(terms(BY_ID["undertreated_share"].formula))

    assert set(found) == {"tally.under", "tally.quarters"}
    assert found["tally.quarters"] == "patient-quarters planned (count)"


def test_a_parameter_tells_value_range_source_and_place():
    answer = why("audit_detection_prob", "nl")

    assert answer.value == "0,8 aandeel, bereik 0,5 tot 0,95"
    assert answer.grade.startswith("A:")
    assert answer.read_in
    assert all(line.startswith(("model/", "agents/")) for line in answer.read_in)
    assert "NZa" in answer.better


def test_a_choice_is_not_a_matter_of_data():
    assert better(REGISTRY["bundle_price_factor"], "en").startswith("It is a choice, not a fact")
    assert not better(REGISTRY["altruism_rho_median"], "en").startswith("It is a choice")


def test_what_the_regulator_sees_tells_its_margin_and_its_survey():
    answer = why("seen_satisfaction", "en")
    named = [row.name for row in answer.leans[0].rows]

    assert named[0] == "evaluation_margin_satisfaction"
    assert {"survey_response_share", "survey_noise_sd", "evaluation_confidence"} <= set(named)


def test_targets_and_facts_are_not_said_to_move_anything():
    target = REGISTRY.by_role("target")[0]
    fact = REGISTRY.by_role("fact")[0]

    assert "never reads it" in why(target.name).moves[0]
    assert "no range" in why(fact.name).moves[0]


def test_unknown_names_give_the_nearest():
    with pytest.raises(UnknownNameError, match="undertreated_share"):
        why("undertreatd_share")
    assert nearest("altruism_rho_medain")[0] == "altruism_rho_median"


# --- where the code reads a parameter


def test_every_parameter_that_the_model_reads_is_found_in_the_code():
    stated = {"practice_participation_share", "insurer_participation_share"}
    for entry in REGISTRY.all():
        if entry.role == "target" or entry.name in stated or entry.name == "copd_gp_prevalent":
            continue
        assert places(entry.name), entry.name


def test_places_are_real():
    root = Path(__file__).parents[2]
    for name in REGISTRY:
        for place in places(name):
            text = (root / place.file).read_text("utf-8")
            assert not place.function or f"def {place.function}(" in text, (name, place)


def test_a_name_with_a_gap_is_found():
    assert Place("model/physiotherapy.py", "first_year_shape") in places(
        "first_year_session_share_q1"
    ) or any(one.file == "model/physiotherapy.py" for one in places("first_year_session_share_q1"))


def test_readers_are_those_of_the_files_asked_for():
    found = readers("model/contracts/audit.py")

    assert "audit_rate" in found
    assert "seek_rate" not in found


# --- the screening


def raw(seed, name, end, spending):
    """Return one raw record with one measure in every world."""
    values = {policy: {"deaths": spending} for policy in screening.POLICIES}
    return {"job": [seed, name, end], "values": values}


def test_swings_by_hand():
    """Seeds 1 and 2 swing +10 and +12: mean 11, standard error 1."""
    found = screening.swings_of(
        [
            raw(1, "", "central", 100.0), raw(1, "seek_rate", "low", 95.0),
            raw(1, "seek_rate", "high", 105.0), raw(2, "", "central", 100.0),
            raw(2, "seek_rate", "low", 94.0), raw(2, "seek_rate", "high", 106.0),
        ]
    )  # fmt: skip
    levels = [one for one in found if one.policy == screening.OPEN]

    assert [(one.swing, one.error, one.central) for one in levels] == [(11.0, 1.0, 100.0)]
    assert levels[0].clear
    assert levels[0].part == pytest.approx(0.11)
    assert not [one for one in found if one.policy == screening.effect_of("bundle_by_choice")]


def test_a_swing_that_turns_with_the_seed_is_not_clear():
    found = screening.swings_of(
        [
            raw(1, "", "central", 100.0), raw(1, "seek_rate", "low", 95.0),
            raw(1, "seek_rate", "high", 105.0), raw(2, "", "central", 100.0),
            raw(2, "seek_rate", "low", 100.0), raw(2, "seek_rate", "high", 99.0),
        ]
    )  # fmt: skip

    assert found
    assert not any(one.clear for one in found)


@pytest.mark.parametrize(
    ("low", "middle", "high", "clear"),
    [(1.0, 2.0, 3.0, True), (3.0, 2.0, 2.0, True), (1.0, 4.0, 3.0, False), (2.0, 2.0, 2.0, False)],
)
def test_with_one_seed_a_clear_swing_goes_one_way(low, middle, high, clear):
    assert screening._swing("p", "w", "deaths", [(low, middle, high)]).clear == clear


def test_what_a_parameter_moves_most_is_on_a_scale_that_measures_share():
    """Money moves by 10 of at most 100, deaths by 2 of at most 4: deaths come first."""

    def swing(parameter, measure, size):
        return screening.Swing(parameter, screening.OPEN, measure, size, 0.0, 1.0, True)

    stored = screening.Screening(
        (swing("a", "money", 10.0), swing("b", "money", -100.0), swing("a", "deaths", -2.0),
         swing("b", "deaths", 4.0)), {},
    )  # fmt: skip

    assert [one.measure for one in stored.of_parameter("a")] == ["deaths", "money"]
    assert [one.parameter for one in stored.of_measure("money")] == ["b", "a"]


def test_a_broken_line_is_run_again(tmp_path):
    path = tmp_path / "raw.jsonl"
    path.write_text('{"job": [1, "", "central"]}\n{"job": [1, "se', "utf-8")

    assert len(screening._lines(path)) == 1
    assert path.read_text("utf-8").endswith("}\n")


def test_a_screening_goes_on_where_it_was_and_only_with_the_same_model(tmp_path, monkeypatch):
    ran = []
    planned = [(1, "", "central"), (1, "seek_rate", "low"), (1, "seek_rate", "high")]
    monkeypatch.setattr(screening, "jobs", lambda registry, seeds: planned)
    monkeypatch.setattr(
        screening, "measured", lambda numbers, seed: ran.append(numbers) or {"w": {"m": 1.0}}
    )
    path = screening.run(tmp_path, [1])
    assert len(ran) == 3 and ran[1] == {"seek_rate": REGISTRY["seek_rate"].low}
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:2]), "utf-8")
    screening.run(tmp_path, [1])
    assert len(ran) == 4  # the one that was missing

    (tmp_path / "made_with.json").write_text('{"registry": "x", "model": "y"}', "utf-8")
    with pytest.raises(SystemExit, match="made with other parameters"):
        screening.run(tmp_path, [1])


def test_the_shipped_screening_is_of_these_parameters():
    stored = screening.shipped()
    again = "make it anew: python -m experiments.why.screening FOLDER --seeds 2 --ship"

    assert stored.fits(REGISTRY), f"parameters or ranges changed; {again}"
    assert stored.about["parameters"] == [p.name for p in screening.moved(REGISTRY)]
    assert stored.about["policies"] == list(screening.POLICIES)
    assert stored.about["runs"] == len(screening.jobs(REGISTRY, stored.about["seeds"])), again


def test_the_shipped_screening_is_of_this_model():
    """One world of it, run again, gives the same numbers: the rules have not changed since."""
    stored = screening.shipped()
    seed = stored.about["seeds"][0]
    again = screening.measured({}, seed)

    for policy, values in stored.about["central"].items():
        for measure, value in values.items():
            assert again[policy][measure] == pytest.approx(value, rel=1e-9), (
                f"{measure} under {policy} has changed: make the screening anew "
                "(python -m experiments.why.screening FOLDER --seeds 2 --ship)"
            )


def test_a_measure_leans_on_what_moves_it():
    """Known by construction: the price factor scales what insurers pay under the bundle."""
    leaning = why("paramedical_spending").leans[-1]

    assert leaning.rows[0].name == "bundle_price_factor"
    assert "million" in leaning.rows[0].size


# --- shares of variance from an analysed sweep


def analysis(folder, **changes):
    """Write a table as ``analyse`` does, with one row."""
    row = {
        "policy": "bundle_flat", "measure": "undertreated_share", "method": "given data",
        "rank": 1, "name": "altruism_rho_median", "clear": True, "first": 0.42, "total": "",
        "rho": 0.61, "mu_star": "",
    } | changes  # fmt: skip
    with (folder / "sensitivity.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    return folder


def test_the_share_of_the_variance_comes_first(tmp_path):
    first = why("undertreated_share", "en", analysis(tmp_path)).leans[0]

    assert first.about.startswith("the variance")
    assert first.rows[0].name == "altruism_rho_median"
    assert first.rows[0].share == 0.42
    assert first.rows[0].size == "42% of the variance"


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"first": 0.0}, "rank correlation 0.61"),
        ({"method": "sobol", "total": 0.3}, "30% of the variance"),
        ({"method": "morris", "mu_star": 0.05}, "mean elementary effect +5 percentage points"),
    ],
)
def test_each_method_is_told_for_what_it_is(tmp_path, changes, size):
    row = why("undertreated_share", "en", analysis(tmp_path, **changes)).leans[0].rows[0]

    assert row.size.startswith(size)
    assert (row.share is None) == ("variance" not in size)


def test_a_sweep_in_which_nothing_is_clear_is_said_to_be_so(tmp_path):
    answer = why("undertreated_share", "en", analysis(tmp_path, clear=False))

    assert "beyond coincidence" in answer.reserves[0]
    assert not any("variance" in one.about for one in answer.leans)


def test_a_folder_that_does_not_tell_is_refused_or_said(tmp_path):
    with pytest.raises(OutputError, match="analyse"):
        why("undertreated_share", "en", tmp_path)
    analysis(tmp_path)
    assert "does not cover" in why("deaths", "en", tmp_path).reserves[0]
    (tmp_path / "sensitivity.csv").write_text("measure\nundertreated_share\n", "utf-8")
    with pytest.raises(OutputError, match="no table"):
        why("undertreated_share", "en", tmp_path)
    analysis(tmp_path, first="9" * 5_000 + "x")
    with pytest.raises(OutputError, match="no table") as refused:
        why("undertreated_share", "en", tmp_path)
    assert len(str(refused.value)) < 500  # it does not repeat all that it was given


# --- numbers in words


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (0.0, "en", "0"), (2025.0, "nl", "2025"), (34_000.0, "nl", "34.000"),
        (0.0026, "nl", "0,0026"), (-1.25, "en", "−1.25"), (0.8909, "en", "0.891"),
        (1234.5, "en", "1,234"),
    ],
)  # fmt: skip
def test_plain_numbers(value, language, text):
    assert words.plain(value, language) == text


def test_a_source_is_told_in_the_language_of_the_reader():
    assert words.source(REGISTRY["norm_median"], "nl").startswith("geen bron gevonden")
    assert words.source(REGISTRY["benefit_curvature_k"], "nl").startswith("Berekend: fee 38")
    assert words.source(REGISTRY["audit_rate"], "en").endswith("(year 2024)")


# --- what people type


def run(*arguments):
    return CliRunner().invoke(main, ["why", *arguments])


def test_the_command_prints_a_page():
    result = run("undertreated_share", "--lang", "nl")

    assert result.exit_code == 0
    for heading in ("Formule", "Leunt op", "Betere gegevens", "Voorbehoud"):
        assert heading in result.output
    assert max(map(len, result.output.splitlines())) <= 100


def test_the_command_prints_one_json_document():
    record = json.loads(run("5_dangers", "--json").output)

    assert record["kind"] == "figure"
    assert record["measures"][0] == "refused_share"


def test_an_unknown_name_is_one_sentence_and_exit_code_two():
    result = run("udertreated_share")

    assert result.exit_code == 2
    assert "undertreated_share" in result.output
    assert "Traceback" not in result.output
