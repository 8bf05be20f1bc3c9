"""A fingerprint stands for what made a result, is on every figure, and leads back to the folder."""

import json

import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

from experiments.cli import main
from experiments.figures import image_bytes
from experiments.figures.drawing import Drawing
from experiments.fingerprints import (
    check,
    fingerprint_of,
    folder_of,
    folders_of,
    looks_like_one,
    with_fingerprint,
)
from experiments.output import OutputError
from experiments.saving import write_manifest

DOCUMENT = {"kind": "run", "seed": 1, "tables": {"outcomes": "ab"}}


def save(folder, document, name="manifest.json"):
    folder.mkdir(parents=True)
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_it_changes_with_anything_but_the_date():
    own = fingerprint_of(DOCUMENT)
    assert len(own) == 16 and looks_like_one(own)
    assert fingerprint_of({**DOCUMENT, "date": "2026-11-28", "fingerprint": "x"}) == own
    assert fingerprint_of(dict(reversed(DOCUMENT.items()))) == own
    assert fingerprint_of({**DOCUMENT, "seed": 2}) != own
    assert with_fingerprint(DOCUMENT)["fingerprint"] == own


@pytest.mark.parametrize("text", ["results/demo", "cadf", "CADFC44D", "cadfc44d3cc8725e0", ""])
def test_other_texts_are_no_fingerprints(text):
    assert not looks_like_one(text)


def test_a_changed_document_is_refused(tmp_path):
    assert check(with_fingerprint(DOCUMENT), tmp_path) == fingerprint_of(DOCUMENT)
    assert check(DOCUMENT, tmp_path) == ""
    with pytest.raises(OutputError, match="was changed after it was written"):
        check({**with_fingerprint(DOCUMENT), "seed": 2}, tmp_path)


def test_it_leads_back_to_the_folder(tmp_path):
    one = save(tmp_path / "results" / "one", with_fingerprint(DOCUMENT))
    two = save(tmp_path / "two", {**DOCUMENT, "kind": "sweep", "plan": 3}, "design.json")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("[[[", encoding="utf-8")

    assert folders_of(fingerprint_of(DOCUMENT), tmp_path) == [one]
    sweep = fingerprint_of({**DOCUMENT, "kind": "sweep"})  # what the plan counts is no part of it
    assert folder_of(sweep[:8], tmp_path) == two
    with pytest.raises(OutputError, match="No results"):
        folder_of("0" * 16, tmp_path)
    save(tmp_path / "copy", with_fingerprint(DOCUMENT))
    with pytest.raises(OutputError, match="Several folders"):
        folder_of(fingerprint_of(DOCUMENT), tmp_path)


def test_reproduce_takes_a_fingerprint(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "results" / "one", with_fingerprint(DOCUMENT))
    own = fingerprint_of(DOCUMENT)
    said = CliRunner().invoke(main, ["reproduce", own])
    assert said.stdout == f"Fingerprint {own}: results/one\n"
    assert said.exit_code == 2 and "damaged" in said.stderr  # found, and not a whole manifest
    said = CliRunner().invoke(main, ["reproduce", "0123456789abcdef"])
    assert said.exit_code == 2 and "No results" in said.stderr


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_it_is_on_the_figure_and_goes_again(kind):
    drawing = Drawing(Figure(figsize=(9.0, 2.0)), "title", "alt", "caption")
    plain = image_bytes(drawing, kind)
    marked = image_bytes(drawing, kind, "cadfc44d3cc8725e")
    assert marked != plain and marked != image_bytes(drawing, kind, "cadfc44d3cc8725f")
    assert image_bytes(drawing, kind) == plain
    assert drawing.figure.texts == []


def test_whatever_manifest_is_written_says_when_it_was_changed(tmp_path):
    write_manifest({"kind": "analysis", "version": "0", "effects": [1.5]}, tmp_path)
    path = tmp_path / "manifest.json"
    document = json.loads(path.read_text())

    assert check(document, path) == document["fingerprint"]
    with pytest.raises(OutputError, match="was changed"):
        check({**document, "effects": [1.6]}, path)
