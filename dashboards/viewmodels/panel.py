"""The panel at the left: scenario and levers, as plain data for its template."""

from collections.abc import Iterable, Mapping
from typing import Any

from dashboards.levers import GROUPS, Lever
from dashboards.texts import texts
from dashboards.view import View
from experiments import number_format as nf
from experiments.number_format import Language
from experiments.source_words import grade_words, page_source


def groups(
    view: View, levers: Iterable[Lever], warnings: Mapping[str, str], language: Language
) -> list[dict[str, Any]]:
    """Return the levers by group; the first group is open, as is one with a moved lever.

    Args:
        view: What the visitor chose.
        levers: Those that the scenario leaves free.
        warnings: What to say beside a lever, by name.
        language: "nl" or "en".
    """
    t, found = texts(language), list(levers)
    out = []
    for name in (*GROUPS, "other"):
        own = [lever for lever in found if lever.group == name]
        if own:
            moved = any(lever.name in view.levers for lever in own)
            out.append(
                {
                    "name": name,
                    "label": t(f"levers.{name}"),
                    "open": moved or not out,
                    "levers": [
                        _lever(lever, view, warnings.get(lever.name, ""), language) for lever in own
                    ],
                }
            )
    return out


def _lever(lever: Lever, view: View, warning: str, language: Language) -> dict[str, Any]:
    t = texts(language)
    value = view.levers.get(lever.name, lever.value)
    ends = (lever.shown(lever.low, language), lever.shown(lever.high, language))
    source = page_source(lever.source, language, lever.note)
    return {
        "name": lever.name,
        "label": getattr(lever.label, language),
        "value": value,
        "usual": lever.value,
        "low": lever.low,
        "high": lever.high,
        "step": lever.step,
        "shown": lever.shown(value, language),
        "written": lever.written(value, language),
        "range": nf.between(*ends, language),
        "moved": lever.name in view.levers,
        "warning": warning,
        "source": t("levers.source", grade=grade_words(lever.grade, language), source=source.said),
        "english": source.english,
        "mark": source.mark,
    }
