"""CSV copies: what a reader opens in a spreadsheet must be what the Parquet table beside it says.

The manifest seals the Parquet tables. A CSV is another copy of one, for people; a number edited in
it would travel on as if the program had made it.
"""

from pathlib import Path

from experiments.output import OutputError, csv_text
from experiments.safe_files import read_parquet, sound
from model.parameters.safe_file import read_bytes

#: Largest CSV read, bytes: the table is in memory already, and its text is a few times its size.
MOST_COPY = 4_000_000_000


def check_copies(folder: Path) -> None:
    """Refuse a folder in which a CSV differs from what would be written from its Parquet table.

    A CSV without a Parquet table beside it is nobody's copy.

    Raises:
        OutputError: A copy was changed, or cannot be read.
    """
    for path in sorted(folder.glob("*.csv")):
        table = path.with_suffix(".parquet")
        if not table.exists():
            continue
        written = csv_text(read_parquet(table)).encode()
        with sound(path):
            found = read_bytes(path, MOST_COPY)
        # Written on Windows, its lines end otherwise; no number does.
        if found.replace(b"\r\n", b"\n") != written:
            raise OutputError(
                f"{path} was changed after it was written: it is not what {table.name} says."
            )
