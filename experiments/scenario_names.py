"""What scenarios are called in tables and sentences. Light: no tables, no model."""

from collections.abc import Mapping

from experiments.number_format import Language
from experiments.texts import texts

#: Titles of scenarios that have no short name, by name and language.
Titles = Mapping[str, Mapping[str, str]]


def label(name: str, language: Language, titles: Titles | None = None) -> str:
    """Return the short name of a scenario, as a heading."""
    t = texts(language)
    key = f"scenario.{name}.label"
    if key in t:
        return t(key)
    title = (titles or {}).get(name, {})
    return title.get(language) or name.replace("_", " ").capitalize()


def inline(name: str, language: Language, titles: Titles | None = None) -> str:
    """Return the short name of a scenario, as it stands inside a sentence."""
    t = texts(language)
    key = f"scenario.{name}.inline"
    return t(key) if key in t else t("scenario.other.inline", title=label(name, language, titles))
