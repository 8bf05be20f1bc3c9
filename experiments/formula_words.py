"""The formula of a measure in the language of the reader; names of the model stay as they are."""

from functools import cache
from pathlib import Path

from experiments.number_format import Language
from model.parameters.located_yaml import read_located


@cache
def _dutch() -> dict[str, str]:
    path = Path(__file__).with_name("formula_words.yaml")
    return {str(words): str(dutch) for words, dutch in read_located(path).data.items()}


def formula_words(formula: str, language: Language) -> str:
    """Return a formula (``Measure.formula``): ``sum of tally.died`` or ``som van tally.died``."""
    if language == "nl":
        for words, dutch in _dutch().items():
            formula = formula.replace(words, dutch)
    return formula
