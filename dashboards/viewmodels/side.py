"""How far a side job is, in words."""

from collections.abc import Mapping
from typing import Any

from dashboards.texts import texts
from dashboards.viewmodels.sweep import duration
from experiments.number_format import Language


def side_words(job: Mapping[str, Any], place: int, language: Language) -> str:
    """Return how far a job is; "" when there is nothing to say.

    Args:
        job: state, done, total, seconds (left; None unknown) and error.
        place: Jobs ahead of it.
        language: "nl" or "en".
    """
    t, state = texts(language), job["state"]
    if state == "waiting":
        return t("side.waiting", count=place)
    if state == "running" and not job["total"]:
        return t("side.starting")
    if state == "running":
        said = t("side.busy", done=job["done"], total=job["total"])
        left = job["seconds"]
        if left is not None and left >= 5.0:
            said += " " + t("side.left", duration=duration(left, language))
        return said
    if state == "stopped":
        return t("side.stopped", done=job["done"], total=job["total"])
    if state == "failed":
        return t("side.failed", error=job["error"])
    return ""
