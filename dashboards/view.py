"""A view: everything a visitor has chosen, and the address that says the same.

A link is a laboratory notebook: ``parse(*address(view)) == view`` for every view. Whatever is wrong
in an address is left out and named, and the rest of it holds.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from dashboards.game.rooms import ROOM, TICKET
from dashboards.levers import Lever
from dashboards.teaching.store import CODE, GROUP
from experiments.number_format import LANGUAGES, Language

PAGES = (
    "start", "outcomes", "contract", "compare", "certainty", "sweeps", "oversight", "money",
    "class", "method", "room",
)  # fmt: skip
#: Pages in the bar; a room of the class game is reached by its link or from Class.
IN_BAR = tuple(page for page in PAGES if page != "room")
DEFAULT_SCENARIO = "bundle_weight_classes"
MOST_COMPARED = 3
MEASURE_SHOWN = "paramedical_spending"

#: Groups of practices of which one can be followed, and sizes of a sweep (``dashboards.sweeping``).
MOST_FOLLOWED = 20
SWEEP_POINTS, SWEEP_DRAWS = (3, 5, 7), (3, 6, 10)

_NAME = re.compile(r"[a-z0-9_]{1,80}")
#: What the page Class keeps in its address: key and name in a view; and what each may look like.
CLASS_KEYS = (("part", "part"), ("lesson", "lesson"), ("who", "learner"), ("group", "course"))
CLASS_FORMS = {
    "part": _NAME, "lesson": _NAME, "learner": CODE, "course": GROUP, "room": ROOM,
    "ticket": TICKET,
}  # fmt: skip
#: What the page Room keeps in its address. No other page has the ticket in it: links are shared.
ROOM_KEYS = (("room", "room"), ("ticket", "ticket"))

_VERSION = re.compile(r"[A-Za-z0-9.+-]{1,40}")


@dataclass(frozen=True)
class View:
    """What a visitor has chosen.

    Attributes:
        page: One of ``PAGES``.
        language: "nl" or "en".
        scenario: Scenario looked at.
        levers: Levers moved away from where the scenario has them, by name.
        compared: Scenarios at places A, B and C of the page Compare, empty for a place without
            one; None while nobody has chosen, which is not the same as nothing chosen.
        measure: Measure whose path is drawn.
        year: Year of the gauges and tables; 0 for the whole window.
        version: Version of the program that the link was made with; empty if it does not say.
        part: Part of the page Class.
        lesson: Lesson taken.
        learner: Code under which predictions are kept.
        course: Group of the learner.
        practice: Group whose practice is followed, 1 to 20.
        ranges: Levers of a sweep with lowest and highest value: none, or two.
        points, draws: Values of each of these levers, and runs with other assumptions at each
            point.
        room: Room of the class game.
        ticket: Seat in it, or the facilitator's.
    """

    page: str = "start"
    language: Language = "nl"
    scenario: str = DEFAULT_SCENARIO
    levers: Mapping[str, float] = field(default_factory=dict)
    compared: tuple[str, ...] | None = None
    measure: str = MEASURE_SHOWN
    year: int = 0
    version: str = ""
    part: str = ""
    lesson: str = ""
    learner: str = ""
    course: str = ""
    practice: int = 10
    ranges: tuple[tuple[str, float, float], ...] = ()
    points: int = 5
    draws: int = 3
    room: str = ""
    ticket: str = ""

    def with_lever(self, name: str, value: float | None) -> "View":
        """Return the view with one lever moved, or put back (None)."""
        levers = {key: old for key, old in self.levers.items() if key != name}
        if value is not None:
            levers[name] = value
        return replace(self, levers=levers)


@dataclass(frozen=True)
class Problem:
    """Something in an address that could not be used.

    Attributes:
        key: Text that says what was wrong (``problem.<key>``).
        values: What fills it in.
    """

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Choices:
    """What there is to choose from.

    Attributes:
        scenarios: Names of scenarios.
        measures: Names of measures.
        years: Years of the policy window.
        levers: All levers by name.
        baseline: Scenario that all others are compared with; empty for none.
    """

    scenarios: tuple[str, ...]
    measures: tuple[str, ...]
    years: tuple[int, ...]
    levers: Mapping[str, Lever]
    baseline: str = ""


def address(view: View) -> tuple[str, str]:
    """Return path and query of a view; what is as usual is left out."""
    usual = View()
    pairs: list[tuple[str, str]] = [("lang", view.language)]
    if view.scenario != usual.scenario:
        pairs.append(("s", view.scenario))
    pairs += [(f"l.{name}", repr(float(value))) for name, value in sorted(view.levers.items())]
    if view.compared is not None:
        pairs.append(("with", ",".join(view.compared)))
    if view.measure != usual.measure:
        pairs.append(("m", view.measure))
    if view.year:
        pairs.append(("y", str(view.year)))
    kept = CLASS_KEYS + ROOM_KEYS if view.page == "room" else CLASS_KEYS
    pairs += [(key, getattr(view, name)) for key, name in kept if getattr(view, name)]
    if view.practice != usual.practice:
        pairs.append(("pr", str(view.practice)))
    if view.ranges:
        pairs.append(("sw", "~".join(f"{n}:{low!r}:{high!r}" for n, low, high in view.ranges)))
    for key in ("points", "draws"):
        if getattr(view, key) != getattr(usual, key):
            pairs.append((key, str(getattr(view, key))))
    if view.version:
        pairs.append(("v", view.version))
    path = "/" if view.page == "start" else f"/{view.page}"
    return path, urlencode(pairs, quote_via=quote, safe=",")


def in_bar(page: str) -> str:
    """Return the page of the bar that a page belongs to."""
    return "class" if page == "room" else page


def language_of(accepted: str) -> Language:
    """Return the language that a browser asks for first (Accept-Language); usually Dutch."""
    return "en" if accepted.strip().lower().startswith("en") else "nl"


def without_codes(view: View) -> View:
    """Return the view without who is in a class: a link that is passed on is nobody's."""
    return replace(view, learner="", course="", room="", ticket="")


