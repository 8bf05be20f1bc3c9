"""Same luck: a difference between two worlds is caused by policy, by nothing else.

Not by another seed of Python, not by a branch, not by equations compiled from older code.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich_contract import RICH

from model import rules, schedule, simulation, state
from model.contracts.intake_fee import IntakeFee
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
#: Nobody waits and nobody asks how others fared, so patients touch each other nowhere.
ROOMY = P.replace({"capacity_slack": 1000.0, "choice_per_reputation": 0.0})
SPAN = Span(2024, 2025, 2026)
ROOT = Path(__file__).parent.parent.parent
BUNDLE = (IntakeFee(), WeightClassBundle(prices=(250.0, 300.0, 350.0, 120.0)))
NEUTRAL = Policy(clauses=(IntakeFee(), WeightClassBundle()))
EVERYTHING = Policy(clauses=RICH)


def make(policy, p=P, seed=3, share=0.02, **more):
    return World(p, policy, seed, Size.of_share(p, share), SPAN, **more)


def columns(world):
    """Return every column of persons as one dictionary of copies."""
    tables = ("person", "health", "care", "tally")
    return {
        f"{t}.{name}": array.copy()
        for t in tables
        for name, array in getattr(world, t)._asdict().items()
    }


def fingerprint(world) -> str:
    """Return a hash of all columns, the insurers' books, all results and the whole ledger."""
    h = hashlib.sha256()
    for name, array in columns(world).items():
        h.update(name.encode() + array.tobytes())
    books = vars(world.books)
    kept = [array for array in books.values() if isinstance(array, np.ndarray)]
    withheld = [books["withheld"][kpi] for kpi in sorted(books["withheld"])]
    for array in (*state.copy(world.practice_tally), *kept, *withheld, *books["register"],
                  *world.rewards):  # fmt: skip
        h.update(array.tobytes())
    for frame in (world.ledger.lines(), world.ledger.totals(), world.results()):
        h.update(frame.to_csv().encode())
    return h.hexdigest()


def diary(policy, p):
    """Run a world; return each month's columns and who ever stood at which practice.

    Practices are noted twice a month: a patient may ask one, be refused and turn to another
    before the month is over.
    """
    w, days, met = make(policy, p), [], []
    note = schedule.Phase("note", "notes practices", lambda w: met.append(w.care.practice.copy()))
    asked = 1 + [phase.name for phase in simulation.MONTH].index("care seeking")
    with pytest.MonkeyPatch.context() as patch:
        month = (*simulation.MONTH[:asked], note, *simulation.MONTH[asked:], note)
        patch.setattr(simulation, "MONTH", month)
        while w.month < w.span.months:
            w.step()
            days.append(columns(w))
    return w, days, np.array(met)


def differ(one, other):
    """Return for each person whether any column differs."""
    different = np.zeros(next(iter(one.values())).size, dtype=bool)
    for name, array in one.items():
        different |= ~((array == other[name]) | (np.isnan(array) & np.isnan(other[name])))
    return different


def busiest(policy, p):
    _, _, met = diary(policy, p)
    return int(np.bincount(met[-1][met[-1] >= 0]).argmax())


@pytest.fixture(scope="module")
def roomy():
    """Two worlds with room everywhere that differ in the contract of one practice."""
    k = busiest(Policy(), ROOMY)
    changed = Policy(clauses=BUNDLE, only_practices=(k,))
    return k, diary(Policy(), ROOMY), diary(changed, ROOMY)


def test_who_never_meets_the_changed_practice_lives_the_identical_life(roomy):
    k, (_, base, met), (_, changed, met_too) = roomy
    never = ~(met == k).any(axis=0)

    np.testing.assert_array_equal(never, ~(met_too == k).any(axis=0))
    assert never.sum() > 1000 and (~never).sum() > 20
    for month, (one, other) in enumerate(zip(base, changed, strict=True)):
        strangers = np.flatnonzero(differ(one, other) & never)
        assert strangers.size == 0, f"month {month}: rows {strangers[:5]} differ"


