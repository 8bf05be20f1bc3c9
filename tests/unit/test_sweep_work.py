"""Results of several runs become one table: the same rows, whatever names each of them has."""

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.sweeps.sweep_work import _table

_WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [("run", _WORD), ("name", _WORD), ("count", pa.int64()), ("value", pa.float64())]
)


def part(names: list[str | None], values: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": pd.Series(names, dtype="str"),
            "count": np.arange(len(names)),
            "value": np.array(values, dtype=float),
        }
    )


def rows(parts: dict[str, pd.DataFrame]) -> list[dict]:
    return _table(list(parts), list(parts.values()), SCHEMA).to_pylist()


def expected(parts: dict[str, pd.DataFrame]) -> list[dict]:
    return [
        {"run": run, **{key: None if pd.isna(value) else value for key, value in row.items()}}
        for run, one in parts.items()
        for row in one.to_dict("records")
    ]


def test_runs_with_the_same_names_and_with_other_names_keep_their_own():
    same = part(["spending", "burden", "spending"], [1.0, 2.0, 3.0])
    parts = {"a": same, "b": same.copy(), "c": part(["burden", "hours"], [4.0, 5.0]), "d": same}
    assert rows(parts) == expected(parts)


def test_what_is_missing_stays_missing_and_an_empty_run_has_no_rows():
    parts = {"a": part([], []), "b": part(["x", None], [np.nan, 1.0]), "c": part([], [])}
    assert rows(parts) == expected(parts)
    assert _table(["a"], [part([], [])], SCHEMA).schema == SCHEMA
    assert rows({"a": part([], [])}) == []


def test_a_column_in_pieces_is_one_column():
    pieces = pd.concat([part(["x", "y"], [1.0, 2.0]), part(["y", "z"], [3.0, 4.0])])
    parts = {"a": pieces.reset_index(drop=True), "b": part(["z"], [5.0])}
    assert rows(parts) == expected(parts)
