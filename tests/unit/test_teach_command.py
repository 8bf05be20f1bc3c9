"""``zorgbundel teach`` and ``zorgbundel twins``, as typed."""

import json

import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.teaching import teach_command
from experiments.teaching.lesson import lessons


def typed(*words, given=None):
    return CliRunner().invoke(main, list(words), input=given)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_without_a_name_all_lessons_are_listed(language):
    said = typed("teach", "--lang", language)
    assert said.exit_code == 0
    for lesson in lessons().values():
        assert lesson.name in said.output and getattr(lesson.title, language) in said.output


def test_a_lesson_without_a_prediction_shows_nothing_of_the_answer():
    said = typed("teach", "4").output
    lesson = lessons()["three_prices"]
    assert lesson.question.en.split()[-1] in said and "--answer 1 to 4" in said
    assert lesson.why.en[:40] not in " ".join(said.split()) and "assumptions" not in said


def test_with_a_prediction_the_findings_are_shown_with_both_ranges_and_why():
    said = " ".join(typed("teach", "three_prices", "--answer", "1", "--lang", "nl").output.split())
    lesson = lessons()["three_prices"]
    assert "U voorspelde" in said and "toeval" in said and "aannames" in said
    assert lesson.why.nl.split(".")[0] in said
    assert lesson.discuss[0].question.nl in said
    assert lesson.discuss[0].answer.nl[:30] not in said  # for the lecturer


def test_a_prediction_can_be_typed_when_asked(monkeypatch):
    monkeypatch.setattr(teach_command, "_somebody_types", lambda: True)
    monkeypatch.setattr(teach_command.click, "prompt", lambda *a, **k: 2)
    assert "That is what the model shows" in " ".join(typed("teach", "4").output.split())


def test_json_gives_the_findings_for_machines():
    found = json.loads(typed("teach", "8", "--answer", "1", "--json").output)
    assert found["lesson"] == "who_signs" and found["right_answer"] == found["answer"] == 1
    first = found["findings"][0]
    assert first["measure"] == "joined_share"
    whole = first["years"][0]
    assert whole["year"] == 0 and whole["chance"][0] < whole["mean"] < whole["chance"][1]
    assert len(json.loads(typed("teach", "--json").output)) == 10


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("teach", "44"), "there is no lesson 44"),
        (("teach", "who_sign"), "nearest valid name is 'who_signs'"),
        (("teach", "4", "--answer", "5"), "--answer is a number from 1 to 4"),
        (("teach", "--answer", "2"), "--answer goes with a LESSON"),
        (("teach", "--live"), "--live goes with a LESSON"),
        (("teach", "4", "--guide"), "do not go together"),
        (("teach", "--notebook", "--guide"), "do not go together"),
        (("teach", "4", "--out", "x"), "--out goes with --notebook or --guide"),
        (("teach", "--guide", "--out", "x.pdf"), "ends in .html or .md"),
        (("twins", "bundle_flat", "bundle_flat"), "named twice"),
        (("twins", "bundle_flat", "bundle_flatt"), "bundle_flatt"),
        (("twins", "bundle_flat", "mixed_optimum", "--ask", "fewer"), "'fewer_sessions'"),
        (("twins", "bundle_flat", "mixed_optimum", "--theory", "greed"), "no theory 'greed'"),
    ],
)
def test_wrong_input_ends_in_one_sentence(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = typed(*words)
    assert said.exit_code == 2 and sentence in said.output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "course.ipynb").write_text("mine")
    said = typed("teach", "--notebook", "--out", "course.ipynb")
    assert said.exit_code == 2 and "exists already" in said.output
    assert (tmp_path / "course.ipynb").read_text() == "mine"


def test_twins_shows_both_lives_and_the_clause():
    said = typed("twins", "fee_for_service_open", "bundle_flat", "--share", "0.004")
    words = " ".join(said.output.split())
    assert said.exit_code == 0
    assert "the lives part" in words and "The cause: this clause of the contract" in words
    found = json.loads(
        typed("twins", "fee_for_service_open", "bundle_flat", "--share", "0.004", "--json").output
    )
    assert found["found"] and len(found["lives"]["sessions"]["baseline"]) == 60
    one, two = (found["lives"]["sessions"][world] for world in ("baseline", "policy"))
    assert one[: found["parting_month"]] == two[: found["parting_month"]]
    assert sum(one) > sum(two)


def test_who_fits_nobody_is_told_what_to_try():
    said = typed(
        "twins", "fee_for_service_open", "fee_for_service_2019", "--share", "0.002",
        "--ask", "severe_refused", "--lang", "nl",
    )  # fmt: skip
    assert said.exit_code == 0 and "Probeer" in said.output
