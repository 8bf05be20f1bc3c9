"""The frozen example of ``docs/example``: a tiny comparison anybody can make again and compare.

A changed number means a changed model: refresh on purpose (``make example``), never in passing, and
mark the change **Results** in the changelog.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "example"
SUMS = "SHA256SUMS"

#: Files of a results folder that are kept; the others follow from them.
KEPT = ("manifest.json", "runs.parquet", "effects.parquet", "evaluations.parquet",
        "parameter_draws.parquet", "budget.csv")  # fmt: skip

COMMAND = (
    "compare", "fee_for_service_open", "bundle_weight_classes", "--seeds", "2", "--draws", "2",
    "--draws-from", "prior", "--share", "0.001", "--workers", "1",
)  # fmt: skip


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of the example that is in a folder, by name."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in KEPT}


def read_checksums() -> dict[str, str]:
    """Return the checksums on file, by name."""
    lines = (FOLDER / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def refresh() -> str:
    """Make the example anew and write it; return its fingerprint."""
    from experiments.cli import main

    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "example"
        main([*COMMAND, "--out", str(made)], standalone_mode=False)
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            shutil.copyfile(made / name, FOLDER / name)
    lines = [f"{digest}  {name}\n" for name, digest in checksums(FOLDER).items()]
    (FOLDER / SUMS).write_text("".join(lines), encoding="utf-8")
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return manifest["fingerprint"]


if __name__ == "__main__":
    print(f"docs/example has fingerprint {refresh()}")
