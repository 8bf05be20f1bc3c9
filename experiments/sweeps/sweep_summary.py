"""The summary of a sweep: paired effects on every measure, with both intervals."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.intervals import monte_carlo_interval, parameter_interval
from experiments.output import OutputError
from experiments.paired import WINDOW, values
from experiments.safe_files import read_parquet
from experiments.sweeps.chunk import checksum, write_whole
from experiments.sweeps.store import SUMS, Store
from model.outcomes import MEASURES

COLUMNS = (
    "point", "policy", "measure", "baseline", "mean", "monte_carlo_low", "monte_carlo_high",
    "parameter_low", "parameter_high", "runs",
)  # fmt: skip

#: Stands for all points of a sampler together.
ALL_POINTS = -1

#: Rows of outcomes in memory at once.
MOST_ROWS = 2_000_000

#: More points than this are for an analysis, not for a table.
MOST_POINTS = 6


def summary(store: Store) -> pd.DataFrame:
    """Return the national effects over the window, per policy and measure.

    Up to six points are summarised one by one. The points of a sampler, or more of them, go
    together: the mean is over all, the Monte Carlo interval is that of the mean of each seed, and
    the parameter interval holds the middle 90 % of the runs.

    Outcomes are read a few measures at a time (``_batches``): reading costs as much for one measure
    as for all, and not more than ``MOST_ROWS`` rows, or one measure, are in memory at once.
    """
    parts = []
    for ids in _batches(store):
        for measure, found in store.outcomes(ids).groupby("measure", sort=False):
            points = found["point"].unique()
            if len(points) > MOST_POINTS or "sample" in set(found["kind"]):
                parts.append(_together(store, found, ALL_POINTS, measure))
            else:
                parts += [
                    _together(store, found[found["point"] == point], point, measure)
                    for point in points
                ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    # By point and policy, in the order of the plan; measures stay in theirs.
    table = pd.concat(parts, ignore_index=True)
    order = {policy: k for k, policy in enumerate(store.policies)}
    ranks = table.assign(policy=table["policy"].map(order))
    places = ranks.sort_values(["point", "policy"], kind="stable").index
    return table.loc[places].reset_index(drop=True)


def _batches(store: Store) -> Iterator[list[str]]:
    """Yield the measures, as many at a time as ``MOST_ROWS`` rows hold."""
    rows = len(store.plan()) * (1 + len(store.policies)) * store.design.years
    size = max(1, MOST_ROWS // max(1, rows))
    for start in range(0, len(MEASURES), size):
        yield [measure.id for measure in MEASURES[start : start + size]]


def kept_summary(store: Store) -> pd.DataFrame:
    """Return the summary as it was kept beside the results, made anew if they have changed."""
    made_of = [*store.files["runs"], store.about["plan"]["checksum"], *_code_versions()]
    key = checksum("\n".join(made_of).encode())
    path = store.folder / f"summary-{key}.parquet"
    if path.is_file():
        try:
            return read_parquet(path)[list(COLUMNS)]
        except (OutputError, KeyError):
            pass  # damaged: made anew
    found = summary(store)
    for older in store.folder.glob("summary-*.parquet"):
        older.unlink()
    write_whole(path, found.to_parquet(index=False))
    return found


def _code_versions() -> list[str]:
    """Return checksums of the files that decide how effects are summarised."""
    here = Path(__file__)
    beside = (here.parents[1] / name for name in ("paired.py", "intervals.py"))
    return [checksum(one.read_bytes()) for one in (here, *beside)]


def _together(store: Store, found: pd.DataFrame, point: int, measure: str) -> pd.DataFrame:
    """Return the effects of every policy on one measure, over the runs found."""
    table = values(found.assign(index=found["run"]), SUMS)
    table = table[table["year"] == WINDOW]
    place = found.drop_duplicates("run").set_index("run")[["kind", "index"]]
    wide = table.pivot(index="index", columns="policy", values="value")
    wide = wide.reindex(columns=[store.baseline, *store.policies])
    place = place.loc[wide.index]
    own_luck, assumed = place["kind"] != "draw", place["kind"] != "seed"
    # A draw is off the centre: without seeds the mean over draws is all there is.
    centre = own_luck if own_luck.any() else assumed
    base = wide[store.baseline]
    rows = []
    for policy in store.policies:
        effect = wide[policy] - base
        by_seed = effect[own_luck].groupby(place["index"][own_luck]).mean()
        rows.append(
            (
                point, policy, measure, _mean(base[centre]), _mean(effect[centre]),
                *monte_carlo_interval(by_seed.to_numpy()),
                *parameter_interval(effect[assumed].to_numpy()),
                len(effect),
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _mean(numbers: pd.Series) -> float:
    known = numbers.to_numpy(dtype=float)
    known = known[~np.isnan(known)]
    return float(known.mean()) if known.size else float("nan")
