"""What the brief says about one policy, all of it made from the results."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from experiments import number_format as nf
from experiments.briefs.brief import (
    Answer,
    Block,
    Brief,
    Bullets,
    Command,
    Group,
    Link,
    Paragraphs,
    Picture,
    Pictures,
    Section,
    Table,
)
from experiments.briefs.pictures import pictures
from experiments.briefs.results import Results
from experiments.briefs.years import years_table
from experiments.conditions import conditions_in_short
from experiments.figures.drawing import Request
from experiments.findings import (
    answer,
    parameter_label,
    what_carries,
    years_text,
)
from experiments.number_format import Language
from experiments.outcome_rows import outcome_row
from experiments.posteriors.draws import PRIOR
from experiments.probability_words import word_bounds
from experiments.readings import firm_reading, in_each, varied
from experiments.scenario_names import inline, label
from experiments.texts import Texts, texts
from model.outcomes import BY_ID
from model.parameters import load_registry

#: Who is affected, and the outcomes that say how.
WINNERS = {
    "patients": (
        "disease_burden_ccq", "undertreated_share", "refused_share", "waiting_weeks",
        "out_of_pocket",
    ),
    "practices": ("practice_margin", "practice_loss_share", "admin_hours", "job_satisfaction"),
    "payers": ("paramedical_spending", "total_care_cost"),
}  # fmt: skip

#: Assumptions named as carriers, and characters of a contract's story, at most.
MOST_CARRIERS = 4
LONGEST_STORY = 800

#: Units that are written as percentages.
SHARES = ("share", "share/year", "share/month")

#: Addresses that are printed: of a page on some server, or without it.
_ADDRESS = re.compile(r"(https?://[A-Za-z0-9.:\[\]_-]{1,100})?/[A-Za-z0-9._~:/?&=%,+@-]{0,4000}")


def brief_of(results: Results, policy: str, language: Language) -> Brief:
    """Return the brief on one policy of a comparison.

    Args:
        results: The comparison and what made it.
        policy: The policy.
        language: "nl" or "en".
    """
    t, about = texts(language), results.manifest
    request = Request(results.comparison, results.titles, language, "")
    drawn = pictures(request, policy, str(about.get("fingerprint", "")))
    heading = label(policy, language, results.titles)
    made = {"version": about.get("version", "-"), "fingerprint": about.get("fingerprint", "-")}
    date = str(about.get("date", ""))
    kicker = t("brief.kicker_date", date=day(date, t)) if date else t("brief.kicker")
    sections = (
        *_first_page(results, policy, language, drawn),
        *_second_page(results, policy, language, drawn),
    )
    return Brief(
        language, t("brief.title", policy=heading), kicker, date,
        tuple(_unbroken(section) for section in sections), t("brief.foot", **made),
    )  # fmt: skip


def _unbroken(section: Section) -> Section:
    """Return a section in which no line of running text breaks inside an amount."""
    return Section(
        section.heading,
        tuple(
            replace(block, texts=tuple(nf.glued(text) for text in block.texts))
            if isinstance(block, Paragraphs | Answer | Bullets)
            else block
            for block in section.blocks
        ),
    )


def day(date: str, t: Texts) -> str:
    """Return a date as one writes it: ``28 november 2026``."""
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", date)
    if not found or not 1 <= int(found[2]) <= 12:
        return date
    month = t("brief.months").split()[int(found[2]) - 1]
    return t("brief.day", day=int(found[3]), month=month, year=found[1])


def _first_page(
    results: Results, policy: str, language: Language, drawn: Mapping[str, Picture]
) -> tuple[Section, ...]:
    t, comparison, titles = texts(language), results.comparison, results.titles
    name = inline(policy, language, titles)
    question = [
        t("answer.question", policy=name),
        t("brief.compared", baseline=inline(comparison.design.baseline, language, titles),
          years=years_text(comparison, policy)),
    ]  # fmt: skip
    others = [inline(p, language, titles) for p in comparison.design.policies if p != policy]
    if others:
        question.append(t("brief.others", policies=nf.listing(others, language)))
    return (
        Section(t("brief.question"), (Paragraphs((" ".join(question),)),)),
        Section(
            t("brief.answer"),
            (
                Answer(tuple(answer(comparison, policy, language, titles).sentences)),
                _words_table(language),
                Paragraphs((t("brief.words.note"),), small=True),
                Pictures((drawn["tests"], drawn["runs"])),
            ),
        ),
        Section(
            t("brief.winners"),
            (
                Bullets(who_wins(results, policy, language)),
                _winners_table(results, policy, language),
            ),
        ),
    )


def _second_page(
    results: Results, policy: str, language: Language, drawn: Mapping[str, Picture]
) -> tuple[Section, ...]:
    t, comparison, about = texts(language), results.comparison, results.manifest
    carries = what_carries(comparison, policy, language, results.titles)[:MOST_CARRIERS]
    made = {"version": about.get("version", "-"), "fingerprint": about.get("fingerprint", "-")}
    origin: list[Block] = [Paragraphs((t("brief.origin.made", **made),))]
    if about.get("command"):
        origin.append(Command(str(about["command"])))
    if address := lasting(about.get("link")):
        origin.append(Link(t("brief.origin.link"), address))
    kept = "keep" if address else "check"  # a report of the dashboard has no folder yet
    origin.append(Paragraphs((t(f"brief.origin.{kept}"),)))
    return (
        Section(t("brief.years"), (years_table(comparison, policy, language),)),
        Section(t("brief.pictures"), (Pictures((drawn["groups"], drawn["dangers"])),)),
        Section(
            t("brief.carries"),
            (Bullets((*carries, *conditions_in_short(comparison, policy, language))),),
        ),
        Section(t("brief.assumed"), (Bullets(_assumed(results, policy, language)),)),
        Section(t("brief.not"), (Bullets(tuple(t.starting("brief.not."))),)),
        Section(t("brief.origin"), tuple(origin)),
    )


def lasting(address: Any) -> str:
    """Return the address of a view, whole or from the server's root; "" if it is no such thing."""
    return address if isinstance(address, str) and _ADDRESS.fullmatch(address) else ""


