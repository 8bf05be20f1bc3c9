"""The words of the dashboard in Dutch and English (``nl.yaml``, ``en.yaml``).

The words of one part may have files of their own: ``class.nl.yaml`` and so on.
"""

from functools import cache
from pathlib import Path

from experiments.number_format import Language
from experiments.texts import Texts, texts_in

FOLDER = Path(__file__).parent


@cache
def texts(language: Language) -> Texts:
    """Return the texts of one language."""
    return texts_in(FOLDER, language)
