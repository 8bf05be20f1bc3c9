"""What a lesson says: a story, a question with answers to choose from, and what the model shows.

A lesson never says which answer is right. Its answers are ranges of the effect, so the run decides;
what it does state, the promised findings (direction and size), is run by a test.
"""

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

import scenarios
from model.outcomes import BY_ID, SPLITS
from model.panel import ROW
from model.parameters import ParameterError, Registry
from model.parameters.located_yaml import LocatedYamlError, read_located
from model.parameters.spelling import hint
from scenarios.complaint import ScenarioError
from scenarios.parts import BothLanguages, Name, Number, Part, Share

if TYPE_CHECKING:  # who only reads a lesson loads no model
    from scenarios.schema import Scenario

FOLDER = Path(scenarios.__file__).parent / "teaching"

#: Practices with so many patients are set beside each other where a lesson asks about luck.
FEW, MANY = 3, 25

Ends = tuple[Number | None, Number | None]


class TaughtWorld(Part):
    """A world of a lesson: a scenario of the library, with what the lesson changes in it.

    Attributes:
        scenario: Name of the library.
        theories: Share of therapists moved by each theory, if the lesson needs other than usual.
        set: Levers, on top of what the scenario sets.
    """

    scenario: Name
    theories: dict[str, Share] | None = None
    set: dict[str, Number] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """One name for the same world everywhere in a lesson."""
        parts = [f"{name}={value:g}" for name, value in sorted((self.theories or {}).items())]
        parts += [f"{name}={value:g}" for name, value in sorted(self.set.items())]
        return f"{self.scenario}[{','.join(parts)}]" if parts else self.scenario

    def made(self, registry: Registry) -> "Scenario":
        """Return the scenario with the changes in it.

        Raises:
            ScenarioError: There is no such scenario, or it cannot have these changes.
        """
        from scenarios.loader import library, load
        from scenarios.schema import Scenario

        if self.scenario not in library():
            raise ScenarioError(f"no scenario '{self.scenario}'{hint(self.scenario, library())}")
        base = load(self.scenario, registry)
        if self.theories is None and not self.set:
            return base
        body = base.model_dump(mode="json")
        body["set"] = {**body["set"], **self.set}
        body["theories"] = self.theories or body["theories"]
        try:
            return Scenario.model_validate(body, context={"registry": registry})
        except ValidationError as error:
            raise ScenarioError(f"{self.scenario}: {error.errors()[0]['msg']}") from None


class Promise(Part):
    """What the model shows, with direction and size: run by a test, never trusted.

    Attributes:
        kind: Of what: "effect" is a measure's difference between both worlds. "seen" is the
            regulator's estimate in its last evaluation of the policy, beside the true effect.
            "loss_chance" is how much likelier a practice with few patients makes a loss than one
            with more, under the policy's contract, by luck alone.
        measure: Id of a measure (``model.outcomes``); for "seen" of an indicator (``model.panel``).
        split, group: Which patients or practices.
        baseline, policy: Both worlds.
        settings: Parameters held fixed in both, by name.
        direction: Whether the effect is above zero, below it, or practically nil.
        size: The least and the most that its mean may be.
        says: What this shows, without numbers.
    """

    kind: Literal["effect", "seen", "loss_chance"] = "effect"
    measure: Name = "practice_loss_share"
    split: Literal[tuple(SPLITS)] = "all"
    group: Name = "all"
    baseline: TaughtWorld
    policy: TaughtWorld
    settings: dict[str, Number] = Field(default_factory=dict)
    direction: Literal["more", "less", "same"]
    size: tuple[Number, Number]
    says: BothLanguages

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        names = ROW if self.kind == "seen" else BY_ID
        if self.measure not in names:
            raise ValueError(f"there is no measure '{self.measure}'{hint(self.measure, names)}")
        low, high = self.size
        if low >= high:
            raise ValueError("the size goes from low to high")
        signs = {"more": low > 0.0, "less": high < 0.0, "same": low < 0.0 < high}
        if not signs[self.direction]:
            raise ValueError(f"the size does not go with direction '{self.direction}'")
        return self

    def kept(self, mean: float, low: float, high: float) -> bool:
        """Return whether an effect is as promised.

        Args:
            mean: Effect.
            low: Lower end of its Monte Carlo interval, which is not asked where the promise is
                that nothing changes, for luck may be all there is.
            high: Upper end.
        """
        if not self.size[0] <= mean <= self.size[1]:
            return False
        signs = {"more": low > 0.0, "less": high < 0.0, "same": True}
        return signs[self.direction] or math.isnan(low)


