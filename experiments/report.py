"""The full report: question, answer, amounts per year, figures, all outcomes, and what it is not.

One HTML file that opens without a network: styles and figures are inside.
"""

import base64
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from experiments import number_format as nf
from experiments.carriers import yearly_means
from experiments.comparison import Comparison, Design
from experiments.conditions import what_must_be_true
from experiments.figures import SavedFigure
from experiments.findings import (
    answer,
    evaluation_sentence,
    findings,
    measure_of,
    what_carries,
    years_text,
)
from experiments.intervals import monte_carlo_interval, parameter_interval
from experiments.number_format import Language
from experiments.outcome_rows import between_words, group_sentences, outcome_row
from experiments.posteriors.draws import PRIOR
from experiments.scenario_names import Titles, inline, label
from experiments.texts import texts
from model.outcomes import MEASURES

TEMPLATES = Path(__file__).parent / "templates"

THOUSAND = 1000.0

#: Measures that stand beside the budget in the answer: what it means for patients and practices.
IN_ANSWER = ("undertreated_share", "disease_burden_ccq", "refused_share", "practice_loss_share")

#: Figures in the report, by name; the others are in the results folder.
IN_REPORT = ("1_budget_tests", "3_effects", "5_dangers", "4_groups", "6_draws", "8_practices")


def write_report(
    comparison: Comparison,
    titles: Titles,
    figures: Sequence[SavedFigure],
    manifest: Mapping[str, Any],
    path: Path,
    language: Language,
) -> Path:
    """Write the report to a temporary name, then rename it, so that no half file remains.

    Args:
        comparison: Results.
        titles: Titles of scenarios, by name and language.
        figures: Saved figures (``experiments.figures.save_figures``).
        manifest: Printed as origin: ``date``, ``version``, ``fingerprint`` and ``command``; what
            is missing is left out.
        path: File to write.
        language: "nl" or "en".
    """
    path = Path(path)
    html = report_html(comparison, titles, figures, manifest, language)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(html)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def report_html(
    comparison: Comparison,
    titles: Titles,
    figures: Sequence[SavedFigure],
    manifest: Mapping[str, Any],
    language: Language,
) -> str:
    """Return the report as one HTML document."""
    t = texts(language)
    design = comparison.design
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["kept"] = _kept
    share = (
        t("report.share_whole")
        if design.share >= 1
        else nf.small_percentage(design.share, language)
    )
    return environment.get_template("report.html.j2").render(
        t=t,
        language=language,
        title=t("report.title"),
        manifest={key: manifest.get(key) for key in ("date", "version", "fingerprint", "command")},
        compared=t(
            "report.compared",
            policies=nf.listing([inline(p, language, titles) for p in design.policies], language),
            baseline=inline(design.baseline, language, titles),
        ),
        parts=t("report.parts", share=share, seeds=design.seeds, draws=design.draws)
        + (f" {t(_drawn_from(design))}" if design.draws else ""),
        policies=[_policy(comparison, policy, language, titles) for policy in design.policies],
        many=len(design.policies) > 1,
        figures=[_figure(figure) for figure in figures if figure.name in IN_REPORT],
        carriers_figure=[_figure(each) for each in figures if each.name == "7_carriers"],
        limits=t.starting("brief.not."),
        baseline=label(design.baseline, language, titles),
    )


def _drawn_from(design: Design) -> str:
    """Return the key of the sentence on where the assumptions come from."""
    return "report.drawn.prior" if design.draws_from == PRIOR else "report.drawn.posterior"


def _kept(text: str) -> Markup:
    """Keep an amount on one line: no break after EUR, nor before million."""
    out = str(escape(text)).replace("EUR ", "EUR&nbsp;")
    for word in (" miljoen", " miljard", " million", " billion"):
        out = out.replace(word, "&nbsp;" + word[1:])
    return Markup(out)


def _figure(figure: SavedFigure) -> dict[str, str]:
    data = base64.b64encode(figure.svg.read_bytes()).decode("ascii")
    return {
        "source": f"data:image/svg+xml;base64,{data}",
        "alt": figure.alt,
        "caption": figure.caption,
        "title": figure.title,
    }


def _policy(
    comparison: Comparison, policy: str, language: Language, titles: Titles
) -> dict[str, Any]:
    """Return everything the report says about one policy."""
    t = texts(language)
    name = inline(policy, language, titles)
    own = [e for e in findings(comparison, language, titles) if e.id.startswith(f"{policy}.")]
    by_measure = {measure_of(each).id: each.sentence for each in own}
    return {
        "label": label(policy, language, titles),
        "question": t("answer.question", policy=name),
        "answer": answer(comparison, policy, language, titles).sentences,
        "evaluation": evaluation_sentence(comparison, policy, language, titles),
        "people": [by_measure[id_] for id_ in IN_ANSWER],
        "budget_caption": t("report.table_budget", policy=label(policy, language, titles)),
        "budget": _budget_rows(comparison, policy, language),
        "outcomes_caption": t(
            "report.table_outcomes",
            policy=label(policy, language, titles), years=years_text(comparison, policy),
        ),
        "outcomes": [outcome_row(comparison, policy, m, language) for m in MEASURES],
        "findings": own,
        "groups": group_sentences(comparison, policy, language, titles),
        "must": what_must_be_true(comparison, policy, language, titles),
        "carries": what_carries(comparison, policy, language, titles),
    }  # fmt: skip


def _budget_rows(comparison: Comparison, policy: str, language: Language) -> list[dict]:
    """Return the amounts of both tests per year, and over the window."""
    verdict = comparison.budgets[policy]
    tests = {name: getattr(verdict, name) for name in ("entitlement", "neutrality", "together")}
    chances = {"neutral": verdict.neutral, "within": verdict.within_framework}
    rows = []
    for k, year in enumerate(verdict.years):
        row: dict[str, Any] = {"year": str(year), "total": False}
        row["framework"] = nf.number(verdict.framework[k] / THOUSAND, language)
        for name, path in tests.items():
            row[name] = _cell(path.mean[k], path.monte_carlo[k], path.parameters[k], language)
        for name, chance in chances.items():
            hits = round(chance.by_year[k] * chance.of) if chance.of else 0
            row[name] = _of(hits, chance.of, language)
        rows.append(row)
    last: dict[str, Any] = {"year": texts(language)("report.row.total"), "total": True}
    last["framework"] = nf.number(float(np.mean(verdict.framework)) / THOUSAND, language)
    for name in tests:
        seeds = yearly_means(comparison, policy, name, "seed")
        draws = yearly_means(comparison, policy, name, "draw")
        last[name] = _cell(
            seeds.mean(), monte_carlo_interval(seeds), parameter_interval(draws), language
        )
    for name, chance in chances.items():
        last[name] = _of(chance.hits, chance.of, language)
    return [*rows, last]


def _of(hits: int, of: int, language: Language) -> str:
    word = "van" if language == "nl" else "of"
    return f"{hits} {word} {of}" if of else "-"


def _cell(
    mean: float, chance: tuple[float, float], assumptions: tuple[float, float], language: Language
) -> dict[str, str]:
    """Return one amount with both intervals, in thousands of euros."""

    def form(amount: float) -> str:
        return nf.difference(amount / THOUSAND, language)

    return {
        "mean": form(float(mean)),
        "chance": between_words(chance, form, language),
        "assumptions": between_words(assumptions, form, language),
    }
