"""Readers of forecasts, of what was observed, and of the folder of an answer."""

import json
import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments.forecasts.again import how_made
from experiments.forecasts.files import read_forecast, read_observed, template
from experiments.forecasts.forecast_command import (
    forecast_table,
    score_document,
    score_sentences,
    score_table,
)
from experiments.forecasts.freeze import sealed
from experiments.forecasts.scoring import coverage, scores
from experiments.posteriors.draws import PRIOR, source_hash
from experiments.sweeps.kept_worlds import QUESTION, take_folder
from experiments.why.shares import shares
from scenarios.loader import load
from tests.fuzz.mangling import as_json, mangled_bytes, mangled_tree
from tests.fuzz.reader import REGISTRY, Reader, spoiled_json

# --- forecasts


def forecast() -> dict[str, Any]:
    """Return a small sealed forecast."""
    rows = [
        {"quantity": quantity, "group": "all", "year": year, "unit": "a/year", "mean": 4.0,
         "quantiles": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "monte_carlo_interval": [3.0, 5.0]}
        for quantity in ("admissions", "practices_joining") for year in (2025, 2026)
    ]  # fmt: skip
    return sealed(
        {"kind": "forecast", "format": 1, "date": "2026-01-01", "version": "0", "code": "c",
         "model": "m", "levels": [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95], "predictions": rows,
         "design": {"draws": 2, "seeds": 2, "share": 0.1, "draws_from": PRIOR, "draw_seed": 1},
         "scenario": load("bundle_by_choice", REGISTRY).model_dump(mode="json"),
         "comparator": "fee_for_service_capped", "posterior": source_hash(PRIOR)}
    )  # fmt: skip


FORECAST = forecast()
OBSERVED = b"quantity,group,year,value\nadmissions,all,2025,4.5\npractices_joining,all,2026,\n"


def spoiled_forecast(raw: bytes, others: Sequence[bytes], luck: random.Random) -> bytes:
    """Spoil a forecast; mostly seal it again, as somebody would who wants it to be read."""
    if luck.random() < 0.3:
        return mangled_bytes(raw, others, luck)
    data = mangled_tree(json.loads(raw), luck)
    if isinstance(data, dict) and "predictions" in data:
        body = {key: value for key, value in data.items() if key not in ("numbers", "hash")}
        with suppress(TypeError, ValueError):  # keys of several kinds, or surrogates
            data = sealed(body)
    return as_json(data)


def read_a_forecast(folder: Path, raw: bytes) -> None:
    (folder / "forecast.json").write_bytes(raw)
    found = read_forecast(folder / "forecast.json")
    template(found)
    _, scenario = how_made(found, folder / "forecast.json")
    scenario.policy()
    _score(found, {("admissions", "all", 2025): 4.5})


def read_what_was_observed(folder: Path, raw: bytes) -> None:
    (folder / "observed.csv").write_bytes(raw)
    _score(FORECAST, read_observed(folder / "observed.csv"))


def _score(found: dict[str, Any], seen: Any) -> None:
    """Do with a forecast what the command does."""
    forecast_table(found, "nl")
    if each := scores(found, seen):
        covered = coverage(found["levels"], each)
        json.dumps(score_document(found, each, covered), allow_nan=False)
        score_table(each, "nl")
        score_sentences(each, covered, "nl")


# --- answers

SENSITIVITY = (
    b"policy,measure,method,name,first,total,mu_star,rho,clear\r\n"
    b"bundle_flat,paramedical_spending,given data,audit_cost,0.2,,,0.4,True\r\n"
    b"bundle_flat,paramedical_spending,sobol,home_share,0.1,0.3,,,True\r\n"
    b"bundle_flat,paramedical_spending,morris,seek_rate,,,12.5,,True\r\n"
    b"bundle_flat,admissions,given data,seek_rate,0.0,,,-0.2,False\r\n"
)


def read_sensitivity(folder: Path, raw: bytes) -> None:
    (folder / "sensitivity.csv").write_bytes(raw)
    for one in shares(folder / "sensitivity.csv", "paramedical_spending") or []:
        assert isinstance(one.policy, str) and isinstance(one.parameter, str)


QUESTIONS = {"kind": "neutral-price", "policy": "bundle_flat", "share": 0.1, "settings": {"a": 1.0}}


def read_question(folder: Path, raw: bytes) -> None:
    place = folder / "answer"
    place.mkdir(exist_ok=True)
    (place / QUESTION).write_bytes(raw)
    take_folder(place, QUESTIONS)


READERS = (
    Reader("forecast", [as_json(FORECAST)], read_a_forecast, spoiled_forecast, 1.0),
    Reader("observed", [OBSERVED], read_what_was_observed, mangled_bytes, 2.0),
    Reader("sensitivity", [SENSITIVITY], read_sensitivity, mangled_bytes, 2.0),
    Reader("question", [as_json(QUESTIONS)], read_question, spoiled_json, 2.0),
)
