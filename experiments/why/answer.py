"""The answer to "where does this number come from?", as plain data in one language.

``why(name, language)`` is the interface: the command prints it, the dashboard shows it. What a
measure leans on is derived twice and said apart: from a stored screening of effects
(``experiments.why.screening``; swings, always there) and, if a sweep was analysed, from its shares
of variance (``experiments.why.shares``). Nobody lists by hand what leans on what.
"""

import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from experiments.formula_words import formula_words
from experiments.number_format import Language
from experiments.output import OutputError
from experiments.parameter_units import unit_name
from experiments.source_words import grade_words
from experiments.texts import texts
from experiments.why import screening, shares, words
from experiments.why.places import places, readers
from experiments.why.subjects import JUDGING, SEEN, TESTS, figures, kind_of, nearest
from model.outcomes import BY_ID
from model.parameters import Parameter, load_registry
from model.parameters.located_yaml import read_located
from model.state import TABLES

#: Parameters and measures named in one list.
MOST_NAMED = 8

#: The world that shows what "the level" leans on, and the bundle that shows what "the difference"
#: leans on; other worlds only where nothing moves in these.
MAIN = "bundle_weight_classes"


class UnknownNameError(ValueError):
    """Nothing has that name; the message is one sentence with the nearest names."""


@dataclass(frozen=True)
class Row:
    """One parameter that a measure leans on.

    Attributes:
        name, label: The parameter, and what people call it.
        value: Value and range, in words.
        role, grade, source: As in the registry, in words.
        size: What it does, in words: swing over its range, or share of the variance.
        share: Share of the variance; None if not known.
    """

    name: str
    label: str
    value: str
    role: str
    grade: str
    source: str
    size: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Leaning:
    """What one thing leans on, most first: the level, a difference, or the variance of one."""

    about: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Answer:
    """Where a number comes from; texts in the language asked for, empty where they do not apply.

    Attributes:
        name, kind: What was asked for: a measure, parameter or figure.
        title: What people call it.
        meaning: One plain sentence.
        formula: How it is reckoned, in names of the model.
        terms: Each column in the formula, and what it means.
        value: Value and range.
        role, grade, source, note: Of a parameter.
        read_in: Where the code reads a parameter: "file, function".
        leans: Parameters that a measure or figure leans on.
        moves: Measures that a parameter moves most.
        measures: Measures that a figure shows, as names to ask for.
        better: Who could replace it with better data.
        reserves: What the lists above leave out.
    """

    name: str
    kind: str
    title: str
    meaning: str = ""
    formula: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    value: str = ""
    role: str = ""
    grade: str = ""
    source: str = ""
    note: str = ""
    read_in: tuple[str, ...] = ()
    leans: tuple[Leaning, ...] = ()
    moves: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    better: str = ""
    reserves: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return the answer as plain data for JSON."""
        return asdict(self)


def why(name: str, language: Language = "en", sensitivity: Path | None = None) -> Answer:
    """Return where a number comes from.

    Args:
        name: Id of a measure, budget test, parameter or figure (``subjects.names``).
        language: "nl" or "en".
        sensitivity: Folder of an analysed sweep, for shares of variance.

    Raises:
        UnknownNameError: Nothing has that name.
        OutputError: The folder holds no analysis.
    """
    kind = kind_of(name)
    if kind is None:
        near = ", ".join(nearest(name))
        raise UnknownNameError(texts(language)("why.unknown", name=name, nearest=near))
    if name in SEEN:
        return _of_indicator(name, language)
    if kind == "parameter":
        return _of_parameter(load_registry()[name], language)
    return (_of_measure if kind == "measure" else _of_figure)(name, language, sensitivity)


# --- measures


def _of_measure(name: str, language: Language, sensitivity: Path | None) -> Answer:
    t, measure = texts(language), BY_ID.get(name)
    formula = formula_words(measure.formula, language) if measure else t(f"why.{name}.formula")
    reserves = [_screening_reserve(language)]
    leans = []
    if sensitivity is not None:
        leans, reserve = _variance(name, language, sensitivity)
        reserves = [reserve, *reserves]
    return Answer(
        name=name,
        kind=t("why.kind.measure"),
        title=words.measure_title(name, language),
        meaning=getattr(measure, f"explains_{language}") if measure else t(f"why.{name}.explains"),
        formula=formula,
        terms=terms(formula),
        leans=(*leans, *_screened(name, language)),
        better=t(f"why.who.{_better()['measures'][name]}"),
        reserves=tuple(reserves),
    )


def terms(formula: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of the state that a formula names, and what each means."""
    found = dict.fromkeys(re.findall(r"\b(tally|care|health|person)\.(\w+)", formula))
    meanings = {
        (table, column.name): f"{column.meaning} ({column.unit})"
        for table, (_, columns) in TABLES.items() for column in columns
    }  # fmt: skip
    return tuple((".".join(key), meanings[key]) for key in found if key in meanings)


