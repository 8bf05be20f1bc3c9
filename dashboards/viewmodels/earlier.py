"""What a scenario showed in the version of a link, beside what it shows now."""

from collections.abc import Mapping

from dashboards.result import Effect, Result
from dashboards.texts import texts
from dashboards.viewmodels.outcomes import changed, range_text
from experiments.number_format import Language
from model.outcomes import BY_ID, Measure


def then_and_now(
    then: Mapping[str, Effect], now: Result, language: Language
) -> tuple[tuple[str, ...], ...]:
    """Return a row for each headline number: its name, what it was and what it is.

    Args:
        then: Effects over the whole window in the version of the link, by measure.
        now: The stored result.
        language: "nl" or "en".
    """
    return tuple(
        (
            getattr(BY_ID[name], language),
            _said(BY_ID[name], effect, language),
            _said(BY_ID[name], now.effect(name), language),
        )
        for name, effect in then.items()
        if name in BY_ID and name in now.data["effects"]
    )


def _said(measure: Measure, effect: Effect, language: Language) -> str:
    t = texts(language)
    ranges = [
        t(f"card.{kind}", range=range_text(measure, pair, language))
        for kind, pair in (("chance", effect.chance), ("assumptions", effect.assumptions))
        if pair is not None
    ]
    said = changed(measure, effect.mean, language)
    return f"{said} ({'; '.join(ranges)})" if ranges else said
