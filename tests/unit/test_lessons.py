"""Lessons: what a file may say, and that what each promises is true in the model."""

import math
from dataclasses import replace

import pytest
import yaml

from dashboards.library import fingerprint
from experiments.intervals import monte_carlo_interval
from experiments.number_format import LANGUAGES
from experiments.teaching import lesson_results
from experiments.teaching.found import as_data, from_data
from experiments.teaching.lesson import FOLDER, Promise, find_lesson, lessons, read_lesson
from experiments.teaching.lesson_results import lesson_code, made_by, stored, stored_code
from experiments.teaching.lesson_run import (
    gathered,
    jobs,
    run_job,
    run_lesson,
    smaller,
)
from experiments.teaching.lesson_words import all_words, judged, reading, sentence
from model.parameters import load_registry
from scenarios.loader import ScenarioError

REGISTRY = load_registry()
NAMES = tuple(lessons())


def file_with(tmp_path, change):
    """Return a copy of the first lesson's file, changed."""
    data = yaml.safe_load((FOLDER / "what_a_fee_rewards.yaml").read_text())
    change(data)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    return path


def test_the_course_is_ten_lessons_in_order():
    assert [one.number for one in lessons().values()] == list(range(1, 11))
    assert NAMES[0] == "what_a_fee_rewards" and NAMES[-1] == "why_the_kpi_made_it_worse"


@pytest.mark.parametrize("name", NAMES)
def test_the_worlds_of_every_lesson_can_be(name):
    """``lessons`` itself does not look, so that the server of the dashboard stays light."""
    assert read_lesson(FOLDER / f"{name}.yaml", REGISTRY) == lessons()[name]


def test_every_danger_and_the_main_remedies_are_asked_somewhere():
    measures = {one.measure for lesson in lessons().values() for one in lesson.promises}
    assert {"undertreated_share", "upcoded_share", "refused_share", "joined_share",
            "practice_loss_share", "left_out_share", "overtreated_share"} <= measures  # fmt: skip
    worlds = {one.policy.scenario for lesson in lessons().values() for one in lesson.promises}
    assert {"mixed_optimum", "bundle_corridor", "bundle_audits_fine", "bundle_floor_flat",
            "bundle_floor_weight_classes", "bundle_by_choice"} <= worlds  # fmt: skip
    kinds = {one.kind for lesson in lessons().values() for one in lesson.promises}
    assert kinds == {"effect", "seen", "loss_chance"}


