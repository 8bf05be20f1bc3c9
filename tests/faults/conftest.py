"""A sweep in which nothing went wrong, to compare the others with."""

import pytest
from sweep_folders import DESIGN, RUNS, run, tables


@pytest.fixture(scope="session")
def design(tmp_path_factory):
    path = tmp_path_factory.mktemp("design") / "design.yaml"
    path.write_text(DESIGN)
    return path


@pytest.fixture(scope="session")
def undisturbed_folder(design, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    code, said = run(design, out, "--workers", "1")
    assert code == 0, said
    return out


@pytest.fixture(scope="session")
def undisturbed(undisturbed_folder):
    found = tables(undisturbed_folder)
    assert len(found["runs"]) == RUNS
    return found
