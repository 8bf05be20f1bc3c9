"""How far a side job is, in words."""

from collections.abc import Mapping
from typing import Any

from dashboards.texts import texts
from dashboards.viewmodels.shown import quarter
from dashboards.viewmodels.sweep import duration
from experiments.number_format import Language


def side_words(job: Mapping[str, Any], place: int, language: Language) -> str:
    """Return how far a job is; "" when there is nothing to say.

    Args:
        job: state, done, total, seconds (left; None unknown), keeps (whether what is finished is
            kept when it stops), reason and error (code) of a failure.
        place: Jobs ahead of it.
        language: "nl" or "en".
    """
    t, state = texts(language), job["state"]
    if state == "waiting":
        return t("side.waiting.one" if place == 1 else "side.waiting.other", count=place)
    if state == "running" and not job["total"]:
        return t("side.starting")
    if state == "running":
        said = t("side.busy", done=job["done"], total=job["total"])
        left = job["seconds"]
        if left is not None and left >= 5.0:
            said += " " + t("side.left", duration=duration(left, language))
        return said
    if state == "stopped":
        key = "side.stopped.kept" if job["keeps"] else "side.stopped.lost"
        return t(key, done=job["done"], total=job["total"])
    if state == "failed":
        reason = job["reason"]
        said = t(f"side.failed.{reason}")
        if job["total"]:
            said += " " + t("side.failed_at", done=job["done"], total=job["total"])
        if job["keeps"]:
            said += " " + t("side.kept")
        return said + " " + t("side.report", code=job["error"])
    return ""


def spoken_words(job: Mapping[str, Any], place: int, language: Language) -> str:
    """Return what screen readers hear of a job: every quarter, and whatever is no progress."""
    if job["state"] == "running" and job["total"]:
        percent = quarter(job["done"], job["total"])
        return texts(language)("run.quarter", percent=percent)
    return side_words(job, place, language)


def own_words(name: str, problem: Mapping[str, Any], language: Language) -> str:
    """Return why a visitor's file is no scenario.

    Args:
        name: Of the file.
        problem: ``dashboards.own_problem``.
        language: "nl" or "en".
    """
    t, code = texts(language), problem["code"]
    said = t(f"own.problem.{code}", **{k: v for k, v in problem.items() if k != "code"})
    if problem.get("near"):
        said += " " + t("own.problem.near", near=problem["near"])
    return f"{name}: {said}"
