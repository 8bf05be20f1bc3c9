"""The parameters as a table for the screen, or as CSV or JSON for another program."""

import csv
import io
import json
import textwrap
from typing import Any

from experiments.parameter_units import unit_name
from experiments.spreadsheet import safe_cell
from model.parameters import Parameter, ParameterError, Registry

FORMATS = ("table", "csv", "json")
LANGUAGES = ("en", "nl")
SCREEN_WIDTH = 100
NAME_WIDTH = 32  # what the other columns leave of the screen

_HEADINGS = {
    "en": ("Name and label", "Value", "Range", "Unit", "Role", "Grade"),
    "nl": ("Naam en omschrijving", "Waarde", "Bereik", "Eenheid", "Rol", "Bewijs"),
}


def parameters_table(
    reg: Registry, role: str | None = None, fmt: str = "table", lang: str = "en"
) -> str:
    """Return the parameters as text.

    Args:
        reg: Parameters to show.
        role: Only those with this role (fact, uncertainty, lever or target); all when None.
        fmt: "table" for reading, "csv" or "json" for every detail.
        lang: Language of headings and labels in the table; csv and json carry both labels.

    Raises:
        ParameterError: For an unknown role, format or language.
    """
    if lang not in LANGUAGES:
        raise ParameterError(f"there is no language '{lang}', use one of {', '.join(LANGUAGES)}")
    if fmt not in FORMATS:
        raise ParameterError(f"there is no format '{fmt}', use one of {', '.join(FORMATS)}")
    shown = reg.all() if role is None else reg.by_role(role)
    if fmt == "json":
        return json.dumps([_record(each) for each in shown], ensure_ascii=False, indent=2) + "\n"
    if fmt == "csv":
        return _csv(shown)
    return _screen(shown, lang)


def _record(parameter: Parameter) -> dict[str, Any]:
    """Return all there is to know about one parameter, name first."""
    fields = parameter.model_dump()
    return {"name": fields.pop("name"), **fields}


def _csv(parameters: tuple[Parameter, ...]) -> str:
    rows = []
    for parameter in parameters:
        record = _record(parameter)
        label = record.pop("label")
        rows.append({**record, "label_en": label["en"], "label_nl": label["nl"]})
    columns = [name for name in Parameter.model_fields if name not in {"name", "label"}]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["name", *columns, "label_en", "label_nl"], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: safe_cell(cell) for column, cell in row.items()})
    return buffer.getvalue()


def _screen(parameters: tuple[Parameter, ...], lang: str) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    first, *others = _HEADINGS[lang]
    table.add_column(first, no_wrap=True)
    for heading in others:
        number = heading in others[:2]
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for parameter in parameters:
        # Text objects, because rich would read square brackets in a string as markup.
        table.add_row(*(Text(cell) for cell in _cells(parameter, lang)))
    buffer = io.StringIO()
    Console(file=buffer, width=SCREEN_WIDTH, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _cells(parameter: Parameter, lang: str) -> tuple[str, ...]:
    # The label goes below the name: two columns of prose would leave no room for numbers.
    label = getattr(parameter.label, lang)
    below = textwrap.wrap(label, NAME_WIDTH, initial_indent="  ", subsequent_indent="  ")
    return (
        "\n".join([_broken_name(parameter.name), *below]),
        _number(parameter.value),
        _range(parameter),
        unit_name(parameter.unit, lang),
        parameter.role,
        parameter.grade,
    )


def _range(parameter: Parameter) -> str:
    if parameter.low is None or parameter.high is None:
        return ""
    return f"{_number(parameter.low)}..{_number(parameter.high)}"


def _broken_name(name: str) -> str:
    """Break a long name after an underscore, so that its words stay whole."""
    lines = [""]
    for word in name.replace("_", "_ ").split():
        if lines[-1] and len(lines[-1]) + len(word) > NAME_WIDTH:
            lines.append("")
        lines[-1] += word
    return "\n".join(lines)


def _number(number: float) -> str:
    """Return a short number: 613.8k, 31.8M; small numbers and years in full."""
    for size, letter in ((1_000_000, "M"), (10_000, "k")):
        if abs(number) >= size:
            return f"{number / (size if letter == 'M' else 1_000):,.5g}{letter}"
    return f"{number:.10g}"
