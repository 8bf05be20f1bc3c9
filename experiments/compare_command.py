"""``zorgbundel compare`` and ``zorgbundel demo``."""

import json
from collections.abc import Sequence
from dataclasses import replace as changed
from pathlib import Path

import click

from experiments.comparison import Comparison, Design, compare, tasks
from experiments.document import comparison_document
from experiments.findings import answer, evaluation_sentence, findings
from experiments.kept_tasks import Simulate, kept_tasks
from experiments.manifest import manifest as make_manifest
from experiments.named_scenarios import named_scenarios
from experiments.output import check_free
from experiments.posteriors.draws import PRIOR, choose_source
from experiments.progress_bar import progress_bar
from experiments.saving import save_comparison
from experiments.terminal import (
    budget_table,
    console,
    effects_table,
    evaluation_table,
    spent_sentence,
    spent_table,
)
from experiments.until_clear import WATCHED, Spent, compare_until_clear
from model.outcomes import BY_ID
from model.parameters import Registry, load_registry
from model.parameters.spelling import hint
from scenarios.loader import ScenarioError, load, parse_settings
from scenarios.schema import Scenario

#: The main job: chance is cheap at six pairs; assumptions need many draws.
DEMO = Design(
    baseline="fee_for_service_open",
    policies=("bundle_weight_classes",),
    seeds=6,
    draws=36,
    search=20,
    share=0.1,
)
DEMO_FOLDER = Path("results/demo")


def compare_scenarios(
    baseline: str,
    policies: Sequence[str],
    seeds: int,
    draws: int,
    search: int,
    share: float,
    workers: int | None,
    settings: Sequence[str],
    draws_from: str | None,
    out: Path | None,
    as_json: bool,
    replace: bool,
    max_pairs: int | None = None,
    watched: Sequence[str] = (),
) -> None:
    """Run a comparison from the command line; see ``zorgbundel compare --help``.

    With ``max_pairs`` pairs are added up to that number until all ``watched`` is clear.
    """
    if max_pairs is not None and max_pairs < seeds:
        raise ScenarioError(f"--max-pairs {max_pairs} is less than --seeds {seeds}.")
    _check_watched(watched)
    registry = load_registry()
    chosen = named_scenarios((baseline, *policies), registry)
    names = list(chosen)
    design = Design(
        names[0],
        tuple(names[1:]),
        seeds,
        draws,
        search,
        share,
        parse_settings(settings, registry),
    )
    if out is not None:
        check_free(out, replace)
    design = changed(design, draws_from=draw_source(registry, draws, draws_from))
    spent = None
    with kept_tasks(out) as simulate:
        if max_pairs is None:
            comparison, scenarios = run_design(design, chosen, registry, workers, as_json, simulate)
        else:
            comparison, scenarios, spent = run_until_clear(
                design, chosen, registry, max_pairs, tuple(watched) or WATCHED, workers, as_json,
                simulate,
            )  # fmt: skip
        manifest = make_manifest(comparison, _contents(scenarios), registry)
        if out is not None:
            pairs = {} if spent is None else {"pairs": spent.table()}
            save_comparison(comparison, manifest, _titles(scenarios), out, replace, pairs)
    if as_json:
        document = comparison_document(comparison, manifest)
        if spent is not None:
            document["until_clear"] = spent.document()
        click.echo(json.dumps(document, allow_nan=False))
        return
    _show(comparison, scenarios)
    if spent is not None:
        _show_spent(spent, _titles(scenarios))
    if out is not None:
        console().print(f"Results are in {out} (open brief.nl.html or brief.en.html).")


def draw_source(registry: Registry, draws: int, wanted: str | None) -> str:
    """Return where draws come from; say it if it is not the posterior of the program."""
    if draws == 0 and wanted is None:
        return PRIOR
    source, sentence = choose_source(registry, wanted)
    if sentence:
        click.echo(sentence, err=True)
    return source


