"""Every reader of the program, with good input to spoil and how the program reads it."""

import hashlib
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from experiments.answers.robust import Memory
from experiments.answers.robust_command import _check_folder
from experiments.branch import branch_month, changed_scenario, saved_policy, span_of
from experiments.comparison import Design
from experiments.manifest import RunManifest, ValidationManifest, read_manifest, table_hash
from experiments.output import OutputError
from experiments.posteriors.calibration_runs import CalibrationRuns, Plan
from experiments.posteriors.draws import PRIOR, source_hash
from experiments.posteriors.stored_posterior import SHIPPED, read_posterior
from experiments.power.evaluate_command import ways
from experiments.reproduce_command import read_table as read_saved
from experiments.sweeps.design import read_design
from experiments.sweeps.planned_runs import load_scenarios
from model.contracts.contract import Contract
from model.parameters import load_registry
from scenarios.clause_words import clause_in_words
from scenarios.loader import library, load, parse_settings
from tests.fuzz.mangling import as_json, as_yaml, mangled_bytes, mangled_tree
from tests.fuzz.reader import REGISTRY, Reader, parquet, spoiled_json, spoiled_yaml

NUMBERS = REGISTRY.values()
HEAD = {"title": {"en": "a", "nl": "b"}, "story": {"en": "c", "nl": "d"}, "source": "e"}
LIBRARY = {name: path.read_bytes() for name, path in library().items()}


# --- scenarios, contracts, settings, designs, parameters


def read_scenario(folder: Path, raw: bytes) -> None:
    (folder / "mine.yaml").write_bytes(raw)
    use(load(folder / "mine.yaml", REGISTRY))


def use(scenario: Any) -> None:
    """Do with a scenario what commands do before they simulate it."""
    policy = scenario.policy()
    assert 0.0 <= policy.practices_share <= 1.0
    for clause in Contract(policy.clauses).filled(NUMBERS).clauses:
        assert all(clause_in_words(clause, language) for language in ("nl", "en"))
    json.dumps(scenario.model_dump(mode="json"), allow_nan=False)


def contracts() -> list[bytes]:
    """Return files with nothing but a contract in them, whole or as a change of another one."""
    files = [yaml.safe_load(raw) for raw in LIBRARY.values()]
    keys = ("contract", "extends", "add", "remove", "participation")
    bodies = [{key: each[key] for key in keys if key in each} for each in files]
    return [as_yaml(HEAD | body) for body in bodies if "contract" in body or "add" in body]


def spoiled_contract(raw: bytes, others: Sequence[bytes], luck: random.Random) -> bytes:
    data = yaml.load(raw, yaml.CSafeLoader)
    key = luck.choice([key for key in data if key not in HEAD])
    data[key] = mangled_tree(data[key], luck) if isinstance(data[key], dict | list) else "../x"
    return as_yaml(data)


def read_setting(folder: Path, raw: bytes) -> None:
    text = raw.decode(errors="surrogateescape")
    parse_settings(text.split("\n"), REGISTRY)


DESIGNS = [
    b"baseline: fee_for_service_open\npolicies: [bundle_weight_classes]\nshare: 0.1\nseeds: 6\n",
    b"baseline: fee_for_service_open\npolicies: [bundle_flat, bundle_phase]\nseeds: 2\ndraws: 20\n"
    b"draws_from: prior\nuncertainties: all\nsettings: {audit_cost: 300}\nsplits: [all, gold]\n",
    b"baseline: fee_for_service_open\npolicies: [bundle_flat]\nsampling: sobol\nsamples: 8\n"
    b"levers: {bundle_price_factor: [0.9, 1.1], audit_rate: [0.0, 0.05]}\nyears: 3\n",
    b"baseline: fee_for_service_open\npolicies: [mine.yaml]\nlevers:\n  bundle_price_factor:\n"
    b"  - 0.9\n  - 1.1\npatients: treated\nfirst_seed: 7\n",
]


def read_sweep_design(folder: Path, raw: bytes) -> None:
    (folder / "design.yaml").write_bytes(raw)
    design = read_design(folder / "design.yaml", REGISTRY)
    load_scenarios(design, REGISTRY, folder)
    design.inputs(REGISTRY)
    json.dumps(design.model_dump(mode="json"), allow_nan=False)


