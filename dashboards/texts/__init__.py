"""The words of the dashboard in Dutch and English (``nl.yaml``, ``en.yaml``)."""

from functools import cache
from pathlib import Path

from experiments.number_format import Language
from experiments.texts import Texts
from model.parameters.located_yaml import read_located

FOLDER = Path(__file__).parent


@cache
def texts(language: Language) -> Texts:
    """Return the texts of one language."""
    data = read_located(FOLDER / f"{language}.yaml").data
    return Texts({str(key): " ".join(str(text).split()) for key, text in data.items()})