def test_some_who_meet_the_changed_practice_live_another_life(roomy):
    k, (_, base, met), (_, changed, _) = roomy
    meets = (met == k).any(axis=0)

    assert differ(base[-1], changed[-1])[meets].sum() > 5
    before = SPAN.policy_month
    for one, other in zip(base[:before], changed[:before], strict=True):
        assert not differ(one, other).any()


def test_the_ledger_of_those_who_never_meet_the_practice_is_identical(roomy):
    k, (base, _, met), (changed, _, _) = roomy
    never = np.flatnonzero(~(met == k).any(axis=0))

    def lines(world):
        table = world.ledger.readable()
        table = table[table.patient.isin(never)]
        text = ["payer", "payee", "framework", "clause"]
        table = table.astype(dict.fromkeys(text, str))
        return table.sort_values(["month", "patient", "clause", "payer"]).reset_index(drop=True)

    pd.testing.assert_frame_equal(lines(base), lines(changed))
    assert "weight_class_bundle" in changed.ledger.clauses
    assert "weight_class_bundle" not in base.ledger.clauses


def test_where_practices_are_full_other_regions_still_live_the_identical_life():
    """A refused patient may crowd a neighbour practice, but never one in another region."""
    tight = P.replace({"capacity_slack": 0.2})
    k = busiest(Policy(), tight)
    w, base, met = diary(Policy(), tight)
    _, changed, _ = diary(Policy(clauses=BUNDLE, only_practices=(k,)), tight)
    elsewhere = w.person.region != w.practices.region[k]

    assert elsewhere.sum() > 1000
    assert not any(
        (differ(one, other) & elsewhere).any() for one, other in zip(base, changed, strict=True)
    )
    assert differ(base[-1], changed[-1])[(met == k).any(axis=0)].any()


def test_two_seeds_differ_and_one_seed_does_not():
    one, again, other = (make(NEUTRAL, seed=s, share=0.005).run() for s in (1, 1, 2))

    assert fingerprint(one) == fingerprint(again)
    assert fingerprint(one) != fingerprint(other)
    n = min(one.health.fev1.size, other.health.fev1.size)
    assert (one.health.fev1[:n] != other.health.fev1[:n]).mean() > 0.99


SCRIPT = """
import sys
sys.path[:0] = ["tests", "tests/verification"]
from test_same_luck import EVERYTHING, fingerprint, make
print(hash("luck"), fingerprint(make(EVERYTHING, share=0.005).run()))
"""


def test_the_hash_seed_of_python_does_not_matter():
    answers = []
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        answers.append(done.stdout.split())

    assert answers[0][0] != answers[1][0]  # the processes do hash differently
    assert answers[0][1] == answers[1][1]
    assert answers[0][1] == fingerprint(make(EVERYTHING, share=0.005).run())


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(entitlement=Entitlement.MAXIMA_2019),
        Policy(entitlement=Entitlement.CHRONIC_LIST),
        NEUTRAL,
        EVERYTHING,
        Policy(clauses=BUNDLE, practices_share=0.5, insurers_share=0.6),
        Policy(clauses=(IntakeFee(), WeightClassBundle()), levers={"bundle_price_factor": 1.1}),
    ],
    ids=["open", "2019", "chronic", "neutral", "everything", "half", "lever"],
)
def test_branching_equals_running_straight_through(policy):
    trunk = make(HISTORY, share=0.005).run(SPAN.policy_month)
    before = {name: array.copy() for name, array in columns(trunk).items()}
    branched = trunk.branch(policy).run()
    straight = make(policy, share=0.005).run()

    assert fingerprint(branched) == fingerprint(straight)
    assert trunk.month == SPAN.policy_month
    assert not differ(before, columns(trunk)).any()  # the trunk can be branched again
    assert fingerprint(trunk.branch(policy).run()) == fingerprint(straight)


