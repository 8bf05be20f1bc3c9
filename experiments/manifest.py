"""The manifest: what made a result, so that anybody can make it again."""

import hashlib
import importlib.metadata
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from experiments.comparison import Comparison, Design
from experiments.fingerprints import check, with_fingerprint
from experiments.output import OutputError
from experiments.posteriors.draws import DRAW_SEED, PRIOR, source_hash
from experiments.safe_files import read_json
from experiments.versions import PACKAGES, version
from model.parameters import Registry
from model.simulation import Span

#: Folders whose files make the results.
_CODE = ("model", "agents", "scenarios", "experiments")

#: Endings of files that can change a number: code, parameters, scenarios, templates, posterior.
_ENDINGS = {".py", ".yaml", ".j2", ".typ", ".csv"}


def code_fingerprint(folders: tuple[str, ...] = _CODE) -> str:
    """Return a SHA-256 over all source, parameter and scenario files of the program.

    Args:
        folders: Folders to look in, if not all that make results.
    """
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for name in folders:
        for path in sorted((root / name).rglob("*")):
            if path.suffix in _ENDINGS and path.is_file():
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def table_hash(table: pd.DataFrame) -> str:
    """Return a SHA-256 of a table's columns and values (not of how a file stores them)."""
    text = table.to_csv(index=False, float_format="%.12g")
    return hashlib.sha256(text.encode()).hexdigest()


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
        "posterior": source_hash(design.draws_from),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "tables": {
            "runs": table_hash(comparison.runs),
            "effects": table_hash(comparison.effects),
            "evaluations": table_hash(comparison.evaluations),
        },
    }
    body = with_fingerprint(body)
    body["date"] = datetime.now(UTC).strftime("%Y-%m-%d")
    return body


def command(design: Design) -> str:
    """Return the command that makes a comparison again."""
    parts = [
        "zorgbundel compare", design.baseline, *design.policies, f"--seeds {design.seeds}",
        f"--draws {design.draws}", f"--search {design.search}", f"--share {design.share:g}",
        f"--draws-from {design.draws_from}",
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
        "draws_from": design.draws_from,
    }


class SavedDesign(BaseModel):
    """The design in a manifest, with the bounds of the command line."""

    model_config = ConfigDict(extra="forbid")
    baseline: str
    policies: list[str] = Field(min_length=1)
    seeds: int = Field(ge=2, le=100_000)
    draws: int = Field(ge=0, le=1_000_000)
    search: int = Field(ge=0, le=1_000_000)
    share: float = Field(gt=0.0, le=1.0)
    settings: dict[str, float]
    first_seed: int = Field(ge=0)
    first_year: int = Field(ge=1900, le=2100)
    policy_year: int = Field(ge=1900, le=2100)
    last_year: int = Field(ge=1900, le=2100)
    draws_from: str = PRIOR

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        if not self.first_year <= self.policy_year <= self.last_year:
            raise ValueError("years are not in order")
        return self

    def design(self) -> Design:
        """Return the design as the program uses it."""
        return Design(
            baseline=self.baseline,
            policies=tuple(self.policies),
            seeds=self.seeds,
            draws=self.draws,
            search=self.search,
            share=self.share,
            settings=self.settings,
            first_seed=self.first_seed,
            span=Span(self.first_year, self.policy_year, self.last_year),
            draws_from=self.draws_from,
        )


class ComparisonManifest(BaseModel):
    """What ``reproduce`` needs of the manifest of a comparison."""

    kind: Literal["comparison"]
    code: str
    design: SavedDesign
    scenarios: dict[str, dict[str, Any]]
    tables: dict[Literal["runs", "effects", "evaluations"], str]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.tables) != {"runs", "effects", "evaluations"}:
            raise ValueError("hashes are missing")
        if not set(self.design.design().worlds) <= set(self.scenarios):
            raise ValueError("scenarios are missing")
        return self


class RunManifest(BaseModel):
    """What ``reproduce`` and ``branch`` need of the manifest of one run.

    Attributes:
        states: Fingerprint of the state at each January of the policy window, as in 2027-01.
    """

    kind: Literal["run"]
    code: str
    scenario: dict[str, Any]
    settings: dict[str, float]
    share: float = Field(gt=0.0, le=1.0)
    years: int = Field(ge=1, le=25)
    seed: int = Field(ge=0)
    states: dict[str, str] = {}
    tables: dict[Literal["outcomes", "evaluations"], str]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.tables) != {"outcomes", "evaluations"}:
            raise ValueError("hashes are missing")
        return self