def parameter_files() -> list[bytes]:
    """Return the first entries of every parameter file."""
    folder = Path(__file__).parents[2] / "model" / "parameters"
    files = [yaml.safe_load(path.read_bytes()) for path in sorted(folder.glob("*.yaml"))]
    return [as_yaml(dict(list(file.items())[:4])) for file in files]


def read_parameters(folder: Path, raw: bytes) -> None:
    place = folder / "parameters"
    place.mkdir(exist_ok=True)
    (place / "mine.yaml").write_bytes(raw)
    found = load_registry(place)
    found.values().fingerprint()
    found.draw_table(3, 1)


# --- manifests, branches, tables of results


def manifests() -> list[bytes]:
    first, second = "fee_for_service_open", "bundle_all_safeguards"
    names = Design(first, (second,)).worlds
    bodies = {name: load(name, REGISTRY).model_dump(mode="json") for name in names}
    design = {
        "baseline": first, "policies": [second], "seeds": 2, "draws": 0, "search": 0, "share": 0.01,
        "settings": {"audit_cost": 300.0}, "first_seed": 1, "first_year": 2023,
        "policy_year": 2025, "last_year": 2026, "draws_from": "prior",
    }  # fmt: skip
    world = {
        "kind": "run", "code": "c", "scenario": bodies[first], "settings": {}, "share": 0.01,
        "years": 2, "seed": 1, "states": {"2025-01": "x"},
        "tables": {"outcomes": "h", "evaluations": "h"},
    }  # fmt: skip
    scenarios = {name: bodies[name] for name in names}
    hashes = {"runs": table_hash(TABLE), "effects": "h", "evaluations": "h"}
    return [
        as_json(body)
        for body in (
            {"kind": "comparison", "code": "c", "design": design, "scenarios": scenarios,
             "tables": hashes},
            world,
            {"kind": "branch", "code": "c", "world": world, "changed": bodies[second],
             "at": "2026-01", "seeds": 2, "tables": {"runs": "h", "effects": "h"}},
            {"kind": "evaluation", "code": "c", "baseline": first, "policy": second,
             "practices": 50, "years": 2, "uptake": ["lot", "0.5"], "share": 0.01, "seeds": 2,
             "first_seed": 1, "draws": 0, "replications": 10, "settings": {},
             "scenarios": scenarios, "tables": {"evaluations": "h", "power_curve": "h"}},
            {"kind": "validation", "code": "c", "seeds": 3, "draws": 2, "size": 0.25,
             "draws_from": PRIOR, "tables": {"values": "h"}},
        )
    ]  # fmt: skip


def read_a_manifest(folder: Path, raw: bytes) -> None:
    (folder / "manifest.json").write_bytes(raw)
    found = read_manifest(folder)
    if isinstance(found, ValidationManifest):
        source_hash(found.draws_from)
        return
    world = getattr(found, "world", found)
    if isinstance(world, RunManifest):
        saved = saved_policy(world.scenario, folder, REGISTRY)
        use(saved)
        REGISTRY.values(world.settings)
        branch_month(getattr(found, "at", "2026-01"), span_of(world))
        return
    settings = found.design.settings if hasattr(found, "design") else found.settings
    REGISTRY.values(settings)
    for body in found.scenarios.values():
        use(saved_policy(body, folder, REGISTRY))
    if hasattr(found, "uptake"):
        ways(found.uptake)


def read_branch(folder: Path, raw: bytes) -> None:
    """Read the month and settings of a branch, as typed."""
    (folder / "manifest.json").write_bytes(MANIFESTS[1])
    found = read_manifest(folder)
    at, *settings = raw.decode(errors="surrogateescape").split("\n")
    branch_month(at, span_of(found))
    saved = saved_policy(found.scenario, folder, REGISTRY)
    use(changed_scenario(saved, None, tuple(settings), REGISTRY))


TABLE = pd.DataFrame(
    {
        "policy": ["a", "b"] * 40, "year": range(80), "top": [x * 1.5 for x in range(80)],
        "bottom": 1.0, "small": [True, False] * 40,
    }
)  # fmt: skip


def read_table(folder: Path, raw: bytes) -> None:
    (folder / "runs.parquet").write_bytes(raw)
    read_saved(folder, "runs", table_hash(TABLE))


