"""``zorgbundel teach --notebook``: a Jupyter notebook for courses that program.

Written as plain JSON (nbformat 4.5), so that nothing of Jupyter is needed to write it. A test runs
every cell.
"""

import json
from pathlib import Path
from typing import Any

import click
import yaml

from experiments.number_format import Language
from experiments.teaching.teach_command import write_text
from experiments.texts import texts

FILE = Path(__file__).with_name("notebook.yaml")


def notebook(language: Language) -> dict[str, Any]:
    """Return the notebook as plain data.

    Args:
        language: "nl" or "en".
    """
    cells = []
    for place, cell in enumerate(yaml.safe_load(FILE.read_text(encoding="utf-8"))["cells"]):
        own: dict[str, Any] = {"id": f"cell-{place:02d}", "metadata": {}}
        if "code" in cell:
            own |= {"cell_type": "code", "execution_count": None, "outputs": []}
            text = cell["code"].replace("LANGUAGE", repr(language).replace("'", '"'))
        else:
            own |= {"cell_type": "markdown"}
            text = cell[language]
        cells.append(own | {"source": text.rstrip("\n").splitlines(keepends=True)})
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "cells": cells,
    }


def write_notebook(out: Path | None, language: Language) -> None:
    """Write the notebook to a new file.

    Args:
        out: Where to; None for ``zorgbundel.LANGUAGE.ipynb`` in the present folder.
        language: "nl" or "en".
    """
    path = out or Path(f"zorgbundel.{language}.ipynb")
    write_text(path, json.dumps(notebook(language), ensure_ascii=False, indent=1) + "\n")
    click.echo(texts(language)("teach.wrote", path=path))
