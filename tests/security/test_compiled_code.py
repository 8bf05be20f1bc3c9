"""Compiled code is loaded from folders of our own only: what lies there is run."""

import os
import tempfile
from pathlib import Path

import pytest

from model import rules


@pytest.fixture
def shared(tmp_path, monkeypatch) -> Path:
    """Where compiled code goes when the program's own folder cannot be written."""
    monkeypatch.setattr(rules, "_ROOT", tmp_path / "file" / "below")  # can never be made
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"zorgbundel-numba-cache-{os.getuid()}"


def test_the_folder_is_ours_and_closed_to_others(shared):
    assert rules._cache_folder().parent == shared
    assert shared.stat().st_mode & 0o077 == 0


def test_a_folder_that_somebody_else_put_there_is_not_used(shared, monkeypatch):
    shared.mkdir()
    owner = os.getuid()
    monkeypatch.setattr(rules, "_user", lambda: owner + 1)
    planted = shared.with_name(f"zorgbundel-numba-cache-{owner + 1}")
    planted.mkdir()  # belongs to us, who are now somebody else
    assert rules._cache_folder().parent != planted


def test_a_link_is_not_followed(shared, tmp_path):
    (tmp_path / "planted").mkdir()
    shared.symlink_to(tmp_path / "planted")
    assert shared not in (rules._cache_folder(), rules._cache_folder().parent)