class BranchManifest(BaseModel):
    """What ``reproduce`` needs of the manifest of a branch.

    Attributes:
        world: Manifest of the run that was branched.
        changed: Scenario that holds after the branch in the other future.
        at: Month of the branch, as in 2027-01.
        seeds: Number of worlds, the saved one first.
    """

    kind: Literal["branch"]
    code: str
    world: RunManifest
    changed: dict[str, Any]
    at: str
    seeds: int = Field(ge=1, le=100_000)
    tables: dict[Literal["runs", "effects"], str]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.tables) != {"runs", "effects"}:
            raise ValueError("hashes are missing")
        return self


class EvaluationManifest(BaseModel):
    """What ``reproduce`` needs of the manifest of ``evaluate``, with the bounds of that command."""

    kind: Literal["evaluation"]
    code: str
    baseline: str
    policy: str
    practices: int = Field(ge=1, le=100_000)
    years: int = Field(ge=1, le=25)
    uptake: list[str] = Field(min_length=1)
    share: float = Field(gt=0.0, le=1.0)
    seeds: int = Field(ge=2, le=100_000)
    first_seed: int = Field(ge=0)
    draws: int = Field(ge=0, le=1_000_000)
    replications: int = Field(ge=1, le=1_000_000)
    settings: dict[str, float]
    draws_from: str = PRIOR
    scenarios: dict[str, dict[str, Any]]
    tables: dict[Literal["evaluations", "power_curve"], str]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.tables) != {"evaluations", "power_curve"}:
            raise ValueError("hashes are missing")
        if not {self.baseline, self.policy} <= set(self.scenarios):
            raise ValueError("scenarios are missing")
        return self


class TheoriesManifest(BaseModel):
    """What ``reproduce`` needs of the manifest of ``theories``, with the bounds of that command."""

    kind: Literal["theories"]
    code: str
    baseline: str
    policy: str
    share: float = Field(gt=0.0, le=1.0)
    seeds: int = Field(ge=2, le=100_000)
    first_seed: int = Field(ge=0)
    settings: dict[str, float]
    scenarios: dict[str, dict[str, Any]]
    tables: dict[Literal["effects"], str]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.tables) != {"effects"}:
            raise ValueError("hashes are missing")
        if not {self.baseline, self.policy} <= set(self.scenarios):
            raise ValueError("scenarios are missing")
        return self


class ValidationManifest(BaseModel):
    """What ``reproduce`` needs of the manifest of ``validate``, with the bounds of that command."""

    kind: Literal["validation"]
    code: str
    seeds: int = Field(ge=2, le=1000)
    draws: int = Field(ge=0, le=1000)
    size: float = Field(gt=0.0, le=1.0)
    draws_from: str
    tables: dict[Literal["values"], str] = Field(min_length=1)


#: What can be made again, by the kind in its manifest.
_KINDS = {
    "comparison": ComparisonManifest,
    "run": RunManifest,
    "branch": BranchManifest,
    "evaluation": EvaluationManifest,
    "theories": TheoriesManifest,
    "validation": ValidationManifest,
}

#: What makes the other folders that hold a manifest; these commands keep or make their own worlds.
_NOT_AGAIN = {
    "analysis": "zorgbundel analyse",
    "neutral-price": "zorgbundel neutral-price",
    "safe-corridor": "zorgbundel safe-corridor",
}

AnyManifest = (
    ComparisonManifest | RunManifest | BranchManifest | EvaluationManifest | TheoriesManifest
    | ValidationManifest
)  # fmt: skip


def read_manifest(folder: Path) -> AnyManifest:
    """Return the manifest of a results folder.

    Raises:
        OutputError: There is none, or it cannot be understood.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        raise OutputError(f"{folder} holds no manifest.json, so it is not a results folder.")
    try:
        data = read_json(path)
        if data["kind"] in _NOT_AGAIN:
            raise OutputError(
                f"{folder} holds results of '{_NOT_AGAIN[data['kind']]}', which are not run again "
                "from their folder; give that command once more."
            )
        found = _KINDS.get(data["kind"], ComparisonManifest).model_validate(data)
    except OutputError:
        raise
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        raise OutputError(f"{path} is damaged: it is not a manifest of this program.") from None
    check(data, path)
    return found
