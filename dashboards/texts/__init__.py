"""The words of the dashboard in Dutch and English (``nl.yaml``, ``en.yaml``).

The words of one part may have files of their own: ``class.nl.yaml`` and so on.
"""

from functools import cache
from pathlib import Path

from experiments.number_format import Language
from experiments.texts import Texts
from model.parameters.located_yaml import read_located

FOLDER = Path(__file__).parent


@cache
def texts(language: Language) -> Texts:
    """Return the texts of one language."""
    found = {}
    for path in (FOLDER / f"{language}.yaml", *sorted(FOLDER.glob(f"*.{language}.yaml"))):
        for key, text in read_located(path).data.items():
            found[str(key)] = " ".join(str(text).split())
    return Texts(found)