def _screened(name: str, language: Language) -> list[Leaning]:
    """Return what the level and the main difference lean on; else what other worlds show."""
    t, stored = texts(language), screening.shipped()
    policies = [*dict.fromkeys(one.policy for one in stored.of_measure(name))]
    first = [screening.OPEN, screening.effect_of(MAIN)]
    if name in TESTS:
        first = policies
    chosen = [one for one in first if one in policies] or policies[:2]
    out = []
    for policy in chosen:
        found = stored.of_measure(name, policy)[:MOST_NAMED]
        about = t("why.leans.test") if name in TESTS else words.world(policy, language)
        rows = [_row(one.parameter, language, _size(one, language)) for one in found]
        out.append(Leaning(about, tuple(rows)))
    return out or [Leaning(t("why.leans.none"), ())]


def _size(one: screening.Swing, language: Language) -> str:
    """Return in words what a parameter does over its range."""
    entry = load_registry()[one.parameter]
    return texts(language)(
        "why.leans.size",
        low=words.plain(entry.low, language), high=words.plain(entry.high, language),
        unit=unit_name(entry.unit, language), swing=words.change(one.measure, one.swing, language),
    ).replace("  ", " ")  # fmt: skip


def _row(name: str, language: Language, size: str = "", share: float | None = None) -> Row:
    t, entry = texts(language), load_registry()[name]
    return Row(
        name=name,
        label=getattr(entry.label, language),
        value=words.value_and_range(entry, language),
        role=t(f"why.role.{entry.role}"),
        grade=grade_words(entry.grade, language),
        source=words.source(entry, language),
        size=size,
        share=share,
    )


def _variance(name: str, language: Language, folder: Path) -> tuple[list[Leaning], str]:
    """Return shares of variance per policy of an analysed sweep, and the reserve to it."""
    t, path = texts(language), shares.analysis_file(folder)
    if path is None:
        raise OutputError(t("why.no_analysis", folder=folder))
    found = shares.shares(path, name)
    if not found:
        key = "why.not_analysed" if found is None else "why.nothing_clear"
        return [], t(key, folder=folder, name=name)
    out = []
    for policy in dict.fromkeys(one.policy for one in found):
        rows = [
            _row(one.parameter, language, _share(one, name, language),
                 one.size if one.meaning == "variance" else None)
            for one in found if one.policy == policy and one.parameter in load_registry()
        ]  # fmt: skip
        about = t("why.leans.variance", policy=words.policy(policy, language), folder=folder)
        out.append(Leaning(about, tuple(rows[:MOST_NAMED])))
    return out, t("why.reserve.variance", folder=folder)


def _share(one: shares.Share, measure: str, language: Language) -> str:
    t = texts(language)
    if one.meaning == "variance":
        return t("why.leans.share", share=words.percent(one.size, language))
    if one.meaning == "rho":
        return t("why.leans.rho", rho=words.plain(one.size, language))
    return t("why.leans.elementary", amount=words.change(measure, one.size, language))


def _screening_reserve(language: Language) -> str:
    t, about = texts(language), screening.shipped().about
    if not screening.shipped().fits(load_registry()):
        return t("why.reserve.stale")
    first, policy, last = about["years"]
    del first
    return t(
        "why.reserve.screening",
        years=f"{policy}-{last}", count=last - policy + 1, seeds=len(about["seeds"]),
        share=words.percent(about["share"], language),
    )  # fmt: skip


def _of_indicator(name: str, language: Language) -> Answer:
    """Return where something that the regulator watches comes from, as it sees it."""
    t, watched = texts(language), SEEN[name]
    judged = dict.fromkeys([*([watched.margin] if watched.margin else []), *readers(*JUDGING)])
    rows = tuple(_row(one, language) for one in judged)
    return Answer(
        name=name,
        kind=t("why.kind.measure"),
        title=words.measure_title(name, language),
        meaning=t(f"why.{name}.explains"),
        formula=t(f"why.{name}.formula"),
        leans=(Leaning(t("why.leans.judged"), rows),),
        better=t(f"why.who.{_better()['measures'][name]}"),
        reserves=(t("why.reserve.seen"),),
    )


