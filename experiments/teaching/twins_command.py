"""``zorgbundel twins``: the same patient's two lives side by side."""

import json
from dataclasses import replace

import click
from rich import box
from rich.table import Table
from rich.text import Text

from experiments.named_scenarios import named_scenarios
from experiments.number_format import Language
from experiments.screen import console
from experiments.teaching.twin_lives import QUESTIONS, as_data, heads, rows
from experiments.teaching.twin_words import scenario_label, twins_of
from experiments.teaching.twins import live
from experiments.texts import texts
from model.codes import THEORIES
from model.parameters import load_registry
from model.parameters.spelling import hint
from scenarios.loader import ScenarioError


def show_twins(
    baseline: str, policy: str, ask: str, seed: int, share: float, theory: str | None,
    language: Language, as_json: bool,
) -> None:  # fmt: skip
    """Run both worlds and show the lives that answer a question."""
    if ask not in QUESTIONS:
        raise ScenarioError(f"--ask cannot be '{ask[:40]}'{hint(ask[:100], QUESTIONS)}")
    if theory is not None and theory not in THEORIES:
        raise ScenarioError(f"no theory '{theory[:40]}'{hint(theory[:100], THEORIES)}")
    registry = load_registry()
    chosen = named_scenarios([baseline, policy], registry)
    pair_of = tuple(chosen.values())
    policies = [one.policy() for one in pair_of]
    if theory is not None:
        policies = [replace(one, theories={theory: 1.0}) for one in policies]
    pair = live(*policies, registry.values(), seed, share)
    found = twins_of(pair, pair_of, ask, seed, share)
    if as_json:
        click.echo(json.dumps(as_data(found)))
        return
    out, t = console(), texts(language)
    out.print(Text(f"{t('twins.title')}: {t(f'twins.ask.{ask}')}", style="bold"))
    out.print()
    for line in found.sentences[language]:
        out.print(Text(line))
    if not found.found:
        return
    names = [scenario_label(one, language) for one in pair_of]
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0),
        caption=t("twins.caption", baseline=names[0], policy=names[1]),
    )  # fmt: skip
    for place, head in enumerate(heads(language)):
        table.add_column(Text(head), justify="right" if place else "left")
    for row in rows(found, language):
        table.add_row(*row)
    out.print()
    out.print(table)
