"""The unit of a parameter in the language of the reader."""

from functools import cache
from pathlib import Path

from experiments.number_format import Language
from model.parameters.located_yaml import read_located

#: Units that are the same in Dutch.
THE_SAME = ("index", "m", "per EUR", "EUR/audit", "per km", "EUR/QALY", "km", "per EUR 100")


@cache
def _dutch() -> dict[str, str]:
    path = Path(__file__).with_name("parameter_units.yaml")
    return {str(unit): str(dutch) for unit, dutch in read_located(path).data.items()}


def unit_name(unit: str, language: Language) -> str:
    """Return a unit of the registry in words, ``sessions/year`` or ``zittingen/jaar``."""
    return _dutch().get(unit, unit) if language == "nl" else unit