@pytest.mark.parametrize("name", NAMES)
def test_where_others_are_moved_than_usual_the_lesson_says_so(name):
    lesson = lessons()[name]
    asked = lesson.asked
    if asked.policy.theories is not None or asked.settings:
        assert lesson.textbook is not None
        assert "therap" in lesson.story.nl and "therap" in lesson.story.en


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_results_keep_what_the_lesson_promises(name):
    lesson = lessons()[name]
    found = stored(lesson)
    for promise, years in zip(lesson.promises, found, strict=True):
        whole = years[0]
        assert whole.year == 0
        assert promise.kept(whole.mean, *whole.chance), (promise.says.en, whole)
        assert not math.isnan(whole.assumptions[0])
        assert monte_carlo_interval(whole.by_seed) == pytest.approx(whole.chance, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_no_luck_makes_another_answer_right(name):
    """The whole interval of chance lies within the range of one answer."""
    lesson = lessons()[name]
    whole = stored(lesson)[0][0]
    assert {lesson.right(x) for x in (whole.mean, *whole.chance)} == {lesson.right(whole.mean)}


def test_the_stored_results_are_those_of_this_program():
    assert made_by() == fingerprint(), "the model has changed: zorgbundel teach --precompute"
    assert {name: stored_code(name) for name in NAMES} == {
        name: lesson_code(one) for name, one in lessons().items()
    }


def test_one_run_of_the_first_lesson_gives_the_stored_numbers_again():
    """Of all lessons and all runs: the slow test below."""
    lesson = lessons()[NAMES[0]]
    for job in jobs(lesson, REGISTRY, seeds=1, draw=0):
        for part in run_job(job):
            again = next(row[3] for row in part.rows if row[0] == 0)
            assert again == pytest.approx(stored(lesson)[part.place][0].by_seed[0], rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_is_true_in_a_small_world_too(name):
    """Other size, one seed, run now: the same answer is right."""
    lesson = lessons()[name]
    alone = smaller(lesson.model_copy(update={"also": ()}), 0.02)
    alone._name = name
    whole = run_lesson(alone, REGISTRY, workers=1, seeds=1, draw=0)[0][0]
    low, high = lesson.asked.size
    room = 0.35 * (high - low)  # a world of 7,600 people, once
    assert low - room <= whole.mean <= high + room
    assert lesson.right(whole.mean) == lesson.right(stored(lesson)[0][0].mean)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_run_again_gives_what_is_stored(name):
    lesson = lessons()[name]
    again = as_data(run_lesson(lesson, REGISTRY))
    for years, kept in zip(from_data(again), stored(lesson), strict=True):
        for one, other in zip(years, kept, strict=True):
            assert one.by_seed == pytest.approx(other.by_seed, rel=1e-6, abs=1e-9)
            assert one.assumptions == pytest.approx(other.assumptions, rel=1e-6, abs=1e-9)


# --- what a file may say


def test_a_gap_between_answers_is_refused(tmp_path):
    def gap(data):
        data["answers"][0]["range"] = [0.6, None]

    with pytest.raises(ScenarioError, match=r"mine\.yaml, answers: the answers leave a gap"):
        read_lesson(file_with(tmp_path, gap), REGISTRY)


def test_answers_that_do_not_reach_every_effect_are_refused(tmp_path):
    def short(data):
        data["answers"][0]["range"] = [0.5, 9.0]

    with pytest.raises(ScenarioError, match="do not cover every effect"):
        read_lesson(file_with(tmp_path, short), REGISTRY)


def test_a_promise_whose_size_does_not_go_with_its_direction_is_refused(tmp_path):
    def wrong(data):
        data["asked"]["direction"] = "more"

    with pytest.raises(ScenarioError, match="does not go with direction 'more'"):
        read_lesson(file_with(tmp_path, wrong), REGISTRY)


def test_misspelt_measures_scenarios_and_keys_are_named(tmp_path):
    with pytest.raises(ScenarioError, match="nearest valid name is 'sessions_per_patient'"):
        read_lesson(
            file_with(tmp_path, lambda d: d["asked"].update(measure="sessions_per_patients")),
            REGISTRY,
        )
    with pytest.raises(ScenarioError, match="no scenario 'bundle_flatt'"):
        read_lesson(
            file_with(tmp_path, lambda d: d["asked"]["policy"].update(scenario="bundle_flatt")),
            REGISTRY,
        )
    with pytest.raises(ScenarioError, match="storey"):
        read_lesson(file_with(tmp_path, lambda d: d.update(storey="x")), REGISTRY)


def test_a_lesson_is_found_by_name_by_number_and_as_a_file(tmp_path):
    assert find_lesson("3", REGISTRY).name == find_lesson("a_little_of_both", REGISTRY).name
    mine = find_lesson(str(file_with(tmp_path, lambda data: None)), REGISTRY)
    assert mine.name == "mine"
    with pytest.raises(ScenarioError, match="numbered 1 to 10"):
        find_lesson("11", REGISTRY)
    with pytest.raises(ScenarioError, match="nearest valid name is 'who_signs'"):
        find_lesson("who_sign", REGISTRY)


def test_a_promise_is_kept_only_with_the_right_sign_and_size():
    promise = lessons()["what_a_fee_rewards"].asked
    assert promise.kept(-2.0, -2.5, -1.5)
    assert not promise.kept(-2.0, -4.5, 0.5)  # chance could have made it
    assert not promise.kept(-9.0, -9.5, -8.5)  # far more than promised
    same = Promise(**{**promise.model_dump(), "direction": "same", "size": (-0.1, 0.1)})
    assert same.kept(0.05, -1.0, 1.0) and not same.kept(0.2, -1.0, 1.0)


# --- results and words


def test_results_survive_a_file():
    found = stored(lessons()["luck_of_a_small_practice"])
    assert as_data(from_data(as_data(found))) == as_data(found)


def test_results_of_another_size_do_not_pass_for_this_lesson():
    lesson = lessons()["who_signs"]
    assert stored(smaller(lesson, 0.01)) is None
    reworded = lesson.model_copy(update={"story": lesson.goal})
    reworded._name = lesson.name
    assert stored(reworded) is not None  # a better sentence makes no result old


def test_damaged_results_are_named(tmp_path):
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(ValueError, match=r"bad\.json cannot be read"):
        lesson_results._stored(tmp_path / "bad.json")


def test_precompute_writes_what_is_read_again(tmp_path, monkeypatch):
    name = "what_a_fee_rewards"
    tiny = lessons()[name].model_copy(update={"share": 0.003, "seeds": 2, "draws": 0})
    tiny._name = name
    monkeypatch.setattr(lesson_results, "lessons", lambda: {name: tiny})
    path, told = tmp_path / "results.json", []
    lesson_results.precompute(
        REGISTRY, "abc", workers=1, done=lambda k, of: told.append((k, of)), path=path
    )
    data = lesson_results._stored(path)
    assert data["program"] == "abc" and told == [(1, 2), (2, 2)]
    own = gathered(tiny, [part for job in jobs(tiny, REGISTRY) for part in run_job(job)])
    assert data["lessons"][name]["found"] == as_data(own)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_said_with_both_its_ranges(language):
    word = {"en": ("chance", "assumptions"), "nl": ("toeval", "aannames")}[language]
    for lesson in lessons().values():
        for one in all_words(lesson, stored(lesson), language):
            said = sentence(one, language)
            assert all(each in said for each in word), said
            assert one.change in said and "nan" not in said


def test_a_prediction_is_judged_by_the_run_and_not_by_the_file():
    lesson = lessons()["what_a_fee_rewards"]
    found = stored(lesson)
    right = lesson.right(found[0][0].mean)
    assert "That is what the model shows" in judged(lesson, found, right, "en")
    assert "The model shows" in judged(lesson, found, 0, "en") and right != 0
    turned = [[replace(found[0][0], mean=2.0)]]
    assert lesson.right(turned[0][0].mean) == 0


def test_what_chance_could_have_made_is_called_the_same():
    whole = stored(lessons()["what_a_fee_rewards"])[0][0]
    assert reading(whole) == "less"
    assert reading(replace(whole, chance=(-1.0, 1.0))) == "same"
    assert reading(replace(whole, chance=(0.1, 1.0))) == "more"
