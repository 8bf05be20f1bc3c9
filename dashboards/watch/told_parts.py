"""Parts of what is told of an agent that several decisions share."""

import inspect
from collections.abc import Iterable
from html import escape
from typing import Any

from dashboards.texts import texts
from experiments.number_format import Language


def rules(functions: Iterable[Any], language: Language) -> str:
    """Return the rules themselves, folded away: name and docstring as they stand in the program."""
    docs = "".join(
        f'<pre lang="en" tabindex="0">{escape(rule.py_func.__name__)}: '
        f"{escape(inspect.getdoc(rule.py_func) or '')}</pre>"
        for rule in functions
    )
    title = escape(texts(language)("watch.rules"))
    return f"<details><summary>{title}</summary>{docs}</details>"
