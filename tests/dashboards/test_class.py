"""The page Class without a browser: the store of predictions, and what the page says."""

import csv
import io
import sqlite3
import threading
from html import escape

import pytest

from dashboards.teaching import models, twin_charts
from dashboards.teaching.store import CODE, Store, path_of_store
from dashboards.texts import texts
from dashboards.view import View, address, parse
from experiments.number_format import LANGUAGES
from experiments.teaching.lesson import lessons
from experiments.teaching.lesson_results import stored

ANNA, BEN = "AAAAAA", "BBBBBB"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "below" / "class.sqlite")


def test_a_prediction_is_locked(store):
    first = store.predict(ANNA, "demo", "who_signs", 1, 80, False)
    again = store.predict(ANNA, "demo", "who_signs", 0, 100, True)
    assert again == first and again.answer == 1 and again.sure == 80


def test_progress_survives_a_restart(store):
    store.predict(ANNA, "demo", "who_signs", 0, 70, True)
    other = Store(store.path)
    assert other.of_learner(ANNA)["who_signs"].as_shown
    assert other.of_learner(BEN) == {}


def test_groups_and_learners_do_not_see_each_other(store):
    store.predict(ANNA, "demo", "who_signs", 0, 70, True)
    store.predict(BEN, "other", "who_signs", 1, 60, False)
    assert [one.learner for one in store.of_course("demo")] == [ANNA]
    assert [one.learner for one in store.of_course("other", "who_signs")] == [BEN]
    assert store.of_course("other", "three_prices") == []


def test_what_is_no_code_or_group_is_refused(store):
    for learner, course in (("anna", ""), ("AAAAA1", ""), (ANNA, "a b"), (ANNA, "x" * 21)):
        with pytest.raises(ValueError):
            store.predict(learner, course, "who_signs", 0, 70, True)
    store.predict(ANNA, "", "who_signs", 0, 7000, True)
    assert store.of_learner(ANNA)["who_signs"].sure == 100


def test_codes_are_new_and_of_letters_that_cannot_be_confused(store):
    codes = {store.new_code() for _ in range(200)}
    assert len(codes) == 200 and all(CODE.fullmatch(one) for one in codes)
    assert not set("".join(codes)) & set("01OIL")


def test_only_a_code_and_answers_are_kept(store):
    with sqlite3.connect(store.path) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(predictions)")]
    assert columns == ["learner", "course", "lesson", "answer", "sure", "as_shown", "at"]


def test_twenty_at_once_lose_nothing(store):
    def student(k):
        code = "ABCDEFGHJKMNPQRSTUVWX"[k] * 6
        for name in lessons():
            store.predict(code, "demo", name, 0, 50, False)

    threads = [threading.Thread(target=student, args=(k,)) for k in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(store.of_course("demo")) == 200


def test_the_file_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("ZORGBUNDEL_CLASS_FILE", str(tmp_path / "x.sqlite"))
    assert path_of_store() == tmp_path / "x.sqlite"


# --- what the page says


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_says_what_became_of_each_lesson(store, language):
    store.predict(ANNA, "", "who_signs", 0, 70, True)
    store.predict(ANNA, "", "three_prices", 0, 70, False)
    rows = {row.name: row for row in models.listed(store.of_learner(ANNA), language)}
    assert rows["who_signs"].state == "right" and rows["three_prices"].state == "other"
    assert rows["what_a_fee_rewards"].state == "open"
    assert len({row.word for row in rows.values()}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(lessons()))
def test_every_lesson_can_be_drawn(name, language):
    lesson = lessons()[name]
    found = stored(lesson)
    figure = models.path_figure(lesson, found, language)
    assert (figure is None) == (lesson.asked.kind != "effect")
    if figure is not None:
        assert len(figure.rows) == 5 and "nan" not in figure.wide + figure.narrow
        assert figure.data[0][0] == "year"
    assert len(models.findings_table(lesson, found, language)) == len(lesson.promises)


def test_the_spread_counts_answers(store):
    lesson = lessons()["who_signs"]
    for code, answer in ((ANNA, 1), (BEN, 1), ("CCCCCC", 3)):
        store.predict(code, "demo", lesson.name, answer, 70, False)
    counts = [count for _, count in models.spread(lesson, store.of_course("demo"), "nl")]
    assert counts == ["0", "2", "0", "1"]


def test_the_lecturer_can_take_all_predictions_along(store):
    store.predict(ANNA, "demo", "who_signs", 2, 90, False)
    (row,) = csv.DictReader(io.StringIO(models.results_csv(store.of_course("demo"))))
    assert row["learner"] == ANNA and row["answer"] == "3" and row["number"] == "8"
    assert row["as_the_model_shows"] == "0" and row["sure_percent"] == "90"
    table = models.group_rows(store.of_course("demo"), "en")
    assert table[7][1:] == ("1", "0", "90%") and table[0][1:] == ("0", "0", "-")


def test_the_courses_end_has_no_next_lesson():
    known = list(lessons().values())
    assert models.following(known[0]) is known[1] and models.following(known[-1]) is None


def test_the_address_keeps_lesson_code_and_group(choices_of_the_library):
    view = View(
        page="class", part="twins", lesson="who_signs", learner=ANNA, course="demo-1"
    )  # fmt: skip
    found, problems = parse(*address(view), choices_of_the_library)
    assert found == view and problems == []
    found, problems = parse("/class", "who=anna&group=a%20b&lesson=../x", choices_of_the_library)
    assert (found.learner, found.course, found.lesson) == ("", "", "")
    assert [one.key for one in problems] == ["class"] * 3


@pytest.fixture
def choices_of_the_library():
    from dashboards import service

    return service.choices()


# --- twin lives


def twins(parting=7):
    from experiments.teaching.twin_lives import SHOWN, Twins

    months = 24
    ramp = ([float(k) for k in range(months)], [2.0 * k for k in range(months)])
    return Twins(
        "practice_loss", 1, 0.02, ("fee_for_service_open", "bundle_flat"), True, parting, -1, 2025,
        dict.fromkeys(SHOWN, ramp), ([2] * months, [2] * months), 12,
        {"margin": ([10.0] * months, [-5.0] * months), "treated": ramp},
        {"nl": ["Zin."], "en": ["Sentence."]},
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("parting", [-1, 7, 20])
def test_a_patient_and_the_practice_are_drawn_in_both_worlds(language, parting):
    patient = twin_charts.twin_figure(twins(parting), ("One", "Two"), language)
    practice = twin_charts.practice_figure(twins(parting), ("One", "Two"), language)
    for figure in (patient, practice):
        for picture in (figure.wide, figure.narrow):
            assert "nan" not in picture and "One" in picture and "Two" in picture
    t = texts(language)
    for name in twin_charts.ADDED_UP:
        assert escape(t(f"class.twins.added_up.{name}")) in patient.wide + practice.wide
    assert practice.columns[0] == t("table.year") and len(practice.rows) == 2
    assert practice.rows[0][1].endswith("120") and practice.rows[0][2].endswith("60")
    assert len(practice.data) == 25 and practice.data[1][0] == "2025-01"
    assert practice.data[1][1:3] == (10.0, -5.0)
