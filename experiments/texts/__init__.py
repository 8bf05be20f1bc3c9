"""The sentences of findings, figures and brief, in Dutch and English (``nl.yaml``, ``en.yaml``).

Sentences of one part of the program may have files of their own: ``analysis.nl.yaml`` and so on.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from model.parameters.located_yaml import read_located

FOLDER = Path(__file__).parent


class Texts:
    """The texts of one language, looked up by key and filled in by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    def __call__(self, key: str, **values: object) -> str:
        """Return one text with its placeholders filled in."""
        text = self._texts[key]
        # Without placeholders it is the very same text for everybody, not a copy for each.
        return text.format(**values) if "{" in text or "}" in text else text

    def __contains__(self, key: str) -> bool:
        """Return whether a text exists."""
        return key in self._texts

    def keys(self) -> list[str]:
        """Return all keys."""
        return list(self._texts)

    def starting(self, prefix: str) -> list[str]:
        """Return the texts whose key starts with a prefix, in order of the file."""
        return [text for key, text in self._texts.items() if key.startswith(prefix)]

    def placeholders(self, key: str) -> set[str]:
        """Return the names that a text wants filled in."""
        return {name for _, name, _, _ in Formatter().parse(self._texts[key]) if name is not None}


@cache
def texts(language: str) -> Texts:
    """Return the texts of one language."""
    return texts_in(FOLDER, language)


def texts_in(folder: Path, language: str) -> Texts:
    """Return the texts of one language in a folder: its main file, and those of parts."""
    found = {}
    for path in (folder / f"{language}.yaml", *sorted(folder.glob(f"*.{language}.yaml"))):
        for key, text in read_located(path).data.items():
            found[str(key)] = " ".join(str(text).split())
    return Texts(found)