def run_demo(workers: int | None, draws_from: str | None = None) -> None:
    """Run the main job and write ``results/demo``; an earlier demo there is replaced."""
    registry = load_registry()
    check_free(DEMO_FOLDER, replace=True)
    chosen = {name: load(name, registry) for name in (DEMO.baseline, *DEMO.policies)}
    design = changed(DEMO, draws_from=draw_source(registry, DEMO.draws, draws_from))
    with kept_tasks(DEMO_FOLDER) as simulate:
        comparison, scenarios = run_design(design, chosen, registry, workers, False, simulate)
        manifest = make_manifest(comparison, _contents(scenarios), registry)
        save_comparison(comparison, manifest, _titles(scenarios), DEMO_FOLDER, replace=True)
    _show(comparison, scenarios)
    out = console()
    out.print(f"[bold]Results are in {DEMO_FOLDER}[/bold]: open brief.nl.html or brief.en.html")
    out.print("in a browser (two pages); everything is in report.nl.html and report.en.html, and")
    out.print("figures, CSV and Parquet tables are beside it. As PDF or for Word:")
    out.print(f"zorgbundel brief {DEMO_FOLDER} --format pdf (or docx)", highlight=False)
    out.print(f"Run it again and compare every number: zorgbundel reproduce {DEMO_FOLDER}")


def run_design(
    design: Design,
    chosen: dict[str, Scenario],
    registry: Registry,
    workers: int | None,
    quiet: bool,
    simulate: Simulate | None = None,
) -> tuple[Comparison, dict[str, Scenario]]:
    """Run a design with a progress bar; return results and all scenarios that took part."""
    scenarios = {name: chosen.get(name) or load(name, registry) for name in design.worlds}
    policies = {name: scenario.policy() for name, scenario in scenarios.items()}
    total = len(tasks(design, policies, registry))
    with progress_bar(quiet) as progress:
        worlds = len(design.worlds)
        bar = progress.add_task(f"Simulating {total} x {worlds} worlds", total=total)
        result = compare(
            design, policies, registry, workers, lambda: progress.advance(bar), simulate
        )
    return result, scenarios


def run_until_clear(
    design: Design,
    chosen: dict[str, Scenario],
    registry: Registry,
    max_pairs: int,
    watched: Sequence[str],
    workers: int | None,
    quiet: bool,
    simulate: Simulate | None = None,
) -> tuple[Comparison, dict[str, Scenario], Spent]:
    """Run a design and further pairs until what is watched is clear, with a progress bar."""
    scenarios = {name: chosen.get(name) or load(name, registry) for name in design.worlds}
    policies = {name: scenario.policy() for name, scenario in scenarios.items()}
    with progress_bar(quiet) as progress:
        bar = progress.add_task("", total=0)
        total = 0

        def start(count: int) -> None:
            nonlocal total
            total += count
            text = f"Simulating {total} x {len(design.worlds)} worlds"
            progress.update(bar, total=total, description=text)

        result, spent = compare_until_clear(
            design, policies, registry, max_pairs, watched, workers, start,
            lambda: progress.advance(bar), simulate,
        )  # fmt: skip
    return result, scenarios, spent


def _check_watched(watched: Sequence[str]) -> None:
    for name in watched:
        if name not in BY_ID:
            raise ScenarioError(f"there is no measure '{name}'{hint(name, BY_ID)}.")


def _contents(scenarios: dict[str, Scenario]) -> dict[str, dict]:
    return {name: s.model_dump(mode="json") for name, s in scenarios.items()}


def _titles(scenarios: dict[str, Scenario]) -> dict[str, dict[str, str]]:
    return {name: {"en": s.title.en, "nl": s.title.nl} for name, s in scenarios.items()}


def _show(comparison: Comparison, scenarios: dict[str, Scenario]) -> None:
    """Print answer, tables and one sentence per finding."""
    out = console()
    titles = _titles(scenarios)
    baseline = titles[comparison.design.baseline]["en"]
    for policy in comparison.design.policies:
        title = titles[policy]["en"]
        out.print()
        out.print(effects_table(comparison, policy, f"{title}, compared with: {baseline}"))
        out.print()
        out.print(budget_table(comparison, policy))
        out.print()
        judged = evaluation_table(comparison, policy)
        if judged is not None:
            out.print(judged)
            out.print(evaluation_sentence(comparison, policy, "en", titles))
            out.print()
        for sentence in answer(comparison, policy, "en", titles).sentences:
            out.print(sentence)
    out.print()
    for finding in findings(comparison, "en", titles):
        out.print(f"- {finding.sentence}")
    out.print()


def _show_spent(spent: Spent, titles: dict[str, dict[str, str]]) -> None:
    """Print what is clear, what is small, and what still is not, with the pairs it took."""
    out = console()
    for policy, found in spent.decisions.items():
        out.print(spent_table(found, titles[policy]["en"]))
    out.print(spent_sentence(spent))
    out.print()
