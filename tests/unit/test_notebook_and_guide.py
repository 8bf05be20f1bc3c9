"""The notebook of courses that program, and the lecturer's guide."""

import json
import re
from pathlib import Path

import pytest

from experiments.number_format import LANGUAGES
from experiments.teaching import guide as module
from experiments.teaching.guide import DOCS, frame, guide, write_guide
from experiments.teaching.lesson import lessons
from experiments.teaching.lesson_results import stored
from experiments.teaching.notebook import notebook, write_notebook

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notebook_is_a_valid_one_with_text_in_its_language(language, tmp_path):
    import nbformat

    path = tmp_path / "course.ipynb"
    write_notebook(path, language)
    book = nbformat.read(path, 4)
    nbformat.validate(book)
    text = "".join(cell.source for cell in book.cells)
    word = {"en": "Twin lives", "nl": "Tweelinglevens"}
    assert word[language] in text and f'language = "{language}"' in text
    assert "LANGUAGE" not in text


def test_both_notebooks_have_the_same_code():
    def code(language):
        return [
            "".join(cell["source"]).replace(f'"{language}"', '"xx"')
            for cell in notebook(language)["cells"]
            if cell["cell_type"] == "code"
        ]

    assert code("en") == code("nl")
    for cell in code("en"):
        compile(cell, "cell", "exec")


@pytest.mark.slow
def test_every_cell_of_the_notebook_runs():
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.reads(json.dumps(notebook("nl")), 4)
    NotebookClient(book, timeout=1200, resources={"metadata": {"path": str(ROOT)}}).execute()
    pictures = [
        out
        for cell in book.cells
        if cell.cell_type == "code"
        for out in cell.outputs
        if "image/png" in out.get("data", {})
    ]
    assert len(pictures) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_in_the_documentation_is_what_the_lessons_say(language):
    file = ROOT / "docs/teaching" / DOCS[language]
    assert file.read_text(encoding="utf-8") == guide(language), (
        f"zorgbundel teach --guide --lang {language} --out {DOCS[language]}"
    )


@pytest.mark.parametrize("form", ["md", "html"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_has_every_lesson_with_goal_answer_and_discussion(language, form):
    text = re.sub(r"<[^>]*>|&#39;|&quot;|\*", "", guide(language, form))
    for lesson in lessons().values():
        right = lesson.answers[lesson.right(stored(lesson)[0][0].mean)]
        for part in (lesson.goal, right.text, lesson.discuss[0].question):
            said = re.sub(r"['\"]", "", getattr(part, language))
            assert said in re.sub(r"['\"]", "", text)
    assert "{" not in text.split("</style>")[-1] or form == "html"


def test_the_plans_fill_their_minutes_with_lessons_that_exist():
    known = {lesson.number for lesson in lessons().values()}
    assert [plan["minutes"] for plan in frame()["plans"]] == [60, 90]
    for plan in frame()["plans"]:
        assert sum(row["minutes"] for row in plan["rows"]) == plan["minutes"]
        assert {one for row in plan["rows"] for one in row["lessons"]} <= known


def test_the_page_for_print_stands_alone(tmp_path):
    write_guide(tmp_path / "guide.html", "en")
    page = (tmp_path / "guide.html").read_text()
    assert "@media print" in page and 'lang="en"' in page
    assert "http" not in page and "<script" not in page and "<link" not in page


def test_results_that_are_old_make_no_guide(monkeypatch):
    monkeypatch.setattr(module, "stored", lambda lesson: None)
    with pytest.raises(ValueError, match="teach --precompute"):
        guide("en")
