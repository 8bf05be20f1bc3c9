"""The tables of a chunk: their columns and types."""

import pyarrow as pa

DONE, FAILED = "done", "failed"

_WORD = pa.dictionary(pa.int32(), pa.string())

OUTCOMES = pa.schema(
    [
        ("run", _WORD), ("policy", _WORD), ("year", pa.int64()), ("measure", _WORD),
        ("split", _WORD), ("group", _WORD), ("top", pa.float64()), ("bottom", pa.float64()),
        ("patients", pa.int64()), ("small", pa.bool_()),
    ]
)  # fmt: skip

_TEXTS = ("indicator", "method", "finding", "verdict")
_COUNTS = ("year", "joined", "others")

#: Columns of the runs, before the inputs. stage: where a run failed, a policy or the warm-up;
#: month: which month of the world it was then (January of the first year is 0).
RUNS = pa.schema(
    [
        ("run", pa.string()), ("seed", pa.int64()), ("status", pa.string()),
        ("attempt", pa.int64()), ("seconds", pa.float64()), ("stage", pa.string()),
        ("month", pa.int64()), ("error", pa.string()), ("traceback", pa.string()),
    ]
)  # fmt: skip


def evaluations_schema() -> pa.Schema:
    """Return the columns of evaluations (``model.month.evaluation``, loaded only when needed)."""
    from model.month.evaluation import COLUMNS

    kinds = dict.fromkeys(_TEXTS, _WORD) | dict.fromkeys(_COUNTS, pa.int64())
    kinds["identified"] = pa.bool_()
    columns = [(name, kinds.get(name, pa.float64())) for name in (*COLUMNS, "true_effect")]
    return pa.schema([("run", _WORD), ("policy", _WORD), *columns])
