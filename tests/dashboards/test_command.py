"""``zorgbundel dashboard``: one clear sentence for what cannot be, and the library made anew."""

import json
import socket
from dataclasses import replace

import pytest
from click.testing import CliRunner

from dashboards import library, pack
from dashboards.precompute import library_design, precompute
from experiments.cli import main


def said(*arguments: str):
    return CliRunner().invoke(main, ["dashboard", *arguments], standalone_mode=False)


def test_a_port_in_use_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} is in use" in str(said("--port", str(port)).exception)


@pytest.mark.parametrize("path", ["zorg", "/zorg/"])
def test_a_root_path_that_cannot_be_is_refused(path):
    assert "--root-path starts with a slash" in str(said("--root-path", path).exception)


def test_the_offline_check_says_it_is_ready():
    assert "Ready without internet" in said("--offline-check").output


def test_the_pack_is_small_and_made_of_real_files(tmp_path):
    folder = pack.make_pack(tmp_path / "pack")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert 20 <= len(files) <= 60
    assert sum(path.stat().st_size for path in files) < 8e6
    assert not any(path.is_symlink() for path in files)


def test_missing_browser_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pack.sys, "prefix", str(tmp_path))
    with pytest.raises(pack.PackError, match="make setup"):
        pack.source()


@pytest.mark.slow
def test_the_library_is_made_anew(tmp_path):
    design = replace(library_design(2, 2, 0.003), policies=("bundle_flat",))
    precompute(design, tmp_path / "made", workers=1)
    made = json.loads((tmp_path / "made/manifest.json").read_text())
    assert made["fingerprint"] == library.fingerprint()
    assert set(made["scenarios"]) == {
        "bundle_flat", "fee_for_service_open", "fee_for_service_capped",
    }  # fmt: skip
    result = library.stored("bundle_flat", tmp_path / "made")["result"]
    assert result["estimate"]["at"] == [0.8, 0.9, 1.0, 1.1, 1.2]
    assert "bundle_flat --seeds 2 --draws 2" in result["command"]
