"""Scenarios side by side: one table, and one measure on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import palette
from dashboards.charts.rows import Row, rows_chart
from dashboards.result import Result
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from dashboards.viewmodels.outcomes import (
    changed,
    effect_rows,
    is_firm,
    range_text,
    reading_word,
)
from experiments import number_format as nf
from experiments.amounts import signed_change
from experiments.number_format import Language
from model.outcomes import BY_ID

SHOWN = (
    "paramedical_spending",
    "total_care_cost",
    "out_of_pocket",
    "disease_burden_ccq",
    "admissions",
    "qalys",
    "sessions_per_patient",
    "undertreated_share",
    "overtreated_share",
    "upcoded_share",
    "refused_share",
    "waiting_weeks",
    "practice_margin",
    "practice_loss_share",
    "job_satisfaction",
    "admin_hours",
)


@dataclass(frozen=True)
class Cell:
    """One outcome of one scenario.

    Attributes:
        change: Difference with fee per session.
        range: Range over assumptions (or chance, without).
        clear: Whether it is firm (``outcomes.is_firm``): shown bold.
        word: Its reading in words.
    """

    change: str
    range: str
    clear: bool
    word: str


@shared
def table(results: Sequence[Result], language: Language) -> list[tuple[str, list[Cell]]]:
    """Return a row per outcome with a cell per scenario."""
    rows = []
    for name in SHOWN:
        measure = BY_ID[name]
        cells = []
        for result in results:
            one = result.effect(name)
            pair = one.assumptions or one.chance
            cells.append(
                Cell(changed(measure, one.mean, language), range_text(measure, pair, language),
                     is_firm(measure, one), reading_word(measure, one, language))
            )  # fmt: skip
        rows.append((getattr(measure, language), cells))
    return rows


@shared
def measure_figure(
    results: Sequence[Result],
    labels: Sequence[str],
    name: str,
    language: Language,
    places: Sequence[int] = (),
) -> Figure:
    """Return the effect of every scenario on one measure, on one axis, over the window.

    Args:
        results: One a scenario.
        labels: Their short names.
        name: Measure.
        language: "nl" or "en".
        places: Where each was put, which gives its colour and shape; in order without it.
    """
    t, measure = texts(language), BY_ID[name]
    scale = 100.0 if measure.is_share else 1e-6 if measure.unit == "EUR/year" else 1.0
    effects = [result.effect(name) for result in results]
    rows = []
    for k, label, one in zip(places or range(len(labels)), labels, effects, strict=True):
        colour, shape = palette.SCENARIOS[k % len(palette.SCENARIOS)]
        pairs = [
            None if pair is None else (pair[0] * scale, pair[1] * scale)
            for pair in (one.chance, one.assumptions)
        ]
        mean = None if one.mean is None else one.mean * scale
        said = t("unknown") if one.mean is None else signed_change(measure, one.mean, language)
        rows.append(Row(label, mean, *pairs, said, colour=colour, shape=shape))

    def draw(width: float) -> str:
        return rows_chart(
            rows, lambda x: nf.difference(x, language, _fine(rows)), width, t("band.chance"),
            t("band.assumptions"),
        )  # fmt: skip

    table, data = effect_rows(measure, effects, language, labels)
    parts = [
        f"{label}: {changed(measure, one.mean, language)}"
        for label, one in zip(labels, effects, strict=True)
    ]
    return Figure(
        id=f"compare_{name}",
        title=t("compare.figure", measure=getattr(measure, language)),
        sentence="; ".join(parts) + ".",
        columns=(t("table.scenario"), *_heads(language)),
        rows=table,
        data=data,
        note=getattr(measure, f"explains_{language}"),
        about=name,
        draw=draw,
    )


def _heads(language: Language) -> tuple[str, ...]:
    from dashboards.viewmodels.outcomes import effect_heads

    return effect_heads(language)


def _fine(rows: Sequence[Row]) -> int:
    """Return the decimals that the axis needs."""
    ends = [abs(x) for row in rows for pair in (row.chance, row.assumptions) if pair for x in pair]
    size = max(ends, default=1.0)
    return 0 if size >= 10 else 1 if size >= 1 else 2 if size >= 0.1 else 3
