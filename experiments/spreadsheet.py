"""Text that a spreadsheet would run as a formula is made plain text, here and nowhere else.

A CSV file has no types: whoever opens it lets the spreadsheet decide, and a text that starts with
``=``, ``+``, ``-`` or ``@`` (or with a tab or a line end, which some programs skip) is a formula to
it. An apostrophe in front says that it is text. Dutch spreadsheets also split cells at a semicolon,
so what follows one inside a text is looked at too. Numbers stay numbers.
"""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: Where an apostrophe goes: before what would start a formula, or hide its start.
_FORMULA = re.compile(r"^(?=[=+\-@\t\n])|(?<=[;\t\n])(?=[=+\-@])")

#: A line end that writers of CSV do not quote, so that it would end the row.
_BARE_RETURN = re.compile(r"\r\n?")

#: A number written as text: harmless, and other programs read it as what it is.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def safe_cell(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs; anything but text is returned as it is."""
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    return _FORMULA.sub("'", _BARE_RETURN.sub("\n", cell))


def safe_table(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table whose texts and column names no spreadsheet runs; the same one if all are."""
    import pandas as pd

    changed = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            continue
        texts = {cell: safe_cell(cell) for cell in column.unique() if isinstance(cell, str)}
        unsafe = {cell: safe for cell, safe in texts.items() if safe != cell}
        if unsafe:
            changed[name] = column.astype(object).map(
                lambda cell, safe=unsafe: safe.get(cell, cell)
            )
    names = {name: safe_cell(name) for name in table.columns if safe_cell(name) != name}
    if not changed and not names:
        return table
    return table.assign(**changed).rename(columns=names)