# --- posteriors and calibrations


def posterior_parts() -> tuple[dict[str, Any], bytes]:
    about = json.loads(SHIPPED.with_suffix(".json").read_bytes())
    lines = SHIPPED.read_bytes().splitlines()[:6]
    draws = b"\n".join(b",".join(line.split(b",")[:12]) for line in lines) + b"\n"
    return about | {"sha256": hashlib.sha256(draws).hexdigest()}, draws


ABOUT_POSTERIOR, DRAWS = posterior_parts()


def read_draws(folder: Path, raw: bytes) -> None:
    """Read a posterior whose description vouches for any contents."""
    (folder / "posterior.csv").write_bytes(raw)
    sha256 = hashlib.sha256(raw).hexdigest()
    (folder / "posterior.json").write_bytes(as_json(ABOUT_POSTERIOR | {"sha256": sha256}))
    _posterior(folder)


def read_about_draws(folder: Path, raw: bytes) -> None:
    (folder / "posterior.csv").write_bytes(DRAWS)
    (folder / "posterior.json").write_bytes(raw)
    _posterior(folder)


def _posterior(folder: Path) -> None:
    found = read_posterior(folder / "posterior.csv")
    found.fits(REGISTRY)
    assert found.columns and isinstance(found.constrained, frozenset)


def read_calibration(folder: Path, raw: bytes) -> None:
    """Read any of the files of a calibration."""
    place = folder / "calibration"
    (place / "runs").mkdir(parents=True, exist_ok=True)
    (place / "plan.json").write_bytes(raw)
    (place / "wave1.json").write_bytes(raw)
    (place / "wave1.parquet").write_bytes(raw)
    (place / "runs" / "wave1-00000.json").write_bytes(raw)
    made_with = {"registry": "r", "code": "c"}
    (folder / "whole").mkdir(exist_ok=True)
    for one in (place, folder / "whole"):
        try:
            runs = CalibrationRuns(one, Plan(), made_with)
        except OutputError:
            continue
        runs.folder = place
        for reading in (runs.about, runs.inputs):
            with suppress(OutputError):
                reading("wave1")
        runs.finished("wave1", 1)


CALIBRATIONS = [
    as_json({"kind": "calibration", "runs": 300, "share": 0.1, "seed": 1, "registry": "r",
             "code": "c"}),
    as_json({"tolerance": 3.0, "used": ["a", "b"]}),
    as_json({"patients": 1.5, "sessions": None}),
    parquet(pd.DataFrame({"a": [0.1, 0.2], "b": [0.3, 0.4]})),
]  # fmt: skip


def read_search(folder: Path, raw: bytes) -> None:
    """Read the files of a search for robust contracts."""
    place = folder / "search"
    place.mkdir(exist_ok=True)
    (place / "a.json").write_bytes(raw)
    Memory(place, lambda candidates: [])
    (folder / "search.json").write_bytes(raw)
    _check_folder(folder, "digest")


MANIFESTS = manifests()

READERS = (
    Reader("scenario", list(LIBRARY.values()), read_scenario, spoiled_yaml, 4.0),
    Reader("contract", contracts(), read_scenario, spoiled_contract, 2.5),
    Reader("setting", [b"audit_cost=300\naudit_rate=0.05"], read_setting, mangled_bytes, 3.0),
    Reader("design", DESIGNS, read_sweep_design, spoiled_yaml, 2.5),
    Reader("parameters", parameter_files(), read_parameters, spoiled_yaml, 1.5),
    Reader("manifest", MANIFESTS, read_a_manifest, spoiled_json, 3.0),
    Reader("branch", [b"2026-01\nbundle_price_factor=1.1"], read_branch, mangled_bytes, 1.0),
    Reader("results table", [parquet(TABLE)], read_table, mangled_bytes, 3.0),
    Reader("posterior draws", [DRAWS], read_draws, mangled_bytes, 1.5),
    Reader("posterior", [as_json(ABOUT_POSTERIOR)], read_about_draws, spoiled_json, 2.0),
    Reader("calibration", CALIBRATIONS, read_calibration, mangled_bytes, 1.0),
    Reader("search", [as_json({"{}": {"a": [1.0]}})], read_search, spoiled_json, 2.0),
)