def _words_table(language: Language) -> Table:
    """Return which word stands for which probability."""
    t = texts(language)
    words, counts = zip(*word_bounds(language), strict=True)
    return Table(
        t("brief.words.caption"),
        (t("brief.words.word"), *words),
        (Group("", ((t("brief.words.row"), *counts),)),),
        (1.25, 1, 1, 1.35, 1, 1),
    )


def who_wins(results: Results, policy: str, language: Language) -> tuple[str, ...]:
    """Return which outcomes get better, worse or stay as they are, and which hang on something.

    Args:
        results: The comparison and what made it.
        policy: The policy.
        language: "nl" or "en".
    """
    t, draws = texts(language), results.comparison.design.draws
    words = ("better", "worse", "small", "equal", "unclear")
    found: dict[str, list[str]] = {word: [] for word in words}
    for id_ in (id_ for ids in WINNERS.values() for id_ in ids):
        measure = BY_ID[id_]
        if measure.better == "neither":
            continue
        word = firm_reading(results.comparison, policy, measure)
        found[word].append(_lower(getattr(measure, language)))
    stands, runs = varied(draws), in_each(draws, language)
    return tuple(
        t(f"brief.winners.{key}.{stands}", list=nf.listing(names, language), runs=runs)
        for key, names in found.items()
        if names
    )


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _winners_table(results: Results, policy: str, language: Language) -> Table:
    """Return the outcomes of everybody concerned, with both intervals."""
    t, comparison = texts(language), results.comparison
    baseline = comparison.design.baseline
    groups = []
    for who, ids in WINNERS.items():
        rows = [outcome_row(comparison, policy, BY_ID[id_], language) for id_ in ids]
        cells = tuple(
            (_named(row), row["baseline"], row["change"], row["chance"], row["assumptions"],
             row["reading"])
            for row in rows
        )  # fmt: skip
        groups.append(Group(t(f"brief.winners.{who}"), cells))
    columns = [t(f"brief.column.{key}") for key in ("effect", "chance", "assumptions", "reading")]
    return Table(
        t("brief.winners.caption", baseline=inline(baseline, language, results.titles),
          years=years_text(comparison, policy)),
        (t("brief.winners.who"), t("brief.column.outcome"),
         label(baseline, language, results.titles), *columns),
        tuple(groups),
        (1.35, 2.3, 1.35, 1.35, 1.6, 1.6, 1.4),
    )  # fmt: skip


def _named(row: Mapping[str, Any]) -> str:
    """Return name and unit, unless the name ends with the unit already."""
    if not row["unit"] or row["name"].endswith(f"({row['unit'].split('-')[0].split()[0]})"):
        return row["name"]
    return f"{row['name']} ({row['unit']})"


def _assumed(results: Results, policy: str, language: Language) -> tuple[str, ...]:
    """Return what the results rest on: sizes, where numbers come from, settings, the contract."""
    t, design = texts(language), results.comparison.design
    share = (
        t("report.share_whole")
        if design.share >= 1
        else nf.small_percentage(design.share, language)
    )
    drawn = "brief.assumed.no_draws"
    if design.draws:
        drawn = f"report.drawn.{'prior' if design.draws_from == PRIOR else 'posterior'}"
    runs = t("brief.assumed.runs", share=share, seeds=design.seeds, draws=design.draws)
    out = [f"{runs} {t(drawn)}", t("brief.assumed.numbers", **numbers_by_kind())]
    if design.settings:
        out.append(t("brief.assumed.set", list=settings_words(design.settings, language)))
    story = results.manifest["scenarios"][policy].get("story", {}).get(language, "")
    if story:
        name = label(policy, language, results.titles)
        out.append(t("brief.assumed.contract", policy=name, story=shortened(story)))
    return tuple(out)


def numbers_by_kind() -> dict[str, int]:
    """Return how many numbers about the real world there are, by where they come from."""
    told = {"literature": "source", "seed": "source", "derived": "derived", "assumption": "assumed"}
    counts = dict.fromkeys(("source", "derived", "assumed"), 0)
    registry = load_registry()
    for role in ("fact", "uncertainty"):
        for parameter in registry.by_role(role):
            counts[told[parameter.kind]] += 1
    return counts | {"all": sum(counts.values())}


def settings_words(settings: Mapping[str, float], language: Language) -> str:
    """Return what was set by hand: shares as percentages, amounts with EUR."""
    registry, words = load_registry(), []
    for name, value in settings.items():
        unit = registry[name].unit if name in registry else ""
        text = nf.plain(value, language)
        if unit in SHARES:
            text = f"{nf.plain(100.0 * value, language)}%"
        elif unit.startswith("EUR"):
            text = f"EUR {text}"
        words.append(f"{parameter_label(name, language)} = {text}")
    return nf.listing(words, language)


def shortened(text: str, most: int = LONGEST_STORY) -> str:
    """Return whole sentences of a text, as many as fit; a cut with dots if not even one does."""
    if len(text) <= most:
        return text
    kept = ""
    for sentence in _sentences(text):
        if len(kept) + len(sentence) > most:
            break
        kept += sentence
    return kept.strip() or text[: most - 1].rstrip() + "…"


def _sentences(text: str) -> Iterable[str]:
    return re.findall(r".+?(?:[.!?](?=\s)|$)\s*", text, flags=re.DOTALL)
