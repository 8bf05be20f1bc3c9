"""What changes: number cards, paths, groups and all outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts.paths import PathWords, path_chart
from dashboards.charts.rows import Row, rows_chart
from dashboards.result import WINDOW, Effect, Result
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from experiments import importance
from experiments import number_format as nf
from experiments.amounts import shown, signed_change
from experiments.importance import is_nil, matters_from
from experiments.number_format import Language
from model.outcomes import BY_ID, MEASURES, Measure

#: The four numbers under the answer.
CARDS = ("disease_burden_ccq", "admissions", "paramedical_spending", "total_care_cost")
GROUPED = ("disease_burden_ccq", "undertreated_share", "refused_share")
MILLION = 1e6
#: Readings that neither chance nor assumptions undo.
FIRM = ("better", "worse", "neither")


@dataclass(frozen=True)
class Card:
    """One number.

    Attributes:
        label: Of what.
        change: Difference with fee per session.
        ranges: Both ranges in words.
        reading: What it comes to (``reading``; or estimate), which colours it; ``word`` says it.
        word: The same in words.
        from_to: Value under both.
        about: The measure, for ``viewmodels.source``.
    """

    label: str
    change: str
    ranges: tuple[str, ...]
    reading: str
    word: str
    from_to: str
    about: str


def unit_of(measure: Measure, language: Language) -> str:
    """Return the unit of a change in a measure, as it stands behind the number."""
    if measure.is_share:
        return texts(language)("unit.points")
    if measure.unit == "EUR/year":
        return texts(language)("unit.per_year")
    if measure.unit == "index":
        return texts(language)("unit.index")
    return measure.unit_nl if language == "nl" else measure.unit.replace("/", " per ")


def changed(measure: Measure, value: float | None, language: Language) -> str:
    """Return a change with sign and unit."""
    if value is None:
        return texts(language)("unknown")
    return f"{signed_change(measure, value, language)} {unit_of(measure, language)}".strip()


def range_text(measure: Measure, pair: tuple[float, float] | None, language: Language) -> str:
    """Return a range of changes, with signs."""
    if pair is None:
        return texts(language)("unknown")
    low, high = (signed_change(measure, end, language) for end in pair)
    return nf.between(low, high, language)


def reading(measure: Measure, effect: Effect) -> str:
    """Return what an effect comes to, in one word.

    Returns:
        As reports have it (``experiments.importance.reading``); and "turns" for what is clear of
        chance but goes the other way with other assumptions.
    """
    if effect.mean is None or effect.chance is None:
        return "unclear"
    found = importance.reading(measure, effect.baseline or 0.0, effect.chance, effect.assumptions)
    return "turns" if found in FIRM and effect.turns else found


def is_firm(measure: Measure, effect: Effect) -> bool:
    """Return whether neither chance nor assumptions can undo an effect, and it matters."""
    return reading(measure, effect) in FIRM


def reading_word(measure: Measure, effect: Effect, language: Language) -> str:
    """Return the reading in words; of a small one, whether other assumptions make it matter."""
    t, found = texts(language), reading(measure, effect)
    margin = matters_from(measure, effect.baseline or 0.0)
    if found == "small" and effect.assumptions and not is_nil(effect.assumptions, margin):
        return t("reading.small_here")
    return t(f"reading.{found}")


@shared
def cards(result: Result, language: Language) -> list[Card]:
    """Return the four numbers under the answer, over the window."""
    return [card(BY_ID[name], result.effect(name), language, result.estimated) for name in CARDS]


def card(measure: Measure, effect: Effect, language: Language, estimated: bool = False) -> Card:
    """Return one number card; an estimate has no verdict, and one rough range."""
    t = texts(language)
    pairs = [("chance", effect.chance), ("assumptions", effect.assumptions)]
    if estimated:
        pairs = [("rough", effect.widest)]
    ranges = [
        t(f"card.{kind}", range=range_text(measure, pair, language))
        for kind, pair in pairs
        if pair is not None
    ]
    return Card(
        label=getattr(measure, language),
        change=changed(measure, effect.mean, language),
        ranges=tuple(ranges),
        reading="estimate" if estimated else reading(measure, effect),
        word=t("reading.estimate") if estimated else reading_word(measure, effect, language),
        from_to=t(
            "card.from_to",
            before=_value(measure, effect.baseline, language),
            after=_value(measure, effect.value, language),
        ),
        about=measure.id,
    )


def _value(measure: Measure, value: float | None, language: Language) -> str:
    return texts(language)("unknown") if value is None else shown(measure, value, language)


def caveats(result: Result, language: Language) -> list[str]:
    """Return the two assumptions that could change the answer, or why none can be named."""
    return list(result.words(language)["carries"][:3])


# --- paths and groups


def band_names(estimated: bool, language: Language) -> tuple[str, str]:
    """Return the names of both intervals: of an estimate they are those of the usual price."""
    t, kind = texts(language), "_estimate" if estimated else ""
    return t(f"band.chance{kind}"), t(f"band.assumptions{kind}")


@shared
def path_figure(result: Result, name: str, labels: tuple[str, str], language: Language) -> Figure:
    """Return a measure year by year in both worlds, and the difference with two bands.

    Args:
        result: Results.
        name: Measure.
        labels: Short names of baseline and scenario.
        language: "nl" or "en".
    """
    t, measure = texts(language), BY_ID[name]
    effects, bands = result.path(name), band_names(result.estimated, language)
    words = PathWords(
        *labels,
        levels=t("path.levels", measure=getattr(measure, language), unit=_axis(measure, language)),
        difference=t("path.difference", unit=_axis_change(measure, language)),
        chance=bands[0],
        assumptions=bands[1],
    )
    level, change = _axis_form(measure, effects, language)

    def draw(width: float) -> str:
        return path_chart(effects, words, level, change, width, result.estimated)

    table, data = effect_rows(measure, effects, language)
    last = effects[-1]
    return Figure(
        id=f"path_{name}",
        title=getattr(measure, language),
        sentence=t(
            "path.sentence", measure=getattr(measure, language), year=last.group,
            before=_value(measure, last.baseline, language),
            after=_value(measure, last.value, language), scenario=labels[1], baseline=labels[0],
        ),
        columns=(t("table.year"), *effect_heads(language, result.estimated)),
        rows=table,
        data=data,
        note=getattr(measure, f"explains_{language}"),
        about=name,
        draw=draw,
    )  # fmt: skip


def effect_heads(language: Language, estimated: bool = False) -> tuple[str, ...]:
    """Return the heads of a table of effects, or of estimates of them."""
    t = texts(language)
    names = ("baseline", "scenario", "difference")
    return (*(t(f"table.{name}") for name in names), *band_names(estimated, language))


def effect_rows(
    measure: Measure, effects: Sequence[Effect], language: Language, names: Sequence[str] = ()
) -> tuple[tuple, tuple]:
    """Return a table of effects as people read it, and with plain numbers."""
    table, data = [], []
    for k, one in enumerate(effects):
        name = names[k] if names else one.group
        table.append(
            (
                name, _value(measure, one.baseline, language), _value(measure, one.value, language),
                changed(measure, one.mean, language), range_text(measure, one.chance, language),
                range_text(measure, one.assumptions, language),
            )
        )  # fmt: skip
        data.append(
            (name, one.baseline, one.value, one.mean, *(one.chance or ("", "")),
             *(one.assumptions or ("", "")), one.patients)
        )  # fmt: skip
    heads = (
        "group", f"baseline [{measure.unit}]", "scenario", "difference", "chance_low",
        "chance_high", "assumptions_low", "assumptions_high", "simulated_patients",
    )  # fmt: skip
    return tuple(table), (heads, *data)


def group_name(split: str, group: str, language: Language) -> str:
    """Return what a group of patients or practices is called."""
    t = texts(language)
    if split == "gold":
        return t("group.gold", stage={"2": "II", "3": "III", "4": "IV"}.get(group, group))
    if split == "age":
        return t(f"group.age_{group}")
    if split == "income":
        key = {"1": "lowest", "5": "highest"}.get(group, "middle")
        return t(f"group.income_{key}", group=group)
    return t(f"group.practice_{group}")


@shared
def groups_figure(result: Result, name: str, language: Language) -> Figure:
    """Return the effect on a measure by severity, age and income, over the window."""
    splits = ("gold", "age", "income") if name != "practice_margin" else ("practice_size",)
    found = [(split, one) for split in splits for one in _in_order(result.effects(name, split))]
    return _rows_figure(result, name, found, language)


def _in_order(effects: Sequence[Effect]) -> list[Effect]:
    """Return groups in the order in which people count: the youngest first."""
    return sorted(effects, key=lambda one: not one.group.startswith("under"))


def _rows_figure(
    result: Result, name: str, found: list[tuple[str, Effect]], language: Language
) -> Figure:
    t, measure = texts(language), BY_ID[name]
    scale = 100.0 if measure.is_share else 1.0
    everyone = result.effect(name)
    named = [(t("group.everyone"), everyone)] + [
        (group_name(split, one.group, language), one) for split, one in found
    ]
    _, change = _axis_form(measure, [one for _, one in named], language)

    def said(one: Effect) -> str:
        """Return a change with as many digits as the axis has."""
        return t("unknown") if one.mean is None else change(one.mean)

    rows = [
        Row(label, None if one.mean is None else scale * one.mean, _times(one.chance, scale),
            _times(one.assumptions, scale), t("group.small") if one.small else said(one),
            small=one.small)
        for label, one in named
    ]  # fmt: skip
    firsts = [1] + [k + 1 for k in range(1, len(found)) if found[k][0] != found[k - 1][0]]

    def draw(width: float) -> str:
        return rows_chart(
            rows, lambda x: change(x / scale), width, t("band.chance"), t("band.assumptions"),
            gap_before=firsts,
        )  # fmt: skip

    known = [(label, one) for label, one in named[1:] if one.mean is not None and not one.small]
    known.sort(key=lambda item: item[1].mean or 0.0)
    low, high = (known[0], known[-1]) if known else (("-", everyone), ("-", everyone))
    effects, unit = [one for _, one in named], _axis_change(measure, language)
    table, data = effect_rows(measure, effects, language, [label for label, _ in named])
    return Figure(
        id=f"groups_{name}",
        title=t("groups.title", measure=getattr(measure, language)),
        sentence=t(
            "groups.sentence", measure=getattr(measure, language), low=low[0], high=high[0],
            low_change=f"{said(low[1])} {unit}", high_change=f"{said(high[1])} {unit}",
        ),
        columns=(t("table.group"), *effect_heads(language)),
        rows=table,
        data=data,
        note=t("groups.note", unit=unit),
        about=name,
        draw=draw,
    )  # fmt: skip


def _times(pair: tuple[float, float] | None, factor: float) -> tuple[float, float] | None:
    return None if pair is None else (pair[0] * factor, pair[1] * factor)


@shared
def all_outcomes(result: Result, language: Language, year: int = WINDOW) -> tuple[tuple, ...]:
    """Return a row per measure: name, both values, difference, both ranges, reading."""
    rows = []
    for measure in MEASURES:
        one = result.effect(measure.id, year)
        table, _ = effect_rows(measure, [one], language, [getattr(measure, language)])
        rows.append((*table[0], reading_word(measure, one, language)))
    return tuple(rows)


def _axis(measure: Measure, language: Language) -> str:
    t = texts(language)
    if measure.is_share:
        return "%"
    return t("unit.million") if measure.unit == "EUR/year" else unit_of(measure, language)


def _axis_change(measure: Measure, language: Language) -> str:
    if measure.is_share:
        return texts(language)("unit.points")
    return _axis(measure, language)


def _axis_form(measure: Measure, effects: Sequence[Effect], language: Language):
    """Return how levels and changes are written along an axis."""
    changes = [x for one in effects for x in (one.mean, *(one.chance or ())) if x is not None]
    size = max((abs(x) for x in changes), default=1.0) or 1.0
    if measure.unit == "EUR/year":
        fine = 1 if size >= 0.5 * MILLION else 2
        return (
            lambda x: nf.number(x / MILLION, language, 1),
            lambda x: nf.difference(x / MILLION, language, fine),
        )
    if measure.is_share:
        fine = 0 if size >= 0.05 else 1 if size >= 0.005 else 2
        return (
            lambda x: nf.percentage(x, language, 1),
            lambda x: nf.difference(100.0 * x, language, fine),
        )
    fine = 0 if size >= 10 else 1 if size >= 1 else 2 if size >= 0.1 else 3 if size >= 0.01 else 4
    level = 0 if measure.decimals == 0 else min(measure.decimals, 2)
    return (
        lambda x: nf.number(x, language, level),
        lambda x: nf.difference(x, language, fine),
    )
