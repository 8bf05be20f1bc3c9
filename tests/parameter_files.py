"""Parameter files written on the spot."""

import os
import subprocess
import sys
from pathlib import Path

import model.parameters

SHIPPED = Path(model.parameters.__file__).parent
ROOT = SHIPPED.parent.parent
GOOD = {
    "value": "36.53",
    "low": "34.0",
    "high": "39.0",
    "distribution": "triangular",
    "unit": "EUR/session",
    "role": "uncertainty",
    "kind": "literature",
    "grade": "SF",
    "source": "a market report, p. 12",
    "year": "2026",
    "note": "average",
    "label": "{en: Tariff, nl: Tarief}",
}


def entry(name: str = "tariff", **changes: str | None) -> str:
    """Return YAML for one entry; a change of None leaves the key out."""
    keys = {**GOOD, **changes}
    lines = [f"  {key}: {text}" for key, text in keys.items() if text is not None]
    return "\n".join([f"{name}:", *lines, ""])


def run_python(code: str, hash_seed: str = "0") -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
