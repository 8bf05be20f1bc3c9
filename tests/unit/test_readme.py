"""The README keeps its promises: the month it prints is the month that runs."""

import re
from pathlib import Path

from click.testing import CliRunner

from experiments.cli import main
from experiments.month_command import month_table
from experiments.sweeps.design import read_design
from model.parameters import load_registry
from model.schedule import MONTH

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_month_in_the_readme_is_the_month_that_runs():
    assert month_table() in README
    assert len(month_table().splitlines()) == len(MONTH)


def test_the_command_prints_the_same_month():
    assert CliRunner().invoke(main, ["month"]).output.strip() == month_table().strip()


def test_the_first_screen_says_what_results_are_not():
    first_screen = "\n".join(README.splitlines()[:40])
    assert "What these results are not" in first_screen
    assert "make demo" in first_screen and "make test" in first_screen


def test_every_command_in_the_readme_exists():
    for line in README.splitlines():
        if line.startswith("zorgbundel "):
            assert line.split()[1] in main.commands, line


def test_the_figure_is_there():
    picture = Path(__file__).parents[2] / "dashboards" / "readme" / "budget_tests.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "dashboards/readme/budget_tests.png" in README


def test_the_sweep_of_the_readme_is_a_design(tmp_path):
    (example,) = re.findall(r"```yaml\n(baseline:.*?)```", README, re.DOTALL)
    path = tmp_path / "design.yaml"
    path.write_text(example, encoding="utf-8")
    design = read_design(path, load_registry())
    assert (design.seeds, design.draws, len(design.levers)) == (6, 40, 1)
