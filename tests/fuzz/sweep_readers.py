"""Readers of the folder of a sweep."""

import copy
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from experiments.power.kept_panels import PANELS, SCHEMA, read_panels
from experiments.sweeps.chunk import Chunk, checksum
from experiments.sweeps.result_tables import OUTCOMES, RUNS, evaluations_schema
from experiments.sweeps.store import PLAN, finished, open_store
from experiments.sweeps.sweep_folder import planned_names, repair
from experiments.sweeps.sweep_summary import kept_summary
from model.outcomes import MEASURES
from tests.fuzz.mangling import as_json, mangled_bytes
from tests.fuzz.reader import Reader, spoiled_json


def sweep_about() -> dict[str, Any]:
    design = {"baseline": "fee_for_service_open", "policies": ["bundle_flat"], "seeds": 2,
              "share": 0.01, "splits": ["all"]}  # fmt: skip
    return {
        "kind": "sweep", "version": "0", "code": "c", "design": design, "draws_from": "prior",
        "policies": ["fee_for_service_open", "bundle_flat"], "inputs": ["audit_cost"],
        "scenarios": {}, "central": {"audit_cost": 300.0},
        "plan": {"runs": 2, "checksum": checksum(PLAN_FILE)},
    }  # fmt: skip


def sweep_tables() -> dict[str, pa.Table]:
    measures = [MEASURES[0].id, MEASURES[1].id]
    outcomes = [
        {"run": run, "policy": policy, "year": 2025, "measure": measure, "split": "all",
         "group": "all", "top": 3.0, "bottom": 1.0, "patients": 9, "small": False}
        for run in ("r1", "r2") for policy in ("fee_for_service_open", "bundle_flat")
        for measure in measures
    ]  # fmt: skip
    runs = [
        {"run": run, "seed": seed, "status": "done", "attempt": 1, "seconds": 1.0, "stage": "",
         "month": None, "error": "", "traceback": "", "audit_cost": 250.0}
        for seed, run in enumerate(("r1", "r2"))
    ]  # fmt: skip
    with_inputs = pa.schema([*RUNS, ("audit_cost", pa.float64())])
    return {
        "outcomes": pa.Table.from_pylist(outcomes, schema=OUTCOMES),
        "evaluations": evaluations_schema().empty_table(),
        "runs": pa.Table.from_pylist(runs, schema=with_inputs),
    }


def _file(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(table, sink)
    return sink.getvalue().to_pybytes()


PLAN_FILE = _file(
    pa.table(
        {"row": [0, 1], "run": ["r1", "r2"], "kind": ["seed"] * 2, "index": [0, 1],
         "point": [0, 0], "seed": [1, 2]}, schema=PLAN,
    )
)  # fmt: skip
CHUNK = {table: content for table, _, content in Chunk.encoded(sweep_tables()).files}
CHUNK_FILES = [f"{name}\n".encode() + raw for name, raw in {**CHUNK, "plan": PLAN_FILE}.items()]
ABOUT_SWEEP = sweep_about()


def _sweep(folder: Path, parts: dict[str, bytes]) -> Path:
    """Write the folder of a sweep whose checksums vouch for any contents."""
    place = folder / "sweep"
    for table in ("outcomes", "evaluations", PANELS, "runs"):
        (place / table).mkdir(parents=True, exist_ok=True)
        for old in (place / table).iterdir():
            old.unlink()
    for old in place.glob("summary-*"):
        old.unlink()
    about = copy.deepcopy(ABOUT_SWEEP)
    about["plan"]["checksum"] = checksum(parts["plan"])
    (place / "design.json").write_bytes(parts.get("about", as_json(about)))
    (place / "plan.parquet").write_bytes(parts["plan"])
    names = {}
    for table in ("outcomes", "evaluations", *({PANELS} & parts.keys())):
        names[table] = f"c-{checksum(parts[table])}.parquet"
        (place / table / names[table]).write_bytes(parts[table])
    runs = parts["runs"]
    if runs == CHUNK["runs"]:
        table = sweep_tables()["runs"].replace_schema_metadata({"parts": json.dumps(names)})
        runs = _file(table)
    (place / "runs" / f"c-{checksum(runs)}.parquet").write_bytes(runs)
    return place


def read_about_sweep(folder: Path, raw: bytes) -> None:
    _use_sweep(_sweep(folder, CHUNK | {"plan": PLAN_FILE, "about": raw}))


def read_chunk(folder: Path, raw: bytes) -> None:
    """Read a sweep in which one file, named first, is spoiled; its checksum vouches for it."""
    table, _, content = raw.partition(b"\n")
    kept = {"plan": PLAN_FILE, **CHUNK}
    _use_sweep(_sweep(folder, kept | {table.decode(errors="replace"): content}))


def spoiled_chunk(raw: bytes, others: Sequence[bytes], luck: random.Random) -> bytes:
    table, _, content = raw.partition(b"\n")
    return table + b"\n" + mangled_bytes(content, others, luck)


def _use_sweep(place: Path) -> None:
    store = open_store(place)
    store.runs()
    store.outcomes()
    store.evaluations()
    finished(place)
    planned_names(place)
    kept_summary(store)
    repair(place)


def panels() -> bytes:
    """Return the panels of two practices in both worlds of the first run."""
    rows = [
        {field.name: 1 for field in SCHEMA}
        | {"run": "r1", "policy": policy, "year": 2025, "practice": practice, "joined": True,
           "overrun": False}
        for policy in ("fee_for_service_open", "bundle_flat") for practice in range(2)
    ]  # fmt: skip
    return _file(pa.Table.from_pylist(rows, schema=SCHEMA))


def spoiled_panels(raw: bytes, others: Sequence[bytes], luck: random.Random) -> bytes:
    """Spoil bytes, or write a sound file of other rows, columns and values."""
    if luck.random() < 0.3:
        return mangled_bytes(raw, others, luck)
    table = pa.parquet.read_table(pa.BufferReader(raw))
    rows = [luck.randrange(table.num_rows) for _ in range(luck.randint(0, 6))]
    table = table.take(pa.array(rows, pa.int64()))
    for _ in range(luck.randint(0, 3)):
        name = luck.choice(table.column_names)
        place = table.column_names.index(name)
        values = [luck.choice(NUMBERS) for _ in rows]
        match luck.randrange(4):
            case 0:
                table = table.remove_column(place)
            case 1:
                table = table.set_column(place, name, pa.array(values, pa.float64()))
            case 2:
                table = table.set_column(place, name, pa.array(list(map(str, values)), pa.string()))
            case 3:
                table = table.set_column(place, name, pa.nulls(len(rows)))
    return _file(table)


NUMBERS = (0.0, -1.0, 1.0, 2025.0, 1e18, 1e308, float("nan"), float("inf"), float("-inf"), None)


def read_kept_panels(folder: Path, raw: bytes) -> None:
    """Read panels of practices whose checksum vouches for any contents."""
    place = _sweep(folder, {"plan": PLAN_FILE, **CHUNK, PANELS: raw})
    for one in read_panels(open_store(place)):
        assert one.by_world


READERS = (
    Reader("sweep", [as_json(ABOUT_SWEEP)], read_about_sweep, spoiled_json, 0.2),
    Reader("chunk", CHUNK_FILES, read_chunk, spoiled_chunk, 0.2),
    Reader("panels", [panels()], read_kept_panels, spoiled_panels, 0.4),
)