class Answer(Part):
    """An answer to choose from.

    Attributes:
        text: In words.
        range: Effects for which it is right, from (included) to (not included); null for no end.
    """

    text: BothLanguages
    range: Ends

    def holds(self, effect: float) -> bool:
        """Return whether it is right if this is the effect."""
        low, high = self.range
        return (low is None or effect >= low) and (high is None or effect < high)


class Discussion(Part):
    """A question to talk about afterwards, and what a good answer mentions."""

    question: BothLanguages
    answer: BothLanguages


class Lesson(Part):
    """One lesson.

    Attributes:
        number: Its place in the course.
        title, story, goal: What it is called, the case, and what one can do afterwards.
        question: What is asked before the run.
        answers: What one can predict; together they cover every effect, and none overlap.
        asked: The finding that is asked.
        also: Findings shown with it.
        why: What explains it, in one paragraph.
        textbook: Where the model differs from what a textbook says, and under which theory it
            would not; empty if it does not.
        discuss: What to talk about.
        share, seeds, draws: Size of the run.
    """

    number: Annotated[int, Field(ge=1, le=99)]
    title: BothLanguages
    story: BothLanguages
    goal: BothLanguages
    question: BothLanguages
    answers: Annotated[tuple[Answer, ...], Field(min_length=2, max_length=6)]
    asked: Promise
    also: tuple[Promise, ...] = ()
    why: BothLanguages
    textbook: BothLanguages | None = None
    discuss: Annotated[tuple[Discussion, ...], Field(min_length=1)]
    share: Annotated[Share, Field(gt=0)] = 0.03
    seeds: Annotated[int, Field(ge=2, le=50)] = 6
    draws: Annotated[int, Field(ge=0, le=200)] = 8

    _name: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """The stem of its file."""
        return self._name

    @property
    def promises(self) -> tuple[Promise, ...]:
        """All findings, the asked one first."""
        return (self.asked, *self.also)

    @field_validator("answers")
    @classmethod
    def _answers_cover_everything_once(cls, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        ends = sorted(
            (one.range for one in answers), key=lambda r: -math.inf if r[0] is None else r[0]
        )
        upto: float | None = None
        for place, (low, high) in enumerate(ends):
            if low != upto or (low is None) != (place == 0):
                raise ValueError("the answers leave a gap or overlap")
            upto = high
        if upto is not None:
            raise ValueError("the answers do not cover every effect")
        return answers

    def right(self, effect: float) -> int:
        """Return the place of the answer that is right if this is the effect."""
        return next(k for k, one in enumerate(self.answers) if one.holds(effect))


def read_lesson(path: Path, registry: Registry) -> Lesson:
    """Read and check one lesson, and whether its worlds can be.

    Raises:
        ScenarioError: At the first thing wrong, in one sentence.
    """
    lesson = _read(path)
    for promise in lesson.promises:
        try:
            registry.values(promise.settings)
            promise.baseline.made(registry)
            promise.policy.made(registry)
        except (ParameterError, ScenarioError) as error:
            raise ScenarioError(f"{path.name}: {error}") from None
    return lesson


def _read(path: Path) -> Lesson:
    """Read and check what a lesson says by itself; that loads no model."""
    try:
        lesson = Lesson.model_validate(read_located(path).data)
    except LocatedYamlError as error:
        raise ScenarioError(str(error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(key) for key in first["loc"])
        said = first.get("ctx", {}).get("text") or first["msg"].removeprefix("Value error, ")
        raise ScenarioError(f"{path.name}, {where or 'as a whole'}: {said}") from None
    lesson._name = path.stem
    return lesson


@cache
def lessons() -> dict[str, Lesson]:
    """Return the lessons that come with the program by name, in order of the course.

    That their worlds can be is checked by a test, not at every start.
    """
    found = [_read(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {one.name: one for one in sorted(found, key=lambda one: one.number)}


def find_lesson(text: str, registry: Registry) -> Lesson:
    """Return a lesson by name, by number, or from a file of one's own.

    Raises:
        ScenarioError: There is none.
    """
    known = lessons()
    if text in known:
        return known[text]
    if text.isdecimal():
        for lesson in known.values():
            if lesson.number == int(text):
                return lesson
        raise ScenarioError(f"there is no lesson {text[:10]}; they are numbered 1 to {len(known)}")
    if text.endswith((".yaml", ".yml")):
        return read_lesson(Path(text), registry)
    raise ScenarioError(f"there is no lesson '{text[:60]}'{hint(text[:100], known)}")
