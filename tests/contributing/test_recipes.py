"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the tree."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = {"A parameter", "A clause", "A scenario", "A measure", "A theory", "A language"}


@dataclass(frozen=True)
class Block:
    """A block of a recipe: what kind, for which file, and its lines."""

    kind: str
    path: str
    lines: tuple[str, ...]

    @property
    def added(self) -> list[str]:
        """Lines that count: no blanks, imports and docstrings of one line."""
        new = [line[1:] for line in self.lines if line.startswith("+")]
        own = new if self.kind == "diff" else self.lines
        return [
            line for line in own
            if line.strip() and not line.strip().startswith(("import ", "from ", '"""'))
        ]  # fmt: skip

    def follow(self, tree: Path) -> None:
        """Do in a tree what the block says."""
        if self.kind == "sh":
            subprocess.run(["sh", "-euc", "\n".join(self.lines)], cwd=tree, check=True)
            return
        file = tree / self.path
        if self.kind != "diff":
            assert not file.exists(), f"{self.path} is there already"
            file.write_text("\n".join(self.lines) + "\n", encoding="utf-8")
            return
        before = "\n".join(line[1:] for line in self.lines if line.startswith(" ")) + "\n"
        text = file.read_text(encoding="utf-8")
        assert text.count(before) >= 1, f"{self.path} has no such lines any more: {before}"
        new = "\n".join(line[1:] for line in self.lines) + "\n"
        file.write_text(text.replace(before, new, 1), encoding="utf-8")


def recipes() -> dict[str, list[Block]]:
    """Return the blocks of each recipe."""
    found = {}
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        blocks = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)
        found[title] = [Block(kind, path, tuple(text.splitlines())) for kind, path, text in blocks]
    return found


def copy_of_tree(folder: Path) -> Path:
    """Return a copy of the program in which every recipe was followed."""
    leave = shutil.ignore_patterns("__pycache__", "library_results", "*.expected.json", "shipped")
    for name in ("model", "agents", "scenarios", "experiments", "dashboards"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    for blocks in recipes().values():
        for block in blocks:
            block.follow(folder)
    return folder


def run(tree: Path, code: str) -> str:
    env = os.environ | {"PYTHONPATH": str(tree), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", code],
        env=env, cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_each_recipe_is_there_and_short():
    found = recipes()
    assert set(found) == RECIPES
    for title, blocks in found.items():
        assert blocks, title
        assert sum(len(block.added) for block in blocks) < 10, title


def test_what_a_third_language_costs_is_said_as_it_is():
    """Ten lines give it a copy of the sentences; the labels that remain are counted in the text."""
    said = int(re.search(r"Some (\d+) labels", TEXT)[1])
    files = [
        path for folder in ("model", "scenarios", "experiments", "dashboards")
        for path in (ROOT / folder).rglob("*.yaml")
    ]  # fmt: skip
    count = sum(len(re.findall(r"\bnl:", path.read_text("utf-8"))) for path in files)

    assert 0.9 * said < count < 1.1 * said
    for path in ("experiments/number_format.py", "model/parameters/parameter.py"):
        assert path in TEXT and re.search(r"\bnl\b", (ROOT / path).read_text("utf-8"))


def test_what_the_recipes_add_is_known_to_the_program(tmp_path):
    """One light check for each, without a world."""
    tree = copy_of_tree(tmp_path)
    said = json.loads(
        run(
            tree,
            "import json\n"
            "from model.parameters import load_registry\n"
            "from model.outcomes import BY_ID\n"
            "from model.codes import THEORIES\n"
            "from scenarios.loader import load\n"
            "from scenarios.clause_words import clause_in_words\n"
            "from experiments.texts import texts\n"
            "registry = load_registry()\n"
            "scenario = load('bundle_with_bonus', registry)\n"
            "bonus = scenario.contract[-1].filled(registry.values())\n"
            "role = registry['intake_bonus_amount'].role\n"
            "print(json.dumps([role, scenario.added, bonus.amount, clause_in_words(bonus, 'nl'),\n"
            "  BY_ID['refusals'].nl, THEORIES.index('half_of_need'),\n"
            "  texts('fy').keys() == texts('en').keys()]))\n",
        )
    )
    assert said == [
        "lever",
        ["intake_bonus"],
        10.0,
        "bonus per intake (EUR 10)",
        "Weigeringen",
        6,
        True,
    ]


@pytest.mark.slow
def test_a_world_with_all_of_them_runs(tmp_path):
    """The bonus reaches the ledger, the measure is observed, the theory plans less."""
    tree = copy_of_tree(tmp_path)
    theory = tree / "half.yaml"
    theory.write_text(
        "title: {en: a, nl: b}\nstory: {en: a, nl: b}\nsource: c\nextends: bundle_with_bonus\n"
        "theories: {half_of_need: 1.0}\n"
    )
    code = (
        "from experiments.cli import main\n"
        "main(['run', {scenario!r}, '--share', '0.003', '--years', '1', '--out', {out!r}])"
    )
    sessions = {}
    for scenario in ("bundle_with_bonus", "half.yaml"):
        out = tree / f"out-{scenario}"
        run(tree, code.format(scenario=scenario, out=str(out)))
        check = run(
            tree,
            "import json, pandas as pd\n"
            f"o = pd.read_parquet({str(out / 'outcomes.parquet')!r})\n"
            f"t = pd.read_parquet({str(out / 'ledger_totals.parquet')!r})\n"
            "o = o[(o['split'] == 'all') & (o['year'] == 2025)].set_index('measure')\n"
            "print(json.dumps([float(o.loc['sessions_per_patient', 'value']),\n"
            "  float(o.loc['refusals', 'value']), t.astype(str).to_csv()]))\n",
        )
        sessions[scenario], refusals, ledger = json.loads(check)
        assert "intake_bonus" in ledger and refusals >= 0.0
    assert sessions["half.yaml"] < 0.9 * sessions["bundle_with_bonus"]
