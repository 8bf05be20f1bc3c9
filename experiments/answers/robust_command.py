"""``zorgbundel robust``: contracts that do well even where assumptions are bad."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.table import Table

from experiments.answers.analysis_words import bare, bare_unit, parameter_value
from experiments.answers.robust import (
    OBJECTIVES,
    POLICY,
    WORST,
    Evaluate,
    Memory,
    Objective,
    choices,
    held,
    lived_again,
    search,
)
from experiments.answers.robust_words import counted, judged, reads
from experiments.answers.robust_worlds import FEWEST_DRAWS, RobustDesign, evaluate
from experiments.manifest import code_fingerprint, version
from experiments.number_format import Language
from experiments.output import OutputError, check_free, renewed_files, write_table
from experiments.posteriors.draws import source_hash
from experiments.progress_bar import progress_bar
from experiments.runner import warm_up_compiler
from experiments.safe_files import read_json
from experiments.saving import LANGUAGES
from experiments.sweeps.design import read_design
from experiments.sweeps.kept_worlds import (
    SOME_FAILED,
    STOPPED,
    WORLDS,
    HowMade,
    failure_list,
)
from experiments.sweeps.planned_runs import common, load_scenarios
from experiments.sweeps.store import open_store
from experiments.terminal import console, number
from experiments.texts import texts
from model.outcomes import BY_ID
from model.parameters import Registry, load_registry
from model.parameters.spelling import hint
from scenarios.loader import ScenarioError
from scenarios.schema import Scenario


def run_robust(
    path: Path,
    out: Path,
    generations: int,
    population: int,
    measures: Sequence[str],
    workers: int | None,
    language: Language,
    as_json: bool,
) -> None:
    """Search from the command line; see ``zorgbundel robust --help``."""
    registry = load_registry()
    design = read_design(path, registry)
    if not design.levers:
        raise ScenarioError(f"{path.name} names no 'levers', so there is nothing to search.")
    if design.draws < FEWEST_DRAWS:
        raise ScenarioError(
            f"{path.name} has {design.draws} draws; a worst decile needs at least {FEWEST_DRAWS}."
        )
    scenarios = load_scenarios(design, registry, path.parent)
    shared = common(design, scenarios, registry)
    robust = RobustDesign(
        design, shared, scenarios, objectives_of(measures), generations, population
    )
    digest = robust.digest(registry)
    _check_folder(out, digest)
    source, sentence = design.chosen_source(registry)
    if sentence:
        click.echo(sentence, err=True)
    out.mkdir(parents=True, exist_ok=True)
    _write_json({"kind": "robust", "search": digest}, out / "search.json")
    warm_up_compiler(registry.values(), shared.policies)
    how, each = HowMade(out, workers, language=language), population * design.draws
    try:
        with progress_bar(as_json) as bar:

            def in_worlds(held_out: bool) -> Evaluate:
                """Return what lives candidates, and shows how far it is."""
                return lambda candidates: evaluate(
                    robust, candidates, registry, how,
                    lambda runs: bar.advance(again if held_out else task, runs), held_out,
                )  # fmt: skip

            task = bar.add_task(
                counted(
                    "robust.searching",
                    generations,
                    language,
                    generations=generations,
                    population=population,
                ),
                total=generations * each,
            )
            found = search(
                robust.space, Memory(out / "evaluations", in_worlds(False)), robust.objectives,
                generations, population,
                lambda count: bar.update(task, completed=count // population * each),
            )  # fmt: skip
            front = int(found["front"].sum())
            again = bar.add_task(
                counted("robust.again", front, language, front=front), total=front * design.draws
            )
            found = lived_again(
                found, robust.space, Memory(out / "held-out", in_worlds(True)), robust.objectives,
                population, lambda count: bar.update(again, completed=count * design.draws),
            )  # fmt: skip
    except KeyboardInterrupt:
        click.echo(
            f"zorgbundel: Stopped; finished worlds are saved in {out}, and the same command goes "
            "on from there.",
            err=True,
        )
        raise SystemExit(STOPPED) from None
    failed = failures(out)
    document = robust_document(robust, found, scenarios, source, len(failed))
    _save(robust, found, document, scenarios, out)
    if len(failed):
        click.echo(failed_sentence(failed, out, language), err=True)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
        _exit_after(failed)
        return
    screen = console()
    screen.print()
    screen.print(robust_table(robust, found, registry, language))
    screen.print()
    screen.print(counted("robust.count", front, language, front=front, all=len(found)))
    for sentence in held_out_sentences(robust, found, language):
        screen.print(sentence)
    screen.print(texts(language)("robust.saved", folder=out))
    _exit_after(failed)


def objectives_of(measures: Sequence[str]) -> tuple[Objective, ...]:
    """Return the objectives asked for by measure, or the usual ones.

    Raises:
        ScenarioError: There is no such measure, or nobody has said which way is better.
    """
    if not measures:
        return OBJECTIVES
    usual = {one.measure: one for one in OBJECTIVES}
    out = []
    for name in dict.fromkeys(measures):
        if name not in BY_ID:
            raise ScenarioError(f"there is no measure '{name}'{hint(name, BY_ID)}.")
        better = BY_ID[name].better
        if name not in usual and better == "neither":
            raise ScenarioError(f"'{name}' is neither better high nor low; choose another measure.")
        out.append(usual.get(name) or Objective(name, better))
    return tuple(out)


def _check_folder(out: Path, digest: str) -> None:
    """Refuse a folder that holds anything but this very search."""
    about = out / "search.json"
    if not about.is_file():
        check_free(out)
        return
    try:
        stored = read_json(about).get("search")
    except (ValueError, AttributeError):
        raise OutputError(f"{about} is damaged: it does not describe a search.") from None
    if stored != digest:
        raise OutputError(
            f"{out} holds the search of another design or version; choose another --out."
        )


def _write_json(document: Mapping[str, Any], path: Path) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def _save(
    robust: RobustDesign,
    found: pd.DataFrame,
    document: dict[str, Any],
    scenarios: Mapping[str, Scenario],
    out: Path,
) -> None:
    """Write candidates, figures and document; each takes its place when it is complete."""
    from experiments.figures import image_bytes
    from experiments.figures.robust import front_figure
    from experiments.fingerprints import fingerprint_of

    with renewed_files(out) as work:
        write_table(found, work, "candidates")
        footer = (
            f"Zorgbundel {version()} · share {robust.design.share:g} · {robust.design.draws} draws"
        )
        for language in LANGUAGES:
            drawing = front_figure(found, robust.objectives, robust.design.draws, language, footer)
            for kind in ("png", "svg"):
                path = work / f"front.{language}.{kind}"
                path.write_bytes(image_bytes(drawing, kind, fingerprint_of(document)))
        _write_json(document, work / "robust.json")


# --- in words


def failures(out: Path) -> pd.DataFrame:
    """Return the worlds of a search that could not be lived (``Store.failures``)."""
    return open_store(out / WORLDS, verify=False).failures()


def failed_sentence(failed: pd.DataFrame, out: Path, language: Language) -> str:
    """Return in one sentence how many worlds could not be lived, where and why."""
    return counted(
        "robust.failed", len(failed), language, failed=len(failed),
        list=failure_list(failed, language), folder=out / WORLDS / "runs",
    )  # fmt: skip


def _exit_after(failed: pd.DataFrame) -> None:
    """End the command so that a shell knows if some worlds could not be lived."""
    if len(failed):
        raise SystemExit(SOME_FAILED)


def robust_document(
    robust: RobustDesign,
    found: pd.DataFrame,
    scenarios: Mapping[str, Scenario],
    source: str,
    failed: int = 0,
) -> dict[str, Any]:
    """Return what ``robust --json`` prints: the front, and the designs worth naming.

    Args:
        robust: What was searched.
        found: All candidates.
        scenarios: Its scenarios by name.
        source: Where the draws came from (``SweepDesign.source``).
        failed: How many worlds could not be lived.
    """
    rows = found[found["front"]].to_dict("records")
    return {
        "baseline": robust.common.baseline,
        "policies": list(robust.policies),
        "share": robust.design.share,
        "draws": robust.design.draws,
        "draws_from": source,
        "posterior": source_hash(source),
        "worst": WORST,
        "objectives": {one.measure: one.better for one in robust.objectives},
        "levers": {name: list(values) for name, values in robust.design.levers.items()},
        "generations": robust.generations,
        "population": robust.population,
        "candidates": len(found),
        "failed_runs": failed,
        "front": [{key: _known(value) for key, value in row.items()} for row in rows],
        "held_out": {
            "draws": robust.design.draws,
            "still_on_the_front": int(found["front_held_out"].sum()),
            "better_where_chosen": {
                one.measure: _known(optimism(found, one)) for one in robust.objectives
            },
        },
        "choices": {one.role: one.number for one in choices(found, robust.objectives, reads)},
        "version": version(),
        "code": code_fingerprint(),
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
    }


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def robust_table(
    robust: RobustDesign, found: pd.DataFrame, registry: Registry, language: Language
) -> Table:
    """Return the designs worth naming: levers, and the worst decile of every objective.

    First in the draws that were held out, and below it in those on which the front was chosen.
    """
    t = texts(language)
    rows = found.set_index("number")
    named: dict[int, list[str]] = {}
    for one in choices(found, robust.objectives, reads):
        role = "compromise" if one.role == "compromise" else "best"
        label = "" if role == "compromise" else getattr(BY_ID[one.role], language)
        named.setdefault(one.number, []).append(t(f"robust.{role}", measure=label))
    draws = robust.design.draws
    caption = t("robust.caption", judged=judged(draws, language), draws=draws)
    table = Table(title=t("robust.title"), caption=caption)
    table.add_column("")
    for roles in named.values():
        table.add_column("\n".join(roles), justify="right", overflow="fold")
    if POLICY in rows:
        table.add_row(t("robust.policy"), *(str(rows.loc[k, POLICY]) for k in named))
    for name in robust.design.levers:
        label = getattr(registry[name].label, language)
        table.add_row(
            label, *(parameter_value(name, float(rows.loc[k, name]), language) for k in named)
        )
    for one in robust.objectives:
        measure = BY_ID[one.measure]
        table.add_row(
            f"{getattr(measure, language)}\n[dim]{t(f'robust.{one.better}')}[/dim]",
            *(
                f"{number(measure, float(rows.loc[k, held(one.measure)]), True, language)}\n[dim]"
                f"({number(measure, float(rows.loc[k, one.measure]), True, language)})[/dim]"
                for k in named
            ),
        )
    return table


def optimism(found: pd.DataFrame, objective: Objective) -> float:
    """Return how much better the front looked where it was chosen, mean over the front.

    In the unit of the measure; above zero if it looked better than in the draws held out.
    """
    front = found[found["front"]]
    gap = front[held(objective.measure)] - front[objective.measure]
    return float(objective.sign * gap.mean())


def held_out_sentences(robust: RobustDesign, found: pd.DataFrame, language: Language) -> list[str]:
    """Return in words what is left of the front in draws that played no part in the choice."""
    front, still = int(found["front"].sum()), int(found["front_held_out"].sum())
    counts = {"still": still, "front": front, "draws": robust.design.draws}
    # A single contract on the front has no other there that could beat it.
    out = [counted("robust.still", still, language, **counts)] if front > 1 else []
    for one in robust.objectives:
        gap, measure = optimism(found, one), BY_ID[one.measure]
        if math.isfinite(gap) and gap != 0.0:
            out.append(
                counted(
                    "robust.optimism" if gap > 0.0 else "robust.pessimism",
                    front,
                    language,
                    measure=getattr(measure, language),
                    gap=bare(measure, abs(gap), language).lstrip("+"),
                    unit=bare_unit(measure, language),
                )
            )
    return out