# --- parameters


def _of_parameter(entry: Parameter, language: Language) -> Answer:
    t = texts(language)
    found = [f"{one.file}, {one.function}" if one.function else one.file
             for one in places(entry.name)]  # fmt: skip
    moved = entry.role in ("uncertainty", "lever")
    moves, reserves = (), ()
    if moved:
        moves = tuple(_moves(entry.name, language)) or (t("why.moves.none"),)
        reserves = (_screening_reserve(language),)
    else:
        moves = (t(f"why.moves.{entry.role}"),)
    return Answer(
        name=entry.name,
        kind=t("why.kind.parameter"),
        title=getattr(entry.label, language),
        value=words.value_and_range(entry, language),
        role=t(f"why.role.{entry.role}"),
        grade=grade_words(entry.grade, language),
        source=words.source(entry, language),
        note=entry.note,
        read_in=tuple(found)
        or (t("why.nowhere" if entry.role != "target" else "why.role.target"),),
        moves=moves,
        better=better(entry, language),
        reserves=reserves,
    )


def better(entry: Parameter, language: Language) -> str:
    """Return who could replace a parameter with better data, by the subject of its file."""
    t, known = texts(language), _better()
    key = known["names"].get(entry.name) or known["files"][entry.file.removesuffix(".yaml")]
    who = t(f"why.who.{key}")
    return t("why.who.levers", who=who) if entry.role == "lever" else who


def _moves(name: str, language: Language) -> list[str]:
    """Return which measures a parameter moves most; each measure once, where it moves most."""
    t, out = texts(language), {}
    for one in screening.shipped().of_parameter(name):
        if one.measure in out or " - " in one.policy:
            continue
        swing = words.change(one.measure, one.swing, language)
        if one.central and one.measure not in TESTS:
            part = words.percent(one.part, language, signed=True)
            swing = t("why.moves.part", swing=swing, part=part)
        out[one.measure] = t(
            "why.moves.line",
            measure=words.measure_title(one.measure, language),
            world=words.policy(one.policy, language), swing=swing,
        )  # fmt: skip
    return list(out.values())[:MOST_NAMED]


# --- figures


def _of_figure(name: str, language: Language, sensitivity: Path | None) -> Answer:
    t, figure = texts(language), figures()[name]
    first = words.measure_title(figure.measures[0], language) if figure.measures else ""
    leans: tuple[Leaning, ...] = ()
    meaning, formula, better_data, reserves, found_terms = "", "", "", (), ()
    if figure.code:
        rows = [_row(one, language) for one in readers(*figure.code)]
        leans = (Leaning(t("why.leans.only_code"), tuple(rows)),)
        better_data = t("why.who.contracts")
    elif figure.measures:
        of = _of_measure(figure.measures[0], language, sensitivity)
        leans, better_data, reserves = of.leans, of.better, of.reserves
        formula, found_terms = of.formula, of.terms
        if len(figure.measures) > 1:
            leans = tuple(_screened_many(figure.measures, language))
            formula, found_terms = "; ".join(_formulas(figure.measures, language)), ()
    meaning = t(f"why.figure.{figure.words}.explains")
    return Answer(
        name=name,
        kind=t("why.kind.figure"),
        title=t(f"why.figure.{figure.words}.title", measure=first),
        meaning=meaning,
        formula=formula or meaning,
        terms=found_terms,
        leans=leans,
        measures=figure.measures,
        better=better_data or t("why.who.claims_and_panels"),
        reserves=reserves,
    )


def _formulas(measures: tuple[str, ...], language: Language) -> list[str]:
    """Return the formulas of a few measures; of more than a few, how to ask for each."""
    few = measures if len(measures) <= MOST_NAMED else ()
    return [f"{one} = {_of_formula(one, language)}" for one in few]


def _of_formula(name: str, language: Language) -> str:
    if name in BY_ID:
        return formula_words(BY_ID[name].formula, language)
    return texts(language)(f"why.{name}.formula")


def _screened_many(measures: tuple[str, ...], language: Language) -> list[Leaning]:
    """Return what the first few measures of a figure lean on most, three parameters each."""
    out = []
    for measure in measures[:MOST_NAMED]:
        for one in _screened(measure, language)[-1:]:
            about = f"{words.measure_title(measure, language)}: {one.about}"
            out.append(Leaning(about, one.rows[:3]))
    return out


@cache
def _better() -> dict[str, dict[str, str]]:
    return read_located(Path(__file__).parent / "better_data.yaml").data