def test_the_lines_of_the_ledger_can_be_left_out_without_changing_anything():
    full, lean = (make(NEUTRAL, share=0.005, keep_lines=keep).run() for keep in (True, False))

    pd.testing.assert_frame_equal(full.results(), lean.results())
    pd.testing.assert_frame_equal(full.ledger.totals(), lean.ledger.totals())
    assert len(full.ledger.lines()) > 0 and len(lean.ledger.lines()) == 0
    assert not differ(columns(full), columns(lean)).any()


# --- no compiled code of older sources


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Stand a small program with two source folders in the place of this one."""
    for folder in ("model", "agents", "scenarios"):
        (tmp_path / folder / "deep").mkdir(parents=True)
        (tmp_path / folder / "deep" / "one.py").write_text("FACTOR = 1.0\n")
    monkeypatch.setattr(rules, "_ROOT", tmp_path)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    return tmp_path


def change(path):
    path.write_text("FACTOR = 2.0\n")


@pytest.mark.parametrize("folder", ["model", "agents"])
@pytest.mark.parametrize(
    "touch",
    [
        change,
        lambda path: path.with_name("two.py").write_text(""),
        lambda path: path.rename(path.with_name("two.py")),
        lambda path: path.unlink(),
    ],
    ids=["changed", "added", "renamed", "removed"],
)
def test_another_source_has_another_cache_of_compiled_code(sources, folder, touch):
    before = rules._cache_folder()
    assert rules._cache_folder() == before
    assert before.parent == sources / ".numba-cache"
    touch(sources / folder / "deep" / "one.py")

    assert rules._cache_folder() != before
    assert rules._cache_folder().parent == before.parent


def test_another_compiler_has_another_cache_and_a_scenario_has_not(sources, monkeypatch):
    before = rules._cache_folder()
    change(sources / "scenarios" / "deep" / "one.py")
    (sources / "model" / "numbers.yaml").write_text("a: 1\n")
    assert rules._cache_folder() == before

    monkeypatch.setattr(rules.numba, "__version__", "0.0.0")
    assert rules._cache_folder() != before


def test_rules_and_phases_are_written_in_the_folders_that_are_hashed():
    users = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.glob("[a-z]*/**/*.py")
        if "from model.rules import" in path.read_text(encoding="utf-8")
    }

    assert users - {"tests"} == set(rules._SOURCES)


def test_only_a_few_old_caches_are_kept(sources, monkeypatch):
    old = [sources / ".numba-cache" / f"old{age}" for age in range(7)]
    for age, folder in enumerate(old):
        folder.mkdir(parents=True)
        os.utime(folder, (1e9 - age, 1e9 - age))
    monkeypatch.setattr(rules.numba.config, "CACHE_DIR", "")
    rules._use_cache()

    assert str(rules._cache_folder()) == rules.numba.config.CACHE_DIR
    assert [folder.exists() for folder in old] == [True] * rules._KEPT + [False] * 3


RULE = """
from model.rules import rule

@rule
def priced(sessions):
    return 2.0 * sessions
"""
PHASE = """
import numpy as np
from agents.one import priced
from model.rules import phase

@phase
def run(sessions):
    total = 0.0
    for count in sessions:
        total += priced(count)
    return total

if __name__ == "__main__":
    print(run(np.array([1.0, 2.0])), sum(run.stats.cache_hits.values()))
"""


def test_an_edited_rule_gives_its_new_number_in_a_phase_of_another_file(sources):
    """Numba alone renews a phase only when the phase's own file changes."""
    shutil.copy(ROOT / "model" / "rules.py", sources / "model" / "rules.py")
    for folder in ("model", "agents"):
        (sources / folder / "__init__.py").touch()
    one, two = sources / "agents" / "one.py", sources / "model" / "two.py"
    one.write_text(RULE)
    two.write_text(PHASE)

    def answer():
        return subprocess.run(
            [sys.executable, "-m", "model.two"], cwd=sources, capture_output=True, text=True,
            check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        ).stdout.split()  # fmt: skip

    assert answer() == ["6.0", "0"]
    assert answer() == ["6.0", "1"]  # unchanged: not compiled again
    one.write_text(RULE.replace("2.0", "3.0"))
    assert answer() == ["9.0", "0"]
