"""The last year of the panel and the last evaluation of both worlds as columns."""

import numpy as np

from agents.regulator import FINDINGS, VERDICTS
from model.month.evaluation import FLAGGED, MACRO_FRAMEWORK, NATIONAL, SESSIONS_GROWTH
from model.panel import WATCHED
from model.simulation import World

from .evaluation import Evaluation
from .model import ReferenceModel

Columns = dict[tuple[str, str], np.ndarray]

PER_PRACTICE = ("joined", "under", "patients")
OF_COUNTRY = ("spending", "ceiling", "overrun")
MEANS = ("seen", "true")
FIGURES = ("estimate", "standard_error", "low", "high", "joined", "others", "identified")


def engine_panel(world: World) -> Columns:
    """Return the engine's columns."""
    standing = (world.regulator.stopped, world.regulator.price_factor)
    columns: Columns = {("regulator", "standing"): np.array(standing, dtype=float)}
    columns["regulator", "evaluations"] = np.array([len(world.evaluations)])
    if world.panel:
        last = world.panel[-1]
        for name in (*PER_PRACTICE, *OF_COUNTRY):
            columns["panel", name] = np.atleast_1d(getattr(last, name)).astype(float)
        for means in MEANS:
            for part in ("total", "count"):
                columns["panel", f"{means} {part}"] = getattr(last, f"{means}_{part}").ravel()
    if world.evaluations:
        columns |= _engine_evaluation(world)
    return columns


def _engine_evaluation(world: World) -> Columns:
    last = world.evaluations[-1]
    national = last["method"] == NATIONAL
    compared = last[~national]
    words = [f"{one.indicator} {one.method}" for one in compared.itertuples()]
    columns: Columns = {("evaluation", "lines"): _in_numbers(words)}
    for name in (*FIGURES, "mean", "margin"):
        columns["evaluation", name] = compared[name].to_numpy(dtype=float)
    columns["evaluation", "finding"] = np.array([FINDINGS.index(x) for x in compared["finding"]])
    for watch in (SESSIONS_GROWTH, MACRO_FRAMEWORK):
        one = last[last["indicator"] == watch]
        columns["evaluation", watch] = one["estimate"].to_numpy(dtype=float)
        columns["evaluation", f"{watch} flag"] = (one["finding"] == FLAGGED).to_numpy()
    # Without any line there is no place for a verdict.
    told = [VERDICTS.index(x) if x in VERDICTS else -1 for x in last["verdict"].unique()]
    columns["evaluation", "verdict"] = np.array(told)
    columns["evaluation", "price_factor"] = last["price_factor"].unique()
    return columns


def reference_panel(model: ReferenceModel) -> Columns:
    """Return the same columns of the plain model."""
    standing = (model.stopped, model.price_factor)
    columns: Columns = {("regulator", "standing"): np.array(standing, dtype=float)}
    columns["regulator", "evaluations"] = np.array([len(model.evaluations)])
    if model.panel:
        last = model.panel[-1]
        for name in PER_PRACTICE:
            values = [getattr(practice, name) for practice in last.practices]
            columns["panel", name] = np.array(values, dtype=float)
        for name in OF_COUNTRY:
            columns["panel", name] = np.array([getattr(last, name)], dtype=float)
        for means in MEANS:
            for part in ("total", "count"):
                values = [
                    getattr(getattr(practice, means)[watched.id], part)
                    for watched in WATCHED
                    for practice in last.practices
                ]
                columns["panel", f"{means} {part}"] = np.array(values, dtype=float)
    if model.evaluations:
        columns |= _reference_evaluation(model.evaluations[-1])
    return columns


def _reference_evaluation(last: Evaluation) -> Columns:
    words = [f"{line.indicator} {line.found.method}" for line in last.lines]
    columns: Columns = {("evaluation", "lines"): _in_numbers(words)}
    for name in FIGURES:
        values = [getattr(line.found, name) for line in last.lines]
        columns["evaluation", name] = np.array(values, dtype=float)
    for name in ("mean", "margin"):
        values = [getattr(line, name) for line in last.lines]
        columns["evaluation", name] = np.array(values, dtype=float)
    columns["evaluation", "finding"] = np.array([line.says for line in last.lines], dtype=int)
    told = [last.growth, last.excess]
    for watch, one in zip((SESSIONS_GROWTH, MACRO_FRAMEWORK), told, strict=True):
        known = [] if one is None else [one]
        columns["evaluation", watch] = np.array([value for value, _ in known], dtype=float)
        columns["evaluation", f"{watch} flag"] = np.array([flag for _, flag in known], dtype=bool)
    any_line = bool(last.lines) or last.growth is not None or last.excess is not None
    verdict = -1 if last.verdict is None else last.verdict
    columns["evaluation", "verdict"] = np.array([verdict] if any_line else [], dtype=int)
    columns["evaluation", "price_factor"] = np.array([last.price_factor] if any_line else [])
    return columns


def _in_numbers(words: list[str]) -> np.ndarray:
    """Return a column of numbers that differs wherever words differ."""
    return np.array([sum(k * ord(x) for k, x in enumerate(word, 1)) for word in words], dtype=int)
