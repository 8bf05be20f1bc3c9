"""What a line of the ledger is about, in words: names for figures and tables, none of them long.

They stand beside the words of the clauses in ``clause_words.yaml``. This file loads nothing of the
model, as the server of the dashboard names lines too.
"""

from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("clause_words.yaml")

#: Starts of the names under which a KPI is booked, and what they are called.
_KPIS = {"withheld_kpi_": "withheld", "kpi_": "kpi"}


@cache
def booked() -> dict[str, dict[str, str]]:
    """Return the names by clause of the ledger, then by language."""
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))["booked"]


def ledger_name(clause: str, language: str, with_indicator: bool = False) -> str:
    """Return what a line of the ledger is about; a clause without words keeps its name.

    Args:
        clause: As the ledger has it: "fee_per_session", "withheld_kpi_measured".
        language: "en" or "nl".
        with_indicator: Whether a KPI says which indicator it pays for.
    """
    for start, name in _KPIS.items():
        if clause.startswith(start):
            said = booked()[name][language]
            return (
                f"{said}: {_indicator(clause[len(start) :], language)}" if with_indicator else said
            )
    found = booked().get(clause)
    return found[language] if found else clause.replace("_", " ")


def _indicator(name: str, language: str) -> str:
    from model.indicators import BY_ID

    label = getattr(BY_ID[name], language)
    return label[:1].lower() + label[1:]
