"""The screening: what each measure does when one parameter at a time moves over its range.

Which parameters a measure *leans on* cannot be read off the code honestly: whatever a patient lives
through reaches every sum in the end, so a search through the code finds that everything leans on
everything. It can be measured: every uncertainty and lever is set to the low and the high end of
its range, the rest at central values, with the same luck, and the change of every measure from
end to end (its *swing*) is kept. Because luck is the same, a parameter that does not matter gives
a swing of exactly or nearly zero.

What it does not show: parameters that act together only; effects slower than the window (learning,
leaving); facts, which have no range. It gives swings, no shares of variance: those need a sweep
(``zorgbundel analyse``). A swing is *clear* when it has the same sign with every seed and a
distance from zero that chance over the seeds does not explain; with one seed, when the measure
goes the same way from the low end to the centre and from the centre to the high end.

``python -m experiments.why.screening FOLDER --seeds 2`` makes it anew, resuming what is in the
folder if it was made with the same parameters and model; a test says when it no longer fits the
parameters or the model.
"""

import argparse
import csv
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from model.parameters import Parameter, Registry, load_registry

FOLDER = Path(__file__).parent / "shipped"
TABLE, ABOUT = "screening.csv", "screening.json"

#: Worlds in which everything is measured: both comparators of the budget tests, and bundles that
#: between them use most of the contract terms.
CAPPED, OPEN = "fee_for_service_capped", "fee_for_service_open"
POLICIES = (CAPPED, OPEN, "bundle_weight_classes", "bundle_all_safeguards", "bundle_by_choice")

#: Differences of spending that are measures of their own: policy less comparator.
BUDGET_TESTS = {
    "entitlement": (OPEN, CAPPED),
    "neutrality": ("bundle_weight_classes", OPEN),
    "together": ("bundle_weight_classes", CAPPED),
}

#: Worlds of which the difference with fee per session is kept too.
BUNDLES = ("bundle_weight_classes", "bundle_all_safeguards", "bundle_by_choice")

#: One year of warm-up and two of the policy, in a fiftieth of the country: enough to see what
#: moves, cheap enough to be made again whenever the model changes.
YEARS, SHARE = (2024, 2025, 2026), 0.02

#: A swing below this part of the largest one of that measure, in whichever world, is left out:
#: where a measure hardly moves at all, what is left is chance.
LEAST_PART = 0.03

#: Distance from zero, in standard errors over the seeds, of a swing that counts as clear.
STANDARD_ERRORS = 2.0


@dataclass(frozen=True)
class Swing:
    """What one measure does in one world when one parameter goes from low to high.

    Attributes:
        parameter: Name of the parameter.
        policy: World: a scenario; or ``effect_of(scenario)``, its difference with fee per session.
        measure: Measure or budget test.
        swing: Value at the high end less that at the low end, mean over seeds.
        error: Standard error of that over the seeds; 0 with one seed.
        central: Value with every parameter at its central value.
        clear: Whether chance does not explain it.
    """

    parameter: str
    policy: str
    measure: str
    swing: float
    error: float
    central: float
    clear: bool

    @property
    def part(self) -> float:
        """The swing as a part of the central value; not-a-number at a central value of zero."""
        return self.swing / abs(self.central) if self.central else math.nan


def effect_of(policy: str) -> str:
    """Return the name under which the difference of a world with fee per session is kept."""
    return f"{policy} - {OPEN}"


# --- reading


@dataclass(frozen=True)
class Screening:
    """All swings of a screening, and what made them."""

    swings: tuple[Swing, ...]
    about: Mapping[str, Any]

    def of_measure(self, measure: str, policy: str | None = None) -> list[Swing]:
        """Return the clear swings of one measure, largest first; of all worlds without policy."""
        found = [
            one for one in self.swings
            if one.measure == measure and one.clear and policy in (None, one.policy)
        ]  # fmt: skip
        return sorted(found, key=lambda one: -abs(one.swing))

    def of_parameter(self, parameter: str) -> list[Swing]:
        """Return the clear swings by one parameter, those first in which it matters most.

        How much it matters is its swing against the largest swing that any parameter gives the same
        measure in any world: a scale that shares, money and counts have in common.
        """
        found = [one for one in self.swings if one.parameter == parameter and one.clear]
        return sorted(found, key=lambda one: -abs(one.swing) / self.largest[one.measure])

    @cached_property
    def largest(self) -> Mapping[str, float]:
        """The largest clear swing of each measure in any world."""
        return largest_of(one for one in self.swings if one.clear)

    def fits(self, registry: Registry) -> bool:
        """Return whether it was made with these parameters and ranges."""
        return self.about["registry"] == fingerprint(registry)


