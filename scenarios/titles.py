"""Titles of the library, read without the rest of the files: the model need not be loaded."""

from functools import cache
from pathlib import Path

from model.parameters.located_yaml import read_located
from scenarios.parts import BothLanguages

LIBRARY = Path(__file__).parent / "library"


@cache
def title(name: str) -> BothLanguages:
    """Return the title of a scenario of the library; it is always the file's own."""
    return BothLanguages.model_validate(read_located(LIBRARY / f"{name}.yaml").data["title"])
