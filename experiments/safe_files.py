"""Results and other files from outside, read safely: limited in size and depth, never run.

What is read here is data only. JSON may not be deep, hold not-a-number or repeat a key; a table is
Parquet or CSV, of which the size is known before it is opened.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.output import OutputError
from model.parameters.safe_file import UnreadableError, read_bytes

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MOST_JSON = 5_000_000  # bytes; the manifest of thirty scenarios is a tenth of that
MOST_DEPTH = 40
MOST_CSV = 50_000_000  # bytes; 1,000 draws of all uncertainties are 2 MB
MOST_PARQUET = 4_000_000_000  # bytes; a table must fit in memory anyway
SMALL_TABLE = 100_000_000  # bytes in memory that any table may take
MOST_SWELLING = 60  # times its size on disk a table may take in memory; results take 5 to 20


def read_json(path: Path, finite: bool = True, most: int = MOST_JSON) -> Any:
    """Return what a JSON file holds.

    Args:
        path: File.
        finite: Refuse infinite numbers and not-a-number.
        most: Largest file, bytes.

    Raises:
        UnreadableError: It is missing, too large, too deep, or no JSON.
    """
    raw = read_bytes(path, most)
    try:
        data = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
        if b"\\u" in raw:  # half a character (\\ud800) cannot be written or shown anywhere
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or a number of 5,000 digits
        raise UnreadableError("the file is not valid JSON") from None
    _check(data, finite)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a dictionary; of two values for one key nobody knows which is meant."""
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key is repeated")
    return data


def _check(data: Any, finite: bool) -> None:
    """Refuse what is too deep or infinite; without recursion, as the data may be hostile."""
    level, depth = [data], 0
    while level:
        if depth > MOST_DEPTH:
            raise UnreadableError(f"nesting is deeper than {MOST_DEPTH} levels")
        inside: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inside.extend(one.values())
            elif isinstance(one, list):
                inside.extend(one)
            elif finite and isinstance(one, float) and not math.isfinite(one):
                raise UnreadableError("the file holds a number that is infinite or not a number")
        level, depth = inside, depth + 1


def read_parquet(path: Path, schema: "pa.Schema | None" = None) -> pd.DataFrame:
    """Return a table from a Parquet file.

    Args:
        path: File.
        schema: Columns wanted, with their types; None for all there are.

    Raises:
        OutputError: It is missing, damaged, or would take far more memory than its size suggests.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with sound(path):
        raw = read_bytes(path, MOST_PARQUET)
        # From memory: a pipe, or a file that changes meanwhile, cannot do harm.
        file = pq.ParquetFile(pa.BufferReader(raw))
        _check_size(file.metadata, len(raw), path)
        if schema is None:
            return file.read().to_pandas()
        return file.read(columns=schema.names).select(schema.names).cast(schema).to_pandas()


def read_footer(path: Path) -> "pq.FileMetaData":
    """Return what a Parquet file says of itself, for readers that open many of them at once.

    Raises:
        OutputError: It is missing, no ordinary file, damaged, or would take far more memory than
            its size suggests.
    """
    import pyarrow.parquet as pq

    with sound(path):
        if not path.is_file():  # a pipe would keep us waiting for ever
            raise FileNotFoundError
        about = pq.read_metadata(path)
        _check_size(about, path.stat().st_size, path)
        return about


def _check_size(about: "pq.FileMetaData", on_disk: int, path: Path) -> None:
    """Refuse a table that would take far more memory than its bytes on disk suggest."""
    groups = [about.row_group(k) for k in range(about.num_row_groups)]
    size = sum(group.total_byte_size for group in groups)
    size = max(size, 8 * about.num_rows * about.num_columns)
    if size > max(SMALL_TABLE, MOST_SWELLING * on_disk):
        raise OutputError(f"{path} is no table of this program: it unpacks to far too much.")


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turn whatever a damaged table makes Arrow or pandas raise into one sentence.

    Raises:
        OutputError: The table is missing or damaged.
    """
    from pyarrow import ArrowException

    try:
        yield
    except OutputError:
        raise
    except (*_DAMAGE, ArrowException):
        raise OutputError(f"{path} is missing or damaged.") from None


_DAMAGE = (
    OSError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, MemoryError,
    RuntimeError,
)  # fmt: skip
