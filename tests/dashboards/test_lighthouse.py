"""Lighthouse: found where ``make lighthouse`` puts it, and heard whatever it says."""

import json
import stat
from pathlib import Path

import pytest

from dashboards import lighthouse

ROOT = Path(__file__).resolve().parents[2]


def a_report(performance: float | None = 0.93) -> dict:
    def category(score, *audits):
        return {"score": score, "auditRefs": [{"id": name, "weight": w} for name, w in audits]}

    return {
        "categories": {
            "performance": category(performance, ("slow", 25), ("quick", 25)),
            "accessibility": category(0.97, ("contrast", 7), ("by-hand", 0)),
            "best-practices": category(1.0, ("quick", 1)),
        },
        "audits": {
            "slow": {"title": "Largest picture", "score": 0.4, "displayValue": "2.9 s"},
            "quick": {"title": "Nothing wrong", "score": 1.0},
            "contrast": {"title": "Contrast is too low", "score": 0.0},
            "by-hand": {"title": "Look yourself", "score": 0.0},
        },
    }


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return a function that puts a program in the place of Lighthouse."""

    def put(body: str) -> None:
        path = tmp_path / "lighthouse"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(lighthouse, "OWN", path)

    return put


def test_scores_are_read_and_lost_points_are_named(stand_in, tmp_path):
    (tmp_path / "made.json").write_text(json.dumps(a_report()))
    copy = (
        f'for x; do case "$x" in --output-path=*) cp {tmp_path}/made.json "${{x#*=}}";; esac; done'
    )
    stand_in(copy)
    notes: list[str] = []
    assert lighthouse.scores("http://127.0.0.1:9/", notes) == {
        "least_lighthouse_performance": pytest.approx(93.0),
        "least_lighthouse_accessibility": pytest.approx(97.0),
        "least_lighthouse_best_practices": 100.0,
    }
    assert notes == [
        "Lighthouse, performance: Largest picture (2.9 s).",
        "Lighthouse, accessibility: Contrast is too low.",
    ]


def test_a_score_that_could_not_be_reckoned_is_left_out(stand_in, tmp_path):
    (tmp_path / "made.json").write_text(json.dumps(a_report(performance=None)))
    copy = (
        f'for x; do case "$x" in --output-path=*) cp {tmp_path}/made.json "${{x#*=}}";; esac; done'
    )
    stand_in(copy)
    assert "least_lighthouse_performance" not in lighthouse.scores("http://127.0.0.1:9/", [])


def test_a_failure_is_a_note_with_its_reason(stand_in):
    stand_in("echo 'no Chrome' >&2; exit 1")
    notes: list[str] = []
    assert lighthouse.scores("http://127.0.0.1:9/", notes) == {}
    assert notes == ["Lighthouse failed: no Chrome"]


def test_without_the_program_the_note_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(lighthouse, "OWN", tmp_path / "nowhere")
    monkeypatch.setattr(lighthouse.shutil, "which", lambda _: None)
    notes: list[str] = []
    assert lighthouse.scores("http://127.0.0.1:9/", notes) == {}
    assert "make lighthouse" in notes[0]


def test_make_puts_it_where_the_bench_looks():
    place = lighthouse.OWN.relative_to(ROOT).as_posix()
    assert f"LIGHTHOUSE = {place}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")
