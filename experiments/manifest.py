"""The manifest: what made a result, so that anybody can make it again."""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison import DRAW_SEED, Comparison, Design
from experiments.output import OutputError
from model.parameters import Registry
from model.simulation import Span

#: Packages whose version can change a number or the look of a result.
PACKAGES = ("mesa", "numpy", "numba", "scipy", "pandas", "pyarrow", "pydantic", "matplotlib")

#: Folders whose files make the results.
_CODE = ("model", "agents", "scenarios", "experiments")


def code_fingerprint() -> str:
    """Return a SHA-256 over all source, parameter and scenario files of the program."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for name in _CODE:
        for path in sorted((root / name).rglob("*")):
            if path.suffix in {".py", ".yaml", ".j2"} and path.is_file():
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def table_hash(table: pd.DataFrame) -> str:
    """Return a SHA-256 of a table's columns and values (not of how a file stores them)."""
    text = table.to_csv(index=False, float_format="%.12g")
    return hashlib.sha256(text.encode()).hexdigest()


def version() -> str:
    """Return the version of the program."""
    return importlib.metadata.version("zorgbundel")


def manifest(
    comparison: Comparison, scenarios: Mapping[str, dict], registry: Registry
) -> dict[str, Any]:
    """Return the manifest of a comparison.

    Args:
        comparison: Results.
        scenarios: The scenario files' contents, by name.
        registry: Parameters.
    """
    design = comparison.design
    body = {
        "kind": "comparison",
        "version": version(),
        "code": code_fingerprint(),
        "design": design_to_dict(design),
        "command": command(design),
        "scenarios": dict(scenarios),
        "parameters": {
            "fingerprint": registry.values(design.settings).fingerprint(),
            "central": registry.values(design.settings).to_dict(),
        },
        "draw_seed": DRAW_SEED,
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "tables": {
            "runs": table_hash(comparison.runs),
            "effects": table_hash(comparison.effects),
        },
    }
    text = json.dumps(body, sort_keys=True)
    body["fingerprint"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    body["date"] = datetime.now(UTC).strftime("%Y-%m-%d")
    return body


def command(design: Design) -> str:
    """Return the command that makes a comparison again."""
    parts = [
        "zorgbundel compare", design.baseline, *design.policies, f"--seeds {design.seeds}",
        f"--draws {design.draws}", f"--search {design.search}", f"--share {design.share:g}",
        *(f"--set {name}={value:g}" for name, value in design.settings.items()),
    ]  # fmt: skip
    return " ".join(parts)


def design_to_dict(design: Design) -> dict[str, Any]:
    """Return a design as plain data."""
    return {
        "baseline": design.baseline,
        "policies": list(design.policies),
        "seeds": design.seeds,
        "draws": design.draws,
        "search": design.search,
        "share": design.share,
        "settings": dict(design.settings),
        "first_seed": design.first_seed,
        "first_year": design.span.first_year,
        "policy_year": design.span.policy_year,
        "last_year": design.span.last_year,
    }


def design_from_dict(data: Mapping[str, Any]) -> Design:
    """Return the design of a manifest."""
    return Design(
        baseline=data["baseline"],
        policies=tuple(data["policies"]),
        seeds=int(data["seeds"]),
        draws=int(data["draws"]),
        search=int(data["search"]),
        share=float(data["share"]),
        settings=dict(data["settings"]),
        first_seed=int(data["first_seed"]),
        span=Span(int(data["first_year"]), int(data["policy_year"]), int(data["last_year"])),
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a results folder.

    Raises:
        OutputError: There is none, or it cannot be understood.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        raise OutputError(f"{folder} holds no manifest.json, so it is not a results folder.")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        design_from_dict(data["design"])
        data["tables"]["runs"]
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        raise OutputError(f"{path} is damaged: it is not a manifest of this program.") from None
    return data