def largest_of(swings: Iterable[Swing]) -> dict[str, float]:
    """Return the largest of some swings, by measure."""
    out: dict[str, float] = {}
    for one in swings:
        out[one.measure] = max(out.get(one.measure, 0.0), abs(one.swing))
    return out


@cache
def shipped() -> Screening:
    """Return the screening that comes with the program."""
    return read(FOLDER)


def read(folder: Path) -> Screening:
    """Return the screening stored in a folder."""
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    with (folder / TABLE).open(encoding="utf-8", newline="") as file:
        swings = tuple(
            Swing(
                row["parameter"], row["policy"], row["measure"], float(row["swing"]),
                float(row["error"]), float(row["central"]), row["clear"] == "1",
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
    return Screening(swings, about)


# --- making


def fingerprint(registry: Registry) -> str:
    """Return a SHA-256 of every number and range that the screening rests on."""
    lines = sorted(f"{p.name}={p.value!r} {p.low!r} {p.high!r} {p.role}" for p in registry.all())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def moved(registry: Registry) -> list[Parameter]:
    """Return the parameters that are moved: all with a range that the model reads."""
    return [p for p in registry.all() if p.role in ("uncertainty", "lever")]


def measured(numbers: Mapping[str, float], seed: int) -> dict[str, dict[str, float]]:
    """Run all worlds once and return every measure, by policy (or budget test) and measure.

    Args:
        numbers: Parameters that differ from their central values.
        seed: Seed of the worlds.
    """
    from experiments.runner import Task, run_task
    from model.simulation import Span
    from scenarios.loader import load

    registry = load_registry()
    policies = {name: load(name, registry).policy() for name in POLICIES}
    task = Task("seed", seed, seed, registry.values(numbers), policies, SHARE, Span(*YEARS))
    rows = run_task(task).outcomes
    rows = rows[rows["split"] == "all"]
    found: dict[str, dict[str, float]] = {name: {} for name in POLICIES}
    years = rows["year"].nunique()
    for (policy, measure), part in rows.groupby(["policy", "measure"]):
        top, bottom = float(part["top"].sum()), part["bottom"].sum(min_count=1)
        national = math.isnan(bottom) or measure_is_sum(str(measure))
        value = top / years if national else top / bottom if bottom else 0.0
        found[str(policy)][str(measure)] = value
    for test, (policy, other) in BUDGET_TESTS.items():
        money = (found[name]["paramedical_spending"] for name in (policy, other))
        found[policy][test] = next(money) - next(money)
    return found


def measure_is_sum(measure: str) -> bool:
    """Return whether a measure is a national sum."""
    from model.outcomes import BY_ID

    return BY_ID[measure].bottom is None


def jobs(registry: Registry, seeds: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return what must be run: seed, parameter (empty for the centre) and end of its range."""
    ends = [(p.name, end) for p in moved(registry) for end in ("low", "high")]
    return [(seed, *job) for seed in seeds for job in (("", "central"), *ends)]


def run(folder: Path, seeds: Iterable[int]) -> Path:
    """Run what is missing in a folder, line by line, and return the file with the raw values."""
    from experiments.progress_bar import following

    registry = load_registry()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "raw.jsonl"
    _check_made_with(folder / "made_with.json", registry, begun=path.exists())
    done = {tuple(json.loads(line)["job"]) for line in _lines(path)}
    planned = jobs(registry, seeds)
    left = [job for job in planned if job not in done]
    with (
        path.open("a", encoding="utf-8") as file,
        following(False, f"{len(planned) - len(left)} runs were there", len(left)) as told,
    ):
        for seed, name, end in left:
            numbers = {name: getattr(registry[name], end)} if name else {}
            record = {"job": (seed, name, end), "values": measured(numbers, seed)}
            file.write(json.dumps(record) + "\n")
            file.flush()
            told()
    return path


def _check_made_with(path: Path, registry: Registry, begun: bool) -> None:
    """Write down what a folder is made with, or see that it was made with the same.

    Raises:
        SystemExit: It was made with other parameters, another model, or does not say.
    """
    from experiments.manifest import code_fingerprint

    made_with = {"registry": fingerprint(registry), "model": code_fingerprint(("model", "agents"))}
    if not begun:
        path.write_text(json.dumps(made_with) + "\n", encoding="utf-8")
    elif not path.exists() or json.loads(path.read_text("utf-8")) != made_with:
        raise SystemExit(f"{path.parent} was made with other parameters or another model.")


def _lines(path: Path) -> list[str]:
    """Return the whole lines of a file; one that was cut off is run again."""
    if not path.exists():
        return []
    text = path.read_text("utf-8")
    whole = text[: text.rfind("\n") + 1]
    path.write_text(whole, "utf-8")
    return whole.splitlines()


def swings_of(raw: Iterable[Mapping[str, Any]]) -> list[Swing]:
    """Return every swing that is not negligible, from the raw values of all runs."""
    values: dict[tuple[str, str], dict[int, Any]] = {}
    for record in raw:
        seed, name, end = record["job"]
        values.setdefault((name, end), {})[seed] = with_effects(record["values"])
    centre = values[("", "central")]
    out = []
    for name in dict.fromkeys(name for name, _ in values if name):
        low, high = values[(name, "low")], values.get((name, "high"), {})
        seeds = sorted(set(low) & set(high) & set(centre))
        for policy in centre[seeds[0]] if seeds else ():
            for measure in centre[seeds[0]][policy]:
                values_of = [
                    (low[s][policy][measure], centre[s][policy][measure], high[s][policy][measure])
                    for s in seeds
                ]
                out.append(_swing(name, policy, measure, values_of))
    largest = largest_of(one for one in out if one.clear)
    return [
        one for one in out
        if one.swing and abs(one.swing) >= LEAST_PART * largest.get(one.measure, 0.0)
    ]  # fmt: skip


def with_effects(values: Mapping[str, Mapping[str, float]]) -> dict[str, Mapping[str, float]]:
    """Return the values of all worlds, and what each bundle differs from fee per session."""
    effects = {
        effect_of(name): {
            measure: values[name][measure] - value
            for measure, value in values[OPEN].items()
            if measure in values[name]
        }
        for name in BUNDLES
    }
    return {**values, **effects}


def _swing(name: str, policy: str, measure: str, values: list[tuple[float, float, float]]) -> Swing:
    """Return the swing over some seeds, and whether it is clear.

    Args:
        name: Parameter.
        policy: World.
        measure: Measure.
        values: Value at the low end, the centre and the high end of the range, per seed.
    """
    each = [high - low for low, _, high in values]
    count = len(each)
    mean = sum(each) / count
    central = sum(middle for _, middle, _ in values) / count
    if count > 1:
        error = math.sqrt(sum((x - mean) ** 2 for x in each) / (count - 1) / count)
        clear = all(x * mean > 0.0 for x in each) and abs(mean) > STANDARD_ERRORS * error
    else:
        error = 0.0
        low, middle, high = values[0]
        clear = mean != 0.0 and (middle - low) * mean >= 0.0 and (high - middle) * mean >= 0.0
    return Swing(name, policy, measure, mean, error, central, clear)


def _whole_seeds(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the runs of those seeds with which everything was run.

    Raises:
        ValueError: There is no such seed yet.
    """
    wanted = len(jobs(load_registry(), [0]))
    seeds = [record["job"][0] for record in raw]
    whole = {seed for seed in seeds if seeds.count(seed) == wanted}
    if not whole:
        raise ValueError("no seed is complete yet; run the screening on")
    return [record for record in raw if record["job"][0] in whole]


def store(folder: Path, target: Path) -> None:
    """Write the table of swings and what made it, from the raw values in a folder."""
    from experiments.versions import version

    raw = [json.loads(line) for line in _lines(folder / "raw.jsonl")]
    raw = _whole_seeds(raw)
    swings = [one for one in swings_of(raw) if one.clear]
    seeds = sorted({record["job"][0] for record in raw})
    target.mkdir(parents=True, exist_ok=True)
    with (target / TABLE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["parameter", "policy", "measure", "swing", "error", "central", "clear"])
        for one in swings:
            table.writerow([
                one.parameter, one.policy, one.measure, f"{one.swing:.4g}", f"{one.error:.2g}",
                f"{one.central:.5g}", int(one.clear),
            ])  # fmt: skip
    central = next(record for record in raw if record["job"] == [seeds[0], "", "central"])
    about = {
        "version": version(),
        "registry": fingerprint(load_registry()),
        "policies": list(POLICIES),
        "years": list(YEARS),
        "share": SHARE,
        "seeds": seeds,
        "runs": len(raw),
        "parameters": [p.name for p in moved(load_registry())],
        "central": central["values"],
    }
    text = json.dumps(about, indent=1)
    (target / ABOUT).write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Make the screening anew from the command line."""
    parser = argparse.ArgumentParser(description="Move one parameter at a time.")
    parser.add_argument("folder", type=Path, help="where raw values are kept and resumed")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--ship", action="store_true", help="replace the shipped table")
    given = parser.parse_args()
    run(given.folder, range(given.first_seed, given.first_seed + given.seeds))
    if given.ship:
        store(given.folder, FOLDER)


if __name__ == "__main__":
    main()
