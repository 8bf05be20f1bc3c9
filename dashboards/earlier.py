"""Headline numbers of earlier versions, so that a link of one says what has changed since.

One small JSON file a version in ``earlier_results/``, kept when a version is released: ``make
headlines``, which is ``python -m dashboards.earlier``. A link carries version and code of the
program; only the file of just that code says what it showed.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click

from dashboards import library, service
from dashboards.result import Effect
from experiments.output import OutputError

FOLDER = Path(__file__).parent / "earlier_results"

#: The numbers under an answer, and the danger that matters most.
HEADLINES = (
    "disease_burden_ccq", "undertreated_share", "admissions", "paramedical_spending",
    "total_care_cost",
)  # fmt: skip


def headlines(code: str, folder: Path = FOLDER) -> Mapping[str, Mapping[str, Effect]]:
    """Return the effects that a version showed, by scenario and measure; empty if not kept.

    Args:
        code: Version and code, as links carry it.
        folder: Where versions are kept.
    """
    return _kept(folder).get(code, {})


@cache
def _kept(folder: Path) -> dict[str, dict[str, dict[str, Effect]]]:
    """Return what is kept of every version, by its code."""
    kept = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            kept[str(found["code"])] = _effects(found["scenarios"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # what cannot be read says nothing; the rest of the strip still does
    return kept


def _effects(scenarios: Any) -> dict[str, dict[str, Effect]]:
    return {
        name: {measure: _effect(numbers) for measure, numbers in effects.items()}
        for name, effects in scenarios.items()
    }


def _effect(numbers: Any) -> Effect:
    baseline, mean, low, high, least, most = (None if x is None else float(x) for x in numbers)
    if not all(math.isfinite(x) for x in (baseline, mean, low, high, least, most) if x is not None):
        raise ValueError("no finite numbers")
    chance = None if low is None or high is None else (low, high)
    assumptions = None if least is None or most is None else (least, most)
    return Effect("0", baseline, mean, chance, assumptions, 0, False)


def present() -> dict[str, Any]:
    """Return the headline numbers of the stored library, as they are kept."""
    scenarios = {}
    for name in service.choices().scenarios:
        result = service.stored_result(name)
        if result is not None:
            found = {measure: result.effect(measure) for measure in HEADLINES}
            scenarios[name] = {
                measure: [one.baseline, one.mean, *(one.chance or (None, None)),
                          *(one.assumptions or (None, None))]
                for measure, one in found.items()
            }  # fmt: skip
    about = service.manifest()
    return {
        "kind": "headline numbers of a version", "version": about["version"],
        "code": service.version_code(), "seeds": about["seeds"], "draws": about["draws"],
        "share": about["share"], "scenarios": scenarios,
    }  # fmt: skip


def keep(folder: Path = FOLDER, replace: bool = False) -> Path:
    """Keep the headline numbers of the present version, and return where.

    Raises:
        OutputError: The stored library is not of this program, or the version is kept already with
            other code.
    """
    from experiments.safe_files import read_json
    from experiments.sweeps.chunk import write_whole

    if library.fingerprint() != service.manifest()["fingerprint"]:
        raise OutputError(
            "the stored results are of an older program: run 'make precomputed' first"
        )
    made = present()
    path = folder / f"{made['version']}.json"
    if path.is_file() and not replace and read_json(path).get("code") != made["code"]:
        raise OutputError(
            f"version {made['version']} is kept already, with other numbers; give this release a"
            " version of its own, or say --replace"
        )
    folder.mkdir(exist_ok=True)
    text = json.dumps(made, separators=(",", ":")).replace('}},"', '}},\n"').replace("]},", "]},\n")
    write_whole(path, (text + "\n").encode())
    return path


@click.command()
@click.option("--replace", is_flag=True, help="Also if the version is kept with other code.")
def main(replace: bool) -> None:
    """Keep the headline numbers of this version, when it is released."""
    try:
        click.echo(f"The headline numbers of this version are in {keep(replace=replace)}.")
    except OutputError as error:
        click.echo(f"{error}", err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
