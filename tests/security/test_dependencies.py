"""What is installed is what was locked, under licences that go together."""

import json
import re

import pytest

from experiments.dependencies import (
    COMPATIBLE,
    LOCK,
    SPECIAL,
    TABLE,
    audit_in_words,
    licence,
    locked,
    parts,
    table,
)


def test_every_package_is_pinned_with_hashes_and_names_no_address():
    text = LOCK.read_text(encoding="utf-8")
    entries = [one for one in re.split(r"\n(?=\S)", text) if not one.startswith("#")]
    assert len(entries) == len(locked()) > 100
    for entry in entries:
        first, *hashes = (line.strip(" \\") for line in entry.strip().splitlines())
        assert re.fullmatch(r"[a-z0-9._-]+==[^ ;]+( ; .+)?", first), first
        assert hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes)
    for word in ("http:", "https:", "://", "git+", "file:", "--index-url", "--find-links", "@"):
        assert word not in text


def test_the_set_up_installs_only_what_the_lock_vouches_for():
    recipe = (LOCK.parent / "Makefile").read_text(encoding="utf-8")
    assert "install --require-hashes -r requirements.lock" in recipe
    assert "install --no-build-isolation --no-deps -e ." in recipe


def test_the_table_of_licences_is_that_of_the_lock():
    assert TABLE.read_text(encoding="utf-8") == table(), "run make licences"


def test_every_licence_goes_with_ours():
    strange = {
        name: licence(name)
        for name in locked()
        if name not in SPECIAL and not set(parts(licence(name))) <= COMPATIBLE
    }
    assert strange == {}
    assert set(SPECIAL) <= set(locked())


@pytest.mark.parametrize(
    ("report", "words", "well"),
    [
        ("no JSON", "could not be reached", False),
        ({"dependencies": [{"name": "a", "skip_reason": "x"}]}, "NOTHING WAS AUDITED", False),
        (
            {
                "dependencies": [
                    {"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": ""}
                ]
            },
            "1 of 2 packages audited, 0 known holes.\nNot audited: 1",
            True,
        ),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]},
            "1 of 1 packages audited, 1 known holes.\na 1: CVE-1",
            False,
        ),
    ],
)  # fmt: skip
def test_an_audit_says_what_it_could_not_see(tmp_path, report, words, well):
    file = tmp_path / "audit.json"
    file.write_text(report if isinstance(report, str) else json.dumps(report))
    said, fine = audit_in_words(file)
    assert words in said and fine is well