def link(view: View) -> str:
    """Return the address of a view in one piece."""
    path, query = address(view)
    return f"{path}?{query}"


def parse(
    path: str, query: str | None, choices: Choices, language: Language = "nl"
) -> tuple[View, list[Problem]]:
    """Return the view of an address, and what in it could not be used.

    Args:
        path: Path, e.g. ``/outcomes``.
        query: What follows the question mark.
        choices: What there is to choose from.
        language: Language if the address does not say.
    """
    problems: list[Problem] = []

    def wrong(key: str, **values: Any) -> None:
        problems.append(Problem(key, {name: str(value)[:60] for name, value in values.items()}))

    view = View(language=language)
    page = (path or "/").strip("/").split("/")[0] or "start"
    if page in PAGES:
        view = replace(view, page=page)
    else:
        wrong("page", given=page)
    try:
        pairs = parse_qsl(query or "", keep_blank_values=True, max_num_fields=200)
    except ValueError:
        wrong("address")
        return view, problems
    given = dict(pairs)
    if "p" in given:  # the server sends unknown pages here
        wrong("page", given=given["p"])
    if given.get("lang") in LANGUAGES:
        view = replace(view, language=given["lang"])
    if "s" in given:
        if given["s"] in choices.scenarios:
            view = replace(view, scenario=given["s"])
        else:
            wrong("scenario", given=given["s"])
    if "with" in given:
        compared, unusable = _compared(given["with"], choices)
        view = replace(view, compared=compared)
        for key, name in unusable:
            wrong(key, given=name)
    if "m" in given:
        if given["m"] in choices.measures:
            view = replace(view, measure=given["m"])
        else:
            wrong("measure", given=given["m"])
    if "y" in given:
        if given["y"].isdecimal() and int(given["y"][:4]) in choices.years:
            view = replace(view, year=int(given["y"][:4]))
        else:
            wrong("year", given=given["y"])
    if _VERSION.fullmatch(given.get("v", "")):
        view = replace(view, version=given["v"])
    for key, name in CLASS_KEYS + ROOM_KEYS if view.page == "room" else CLASS_KEYS:
        if key in given:
            if CLASS_FORMS[name].fullmatch(given[key]):
                view = replace(view, **{name: given[key]})
            else:
                wrong("class", given=given[key])
    levers = {}
    for key, text in given.items():
        if not key.startswith("l."):
            continue
        name = key.removeprefix("l.")
        lever = choices.levers.get(name) if _NAME.fullmatch(name) else None
        if lever is None:
            wrong("lever", given=name)
            continue
        value = _number(text)
        if value is None:
            wrong("number", given=text, lever=getattr(lever.label, view.language))
            continue
        kept = lever.clamped(value)
        if kept != value:
            wrong("range", given=text, lever=getattr(lever.label, view.language))
        levers[name] = kept
    if "pr" in given:
        number = int(given["pr"]) if re.fullmatch(r"[0-9]{1,3}", given["pr"]) else 0
        if 1 <= number <= MOST_FOLLOWED:
            view = replace(view, practice=number)
        else:
            wrong("practice", given=given["pr"])
    for key, allowed in (("points", SWEEP_POINTS), ("draws", SWEEP_DRAWS)):
        if key in given:
            if given[key] in {str(one) for one in allowed}:
                view = replace(view, **{key: int(given[key])})
            else:
                wrong("sweep", given=given[key])
    if "sw" in given:
        ranges = _ranges(given["sw"], choices.levers)
        if ranges:
            view = replace(view, ranges=ranges)
        else:
            wrong("sweep", given=given["sw"])
    return replace(view, levers=levers), problems


def _compared(text: str, choices: Choices) -> tuple[tuple[str, ...] | None, list[tuple[str, str]]]:
    """Return the scenarios at each place of Compare, and (problem, name) of those left out.

    Who is left out leaves the place empty. If that leaves nothing, nobody has chosen.
    """
    names = text.split(",")
    found: list[str] = []
    unusable = []
    for name in names[:MOST_COMPARED]:
        key = ""
        if name and name == choices.baseline:
            key = "compared_baseline"
        elif name and name not in choices.scenarios:
            key = "scenario"
        elif name and name in found:
            key = "compared_twice"
        if key:
            unusable.append((key, name))
        found.append("" if key else name)
    if any(names[MOST_COMPARED:]):
        unusable.append(("compared_most", ",".join(filter(None, names[MOST_COMPARED:]))))
    chosen = places(found)
    return (None if unusable and not chosen else chosen), unusable


def places(names: Sequence[str]) -> tuple[str, ...]:
    """Return names at their places, without empty places after the last."""
    last = max((k for k, name in enumerate(names) if name), default=-1)
    return tuple(names[: last + 1])


def _ranges(text: str, levers: Mapping[str, Lever]) -> tuple[tuple[str, float, float], ...]:
    """Return the two levers of a sweep with their ends; none if anything is wrong with them."""
    found = []
    for part in text.split("~"):
        name, _, ends = part.partition(":")
        low, high = (_number(one) for one in (*ends.split(":"), "", "")[:2])
        lever = levers.get(name)
        if lever is None or low is None or high is None:
            return ()
        if not lever.low <= low < high <= lever.high:
            return ()
        found.append((name, low, high))
    return tuple(found) if len(found) == 2 and found[0][0] != found[1][0] else ()


def _number(text: str) -> float | None:
    try:
        value = float(text[:40])
    except ValueError:
        return None
    return value if math.isfinite(value) else None
