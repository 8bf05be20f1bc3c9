"""Lessons in words: findings with both intervals, written from the numbers."""

import math
from dataclasses import dataclass

from experiments import number_format as nf
from experiments.amounts import shown, signed_change
from experiments.number_format import Language
from experiments.scenario_names import label
from experiments.teaching.found import Found
from experiments.teaching.lesson import Lesson, Promise
from experiments.texts import texts
from model.outcomes import BY_ID, Measure
from model.panel import ROW, WATCHED
from scenarios.titles import title


@dataclass(frozen=True)
class FindingWords:
    """One finding in words.

    Attributes:
        says: What it is of.
        before, after: Values in both worlds; for an evaluation what is true and what is seen.
        change: The difference, with unit.
        chance, assumptions: Its ranges; empty where there is none.
        reading: "more", "less" or "same": which way it goes, as far as chance lets one say.
        names: Names of the two worlds.
        turns: Whether a difference that chance does not explain can turn round over the
            assumptions.
    """

    says: str
    before: str
    after: str
    change: str
    chance: str
    assumptions: str
    reading: str
    names: tuple[str, str]
    turns: bool


def measure_of(promise: Promise) -> Measure:
    """Return the measure of a finding; for an evaluation one made of the indicator."""
    if promise.kind != "seen":
        return BY_ID[promise.measure]
    one = WATCHED[ROW[promise.measure]]
    return Measure(
        one.id, one.en, one.nl, one.unit, one.unit, "neither", "", "", "", "",
        decimals=max(1, one.decimals),
    )  # fmt: skip


def world_names(promise: Promise, language: Language) -> tuple[str, str]:
    """Return what both columns of a finding are called."""
    t = texts(language)
    if promise.kind == "seen":
        return t("teach.true"), t("teach.seen")
    if promise.kind == "loss_chance":
        return t("teach.many"), t("teach.few")
    worlds = [one.scenario for one in (promise.baseline, promise.policy)]
    names = [label(one, language, {one: title(one).model_dump()}) for one in worlds]
    return names[0], names[1]


def finding_words(promise: Promise, found: Found, language: Language) -> FindingWords:
    """Return a finding in words."""
    measure = measure_of(promise)
    unit = texts(language)("teach.points") if measure.is_share else ""

    def change(value: float) -> str:
        return f"{signed_change(measure, value, language)} {unit}".strip()

    def range_(ends: tuple[float, float]) -> str:
        if math.isnan(ends[0]):
            return ""
        low, high = (signed_change(measure, one, language) for one in ends)
        return nf.between(low, high, language)

    return FindingWords(
        getattr(promise.says, language),
        shown(measure, found.baseline, language),
        shown(measure, found.policy, language),
        change(found.mean),
        range_(found.chance),
        range_(found.assumptions),
        reading(found),
        world_names(promise, language),
        reading(found) != "same" and found.assumptions[0] <= 0.0 <= found.assumptions[1],
    )


def reading(found: Found) -> str:
    """Return which way a finding goes: "same" where chance could have made it."""
    low, high = found.chance
    if low > 0.0:
        return "more"
    return "less" if high < 0.0 else "same"


def sentence(words: FindingWords, language: Language) -> str:
    """Return a finding as one sentence with both ranges."""
    t = texts(language)
    ranges = [
        t(f"teach.range.{name}", range=text)
        for name, text in (("chance", words.chance), ("assumptions", words.assumptions))
        if text
    ]
    key = "teach.finding.same" if words.reading == "same" else "teach.finding"
    said = t(
        key, says=words.says, before=words.before, after=words.after, change=words.change,
        ranges="; ".join(ranges), baseline=words.names[0], policy=words.names[1],
    )  # fmt: skip
    return f"{said} {t('teach.turns')}" if words.turns else said


def all_words(lesson: Lesson, found: list[list[Found]], language: Language) -> list[FindingWords]:
    """Return the findings of a lesson over the whole window, the asked one first."""
    return [
        finding_words(promise, years[0], language)
        for promise, years in zip(lesson.promises, found, strict=True)
    ]


def judged(lesson: Lesson, found: list[list[Found]], chosen: int, language: Language) -> str:
    """Return what a prediction was worth.

    Args:
        lesson: The lesson.
        found: Its findings.
        chosen: Place of the answer that was predicted.
        language: "nl" or "en".
    """
    t = texts(language)
    right = lesson.right(found[0][0].mean)
    texts_ = [getattr(one.text, language) for one in lesson.answers]
    if chosen == right:
        return t("teach.right", answer=texts_[right])
    return t("teach.other", answer=texts_[chosen], right=texts_[right])


def basis(lesson: Lesson, language: Language) -> str:
    """Return how the numbers of a lesson were made."""
    return texts(language)(
        "teach.basis", seeds=lesson.seeds, draws=lesson.draws,
        share=nf.percentage(lesson.share, language),
    )  # fmt: skip
