"""Run the mutation test, and print what share of the slips was found."""

import argparse
import hashlib
import json
import math
import os
import random
import sys
from collections import defaultdict
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from .judge import Judge, tests_of
from .mutants import CONTROL, ROOT, Mutant, mutants_of, sample

HERE = Path(__file__).parent
PLAN = yaml.safe_load((HERE / "plan.yaml").read_text(encoding="utf-8"))
OUT = ROOT / "build" / "mutation"
#: Found at least; the command fails below it.
WANTED = 0.85
_Z = 1.959964  # normal quantile of a 95 % interval


def modules_of(group: str, only: list[str]) -> list[str]:
    """Return the modules of a group, as paths below the root."""
    found = {path for glob in PLAN["groups"][group] for path in ROOT.glob(glob)}
    names = sorted(path.relative_to(ROOT).as_posix() for path in found)
    return [name for name in names if not only or any(fnmatch(name, one) for one in only)]


def interval(found: int, tried: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    if not tried:
        return 0.0, 1.0
    share, z2 = found / tried, _Z * _Z
    middle = (share + z2 / (2 * tried)) / (1 + z2 / tried)
    half = _Z / (1 + z2 / tried) * math.sqrt(share * (1 - share) / tried + z2 / (4 * tried**2))
    return middle - half, middle + half


def weighted(modules: dict[str, tuple[int, int, int]]) -> tuple[float, float, float]:
    """Return the share found in all slips of a group, with its 95 % interval.

    A stratified estimate: each module counts for all its slips, judged or not. The variance of
    a module in which all or none were found is taken with half a slip more on each side.

    Args:
        modules: By module: found, judged, and how many slips there are.
    """
    total = sum(size for _, tried, size in modules.values() if tried)
    share = variance = 0.0
    for found, tried, size in modules.values():
        if not tried:
            continue
        weight = size / total
        share += weight * found / tried
        even = (found + 0.5) / (tried + 1)
        if tried < size:
            variance += weight**2 * even * (1 - even) / tried * (size - tried) / (size - 1)
    half = _Z * math.sqrt(variance)
    return share, max(0.0, share - half), min(1.0, share + half)


def main() -> int:
    """Judge, save every verdict, and report."""
    asked = argparse.ArgumentParser(prog="tests.mutation", description=__doc__)
    asked.add_argument("--modules", nargs="*", default=[], help="only these (* stands for any)")
    asked.add_argument("--most", type=int, default=PLAN["most_per_module"], help="per module")
    asked.add_argument("--rounds", type=int, default=len(PLAN["rounds"]), help="only the first")
    asked.add_argument(
        "--tests", nargs="*", help="these test files instead of the rounds of the plan"
    )
    asked.add_argument("--again", help="a file of earlier verdicts: judge its survivors only")
    asked.add_argument("--out", type=Path, default=OUT / "verdicts.jsonl")
    ask = asked.parse_args()
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        print("Set NUMBA_DISABLE_JIT=1 (make mutation does).", file=sys.stderr)
        return 2
    groups = {group: modules_of(group, ask.modules) for group in PLAN["groups"]}
    modules = [name for names in groups.values() for name in names]
    slips = {name: [one for one in mutants_of(name) if one.function] for name in modules}
    chosen = [one for name in modules for one in sample(slips[name], ask.most, PLAN["seed"])]
    controls = [replace(max(one), operator=CONTROL) for one in slips.values() if one]
    chance = random.Random(PLAN["seed"])
    chance.shuffle(chosen)  # so that a run broken off says something too
    controls = sorted(chance.sample(controls, min(len(controls), PLAN["controls"])))
    verdicts: dict[Mutant, str] = {}
    if ask.again:
        rows = [json.loads(line) for line in Path(ask.again).read_text().splitlines()]
        verdicts = {Mutant(**row["mutant"]): row["verdict"] for row in rows}

    def told(mutant: Mutant, verdict: str) -> None:
        if verdicts.get(mutant, "").startswith("killed"):
            return  # only a control can come here again
        if verdict == "no test" and mutant in verdicts:
            return  # an earlier round had tests, which did not find it
        verdicts[mutant] = verdict
        row = {"mutant": vars(mutant), "verdict": verdict, "change": mutant.change}
        with ask.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(f"{len(verdicts)} {mutant.module}:{mutant.line} {verdict[:90]}", flush=True)
        if not verdict.startswith("killed"):
            print(f"    {mutant.change}", flush=True)

    ask.out.parent.mkdir(parents=True, exist_ok=True)
    if not ask.again:
        ask.out.unlink(missing_ok=True)
    rounds = PLAN["rounds"][: ask.rounds]
    watched = tuple(name for group in PLAN["groups"] for name in modules_of(group, []))
    if ask.tests:
        rounds = [rounds[0] | {"tests": ask.tests}]
    for number, one in enumerate(rounds):
        left = [slip for slip in chosen if not verdicts.get(slip, "").startswith("killed")]
        files = tests_of(ROOT, one["tests"])
        known = OUT / f"alone-{number}-{_hash_of(files)}.json"
        judge = Judge(watched, controls + left, told, one["longest"], known)
        pytest.main([*files, "-q", "-s", "-p", "no:cacheprovider"], plugins=[judge])
    wrong = [one for one in controls if verdicts.pop(one, "") not in ("survived", "no test")]
    print(f"\n{len(controls)} controls without a slip, {len(wrong)} judged wrongly {wrong or ''}")
    faults = sum(verdict.startswith("error") for verdict in verdicts.values())
    print(f"{faults} slips on which the judge itself failed")
    return report(groups, slips, verdicts) or int(bool(wrong or faults))


def _hash_of(files: list[str]) -> str:
    """Return a hash of the tests that judge, and of all code and numbers that they can call."""
    digest = hashlib.sha256(repr(sorted(files)).encode())
    for folder in ("model", "agents", "scenarios", "experiments", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yaml"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def report(
    groups: dict[str, list[str]], slips: dict[str, list[Mutant]], verdicts: dict[Mutant, str]
) -> int:
    """Print the share found per module and in each group; return 1 if a group is below WANTED."""
    equivalent = _equivalent()
    bad = 0
    for group, modules in groups.items():
        counted = {}
        same_all = 0
        print(f"\n{group}")
        for name in modules:
            judged = [one for one in slips[name] if one in verdicts]
            same = [one for one in judged if (one.module, one.change) in equivalent]
            tried = [one for one in judged if one not in same]
            found = sum(verdicts[one].startswith("killed") for one in tried)
            counted[name] = (found, len(tried), len(slips[name]))
            same_all += len(same)
            low, high = interval(found, len(tried))
            if tried:
                print(
                    f"  {name}: {found} of {len(tried)} found of {len(slips[name])} slips"
                    f" ({found / len(tried):.0%}, {low:.0%} to {high:.0%})"
                    + (f"; {len(same)} do nothing" if same else "")
                )
        found, tried = (sum(one[k] for one in counted.values()) for k in (0, 1))
        if not tried:
            continue
        share, low, high = weighted(counted)
        print(
            f"  {group} in all: {found} of {tried} judged found ({found / tried:.1%});"
            f" of all slips {share:.1%} ({low:.1%} to {high:.1%});"
            f" {same_all} that do nothing left out;"
            f" with those counted as missed {found / (tried + same_all):.1%}"
        )
        bad += share < WANTED
    return int(bad > 0)


def _equivalent() -> set[tuple[str, str]]:
    """Return the slips that change nothing that can be seen (``equivalent.yaml`` says why)."""
    path = HERE / "equivalent.yaml"
    listed = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    out = defaultdict(set)
    for module, reasons in (listed or {}).items():
        for one in reasons:
            out[module] |= set(one["changes"])
    return {(module, change) for module, changes in out.items() for change in changes}


if __name__ == "__main__":
    sys.exit(main())
