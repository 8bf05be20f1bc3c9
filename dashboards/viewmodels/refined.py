"""What refining until clear has found, in words."""

from collections.abc import Mapping
from typing import Any

from dashboards.texts import texts
from dashboards.viewmodels.outcomes import changed, range_text
from experiments.number_format import Language
from model.outcomes import BY_ID


def refined_words(
    found: Mapping[str, Any], language: Language
) -> tuple[str, list[tuple[str, str, str, str]]]:
    """Return how many pairs it took, and per measure watched the effect and the verdict.

    Args:
        found: ``dashboards.refine``.
        language: "nl" or "en".
    """
    t, spent = texts(language), found["until_clear"]
    decisions = spent["policies"][found["result"]["scenario"]]
    key = "refine.settled" if spent["settled"] else "refine.unsettled"
    open_ = [name for name, one in decisions.items() if _verdict(one["state"]) == "open"]
    said = t(key, pairs=spent["pairs"], most=spent["looks"][-1], open=len(open_))
    rows = []
    for name, one in decisions.items():
        measure = BY_ID[name]
        verdict = _verdict(one["state"])
        pair = None if one["interval"] is None else tuple(one["interval"])
        rows.append(
            (getattr(measure, language), changed(measure, one["mean"], language),
             range_text(measure, pair, language), t(f"refine.{verdict}"))
        )  # fmt: skip
    return said, rows


def _verdict(state: str) -> str:
    return {"clear": "clear", "small": "small"}.get(state, "open")
