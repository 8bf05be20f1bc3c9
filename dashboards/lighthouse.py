"""Lighthouse scores of the dashboard; the program is for who measures, users need not have it.

``make lighthouse`` puts it in ``build/lighthouse`` (with Node and npm); one on the path does too.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

OWN = Path(__file__).resolve().parents[1] / "build/lighthouse/node_modules/.bin/lighthouse"

#: Rows of the bench, by Lighthouse's own name.
SCORES = {
    "least_lighthouse_performance": "performance",
    "least_lighthouse_accessibility": "accessibility",
    "least_lighthouse_best_practices": "best-practices",
}
PATIENCE = 300


def program() -> str | None:
    """Return where Lighthouse is; None if it is nowhere."""
    return str(OWN) if OWN.is_file() else shutil.which("lighthouse")


def scores(address: str, notes: list[str]) -> dict[str, float]:
    """Return the scores of a page, 0-100, as a desktop computer sees it.

    Args:
        address: Of the page, on this machine.
        notes: Receives why nothing is measured, and each audit that costs points.
    """
    found = program()
    if found is None:
        notes.append("Lighthouse is not here, so its scores are not measured: make lighthouse.")
        return {}
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        try:
            done = subprocess.run(
                [found, address, "--preset=desktop", "--output=json", f"--output-path={out}",
                 "--quiet", "--no-enable-error-reporting",
                 f"--only-categories={','.join(SCORES.values())}",
                 "--chrome-flags=--headless=new --no-sandbox --disable-gpu"],
                capture_output=True, text=True, timeout=PATIENCE,
                env={**os.environ, "CHROME_PATH": chromium},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            notes.append(f"Lighthouse failed: {error}")
            return {}
        if done.returncode or not out.is_file():
            notes.append(f"Lighthouse failed: {done.stderr[-200:].strip()}")
            return {}
        report = json.loads(out.read_text(encoding="utf-8"))
    notes.extend(lost(report))
    categories = report["categories"]
    return {
        row: 100.0 * categories[name]["score"]
        for row, name in SCORES.items()
        if categories[name]["score"] is not None
    }


def lost(report: dict) -> list[str]:
    """Return a line for each audit of a Lighthouse report that costs points."""
    lines = []
    for name in SCORES.values():
        for part in report["categories"][name].get("auditRefs", []):
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                value = f" ({audit['displayValue']})" if audit.get("displayValue") else ""
                lines.append(f"Lighthouse, {name}: {audit['title']}{value}.")
    return lines
