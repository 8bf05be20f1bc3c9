"""The documents of face validity say what the worlds do: numbers, directions, words, figures."""

import re
from pathlib import Path

import pytest

from experiments.face_validity.document import (
    DOCUMENTS,
    document,
    figure_name,
    kinds,
    sentence,
)
from experiments.face_validity.experiment import (
    FALLS,
    FOLDER,
    RISES,
    STAYS,
    Finding,
    all_findings,
    experiments,
    findings,
)
from experiments.face_validity.small_png import small_png
from experiments.figures.face_validity import face_figure
from experiments.texts import texts
from experiments.theories import SHARES
from model.outcomes import BY_ID
from scenarios.loader import library

DOCS = Path(__file__).parents[2] / "docs"
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
#: Numbers may differ so much between machines: of a share one point, else 3 %.
POINTS, PART = 1.0, 0.03


@pytest.mark.parametrize("one", experiments(), ids=lambda one: one.name)
def test_measures_go_where_they_should(one):
    for found in findings(one):
        assert found.direction == found.expected, f"{found}; if meant, write the documents anew"


@pytest.mark.parametrize("language", DOCUMENTS)
def test_the_documents_say_what_the_worlds_do(language):
    """Word for word, and numbers within a tolerance; else: python -m experiments.face_validity."""
    written = (DOCS / DOCUMENTS[language]).read_text(encoding="utf-8")
    now = document(all_findings(), language)

    assert NUMBER.sub("#", written) == NUMBER.sub("#", now)
    for then, new in zip(NUMBER.findall(written), NUMBER.findall(now), strict=True):
        a, b = (float(text.replace(",", ".")) for text in (then, new))
        assert a == b or abs(a - b) <= max(POINTS, PART * abs(b)), (then, new)


@pytest.mark.parametrize("language", DOCUMENTS)
def test_every_experiment_is_told_with_its_file_and_figure(language):
    written = (DOCS / DOCUMENTS[language]).read_text(encoding="utf-8")
    t = texts(language)

    for one in experiments():
        assert f"### {t(f'face.{one.name}.title')}\n" in written
        code = (FOLDER / f"{one.name}.yaml").read_text(encoding="utf-8").strip()
        assert code in written and len(code.splitlines()) <= 10
    for kind in kinds():
        assert f"]({figure_name(kind, language)})" in written
        png = (DOCS / figure_name(kind, language)).read_bytes()
        assert png.startswith(b"\x89PNG") and len(png) < 60_000


def test_every_danger_and_countermeasure_is_there():
    names = {one.name[3:] for one in experiments()}

    assert {"undertreatment", "risk_selection", "upcoding"} <= names
    assert {
        "session_floor", "prices_by_class", "mixed_payment", "risk_corridor", "stop_loss",
        "audits_without_fine", "audits_with_fine", "process_kpis", "outcome_kpis_unadjusted",
        "outcome_kpis_adjusted", "joint_contracting", "regulator_acts",
    } <= names  # fmt: skip
    for one in experiments():
        assert {one.before, one.after} <= set(library()) and one.theory in SHARES
        assert set(one.expect) <= set(BY_ID)


@pytest.mark.parametrize(
    ("measure", "before", "after", "direction"),
    [
        ("refused_share", 0.1, 0.106, RISES), ("refused_share", 0.1, 0.104, STAYS),
        ("refused_share", 0.1, 0.09, FALLS), ("admin_hours", 2.0, 2.02, RISES),
        ("admin_hours", 2.0, 2.009, STAYS), ("admin_hours", 2.0, 1.98, FALLS),
    ],
)  # fmt: skip
def test_a_direction_by_hand(measure, before, after, direction):
    assert Finding(measure, RISES, before, after).direction == direction


def test_a_sentence_in_both_languages():
    found = Finding("refused_share", RISES, 0.0, 0.2198)

    assert sentence(found, "en") == "Intake requests refused: up from 0.00 % to 21.98 %."
    assert sentence(found, "nl") == "Geweigerde aanmeldingen: gestegen van 0,00 % naar 21,98 %."


def test_a_figure_shows_every_share_and_is_small():
    found = {
        one.name: tuple(Finding(m, e, 0.2, 0.4) for m, e in one.expect.items())
        for one in experiments()
    }
    drawing = face_figure(found, "kpis", "nl")
    labels = " ".join(label.get_text() for label in drawing.figure.axes[0].get_yticklabels())

    assert BY_ID["joined_share"].nl in labels and BY_ID["admin_hours"].nl not in labels
    assert "20,0 % naar 40,0 %" in drawing.alt
    assert len(small_png(drawing.figure)) < 60_000
