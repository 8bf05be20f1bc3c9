"""The frozen example is the one that was made, and comes out again number by number.

A difference is a changed result. If it is meant: ``make example``, and mark it **Results** in the
changelog. Do not refresh during a refactor.
"""

from click.testing import CliRunner

from experiments.cli import main
from experiments.fingerprints import folder_of
from experiments.frozen_example import COMMAND, FOLDER, KEPT, SUMS, checksums, read_checksums
from experiments.manifest import read_manifest


def test_the_files_are_those_that_were_made():
    assert read_checksums() == checksums(FOLDER)
    assert {path.name for path in FOLDER.iterdir()} == {*KEPT, SUMS, "README.md"}


def test_the_documented_command_is_the_one_that_made_it():
    design = read_manifest(FOLDER).design
    said = (FOLDER / "README.md").read_text(encoding="utf-8").replace("\\\n", "")
    for part in (*COMMAND[:3], f"--seeds {design.seeds}", f"--draws {design.draws}",
                 f"--share {design.share:g}", f"--draws-from {design.draws_from}"):  # fmt: skip
        assert part in said


def test_every_number_is_made_again():
    said = CliRunner().invoke(main, ["reproduce", str(FOLDER), "--workers", "1"])
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("Identical: all ")
    fingerprint = said.stdout.split("Fingerprint: ")[1].strip()
    assert folder_of(fingerprint, FOLDER.parent) == FOLDER
