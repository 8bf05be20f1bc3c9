"""Global sensitivity: which inputs carry a paired effect, and how sure that ranking is.

Inputs are parameters and levers, one column each and one row per run; the effect is one number per
run (policy minus baseline, same luck). Three ways, by how the runs were chosen:

- a Sobol design gives first and total order indices (``sobol_indices``);
- a Morris design gives the mean and spread of elementary effects (``morris_effects``);
- any other draws give first order indices by RBD-FAST (``given_data_indices``), with a bound that
  tells an index from the largest of so many coincidences.

All indices come from SALib. Every index has an interval, by bootstrap.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

#: Confidence of the intervals.
LEVEL = 0.95

#: Chance that any input is called clear if none carries the effect. An analysis looks at several
#: effects, so this is smaller than usual.
ERROR = 0.01

#: Resamples of a bootstrap, and shuffles that show what coincidence does.
RESAMPLES = 400
SHUFFLES = 1000

#: RBD-FAST resamples one input at a time, which takes long; so only the largest get an interval.
RBD_RESAMPLES, WITH_INTERVAL = 100, 20

#: With fewer runs nothing is said about which inputs carry an effect.
FEWEST_RUNS = 20

#: Most harmonics of RBD-FAST (the usual number), and runs wanted for each: with few runs a lower
#: number keeps the bias of the index small (Tissot and Prieur 2012).
MOST_HARMONICS, RUNS_PER_HARMONIC = 10, 20

_SEED = 1


def problem(names: Sequence[str]) -> dict:
    """Return the description of the inputs that SALib wants, in quantiles (0 to 1)."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def sobol_indices(names: Sequence[str], effects: np.ndarray) -> pd.DataFrame:
    """Return Sobol's first and total order indices of the runs of a Sobol design.

    Args:
        names: Inputs, in the order of the design.
        effects: Effect per run, in the order of SALib's Sobol sampler with second order.

    Returns:
        One row per input, largest total first: name, first, first_low, first_high, total,
        total_low, total_high; shares of the variance of the effect.

    Source:
        Saltelli et al. 2010, Computer Physics Communications 181(2), doi
        10.1016/j.cpc.2009.09.018; SALib, ``analyze.sobol``.
    """
    from SALib.analyze import sobol

    effects = _complete(effects)
    size = 2 * len(names) + 2
    if effects.size % size:
        raise ValueError(f"{effects.size} runs are no Sobol design of {len(names)} inputs")
    if np.ptp(effects) == 0.0:
        nothing = np.zeros(len(names))
        found = {"S1": nothing, "S1_conf": nothing, "ST": nothing, "ST_conf": nothing}
    else:
        found = sobol.analyze(
            problem(names), effects, num_resamples=RESAMPLES, conf_level=LEVEL, seed=_SEED
        )
    table = pd.DataFrame({"name": list(names)})
    for order, key in (("first", "S1"), ("total", "ST")):
        _put(table, order, found[key], found[f"{key}_conf"])
    return _ranked(table, "total")


def morris_effects(names: Sequence[str], points: np.ndarray, effects: np.ndarray) -> pd.DataFrame:
    """Return mean and spread of the elementary effects of a Morris design.

    Args:
        names: Inputs.
        points: Points of the design in quantiles, shape (runs, inputs), trajectory by trajectory.
        effects: Effect per run.

    Returns:
        One row per input, largest mu_star first: name, mu (mean), mu_star (mean size), mu_star_low,
        mu_star_high, sigma (spread: curvature or interaction); in the unit of the effect, per whole
        range of the input.

    Source:
        Morris 1991, Technometrics 33(2), doi 10.1080/00401706.1991.10484804; Campolongo et al.
        2007, doi 10.1016/j.envsoft.2006.10.004 (mu_star); SALib, ``analyze.morris``.
    """
    from SALib.analyze import morris

    found = morris.analyze(
        problem(names), np.asarray(points, dtype=float), _complete(effects),
        num_resamples=RESAMPLES, conf_level=LEVEL, seed=_SEED,
    )  # fmt: skip
    table = pd.DataFrame({"name": list(names), "mu": np.asarray(found["mu"], dtype=float)})
    _put(table, "mu_star", found["mu_star"], found["mu_star_conf"])
    table["sigma"] = np.asarray(found["sigma"], dtype=float)
    return _ranked(table, "mu_star")


def given_data_indices(
    inputs: pd.DataFrame, effects: np.ndarray, groups: np.ndarray | None = None
) -> pd.DataFrame:
    """Return first order indices from runs at any draws, with what coincidence alone would give.

    Args:
        inputs: One row per run, one column per input; columns without variation are left out.
        effects: Effect per run; runs without one (not-a-number) are left out.
        groups: Which runs belong together, such as all levers tried in one draw: they are no
            independent evidence on what differs between draws only. None if all stand alone.

    Returns:
        One row per input, largest first: name, first, first_low, first_high (share of the variance
        of the effect; an interval for the ``WITH_INTERVAL`` largest), rho (Spearman's rank
        correlation), clear (whether either is larger than the largest of as many coincidences is
        with probability 0.99). Empty with fewer than ``FEWEST_RUNS`` runs, or if the effect never
        differs.

    Source:
        RBD-FAST for given data: Plischke 2010, Reliability Engineering & System Safety 95(4), doi
        10.1016/j.ress.2009.11.005; SALib, ``analyze.rbd_fast``. The bound: Westfall and Young 1993,
        Resampling-Based Multiple Testing (largest statistic under shuffling).
    """
    from SALib.analyze import rbd_fast
    from scipy import stats

    groups = _known_groups(effects, groups)
    inputs, effects = varied(inputs, effects)
    columns = ["name", "first", "first_low", "first_high", "rho", "clear"]
    if effects.size < FEWEST_RUNS or np.ptp(effects) == 0.0 or inputs.shape[1] == 0:
        return pd.DataFrame(columns=columns)
    x = inputs.to_numpy(dtype=float)
    harmonics = min(MOST_HARMONICS, max(1, effects.size // RUNS_PER_HARMONIC))

    def indices(chosen: np.ndarray, resamples: int) -> list[np.ndarray]:
        found = rbd_fast.analyze(
            problem(list(inputs.columns[chosen])), x[:, chosen], effects, M=harmonics,
            num_resamples=resamples, conf_level=LEVEL, seed=_SEED,
        )  # fmt: skip
        return [np.asarray(found[key], dtype=float) for key in ("S1", "S1_conf")]

    table = pd.DataFrame({"name": list(inputs)})
    first, _ = indices(np.arange(x.shape[1]), 2)
    half = np.full(first.size, np.nan)
    largest = np.argsort(-first, kind="stable")[:WITH_INTERVAL]
    half[largest] = indices(largest, RBD_RESAMPLES)[1]
    _put(table, "first", first, half)
    ranks = stats.rankdata(x, axis=0)
    ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    own = stats.rankdata(effects)
    own = (own - own.mean()) / own.std()
    table["rho"] = own @ ranks / effects.size
    table["clear"] = _beyond_coincidence(
        first, table["rho"].to_numpy(), x, ranks, effects, own, harmonics, groups
    )
    return _ranked(table, "first")[columns]


def _beyond_coincidence(
    first: np.ndarray,
    rho: np.ndarray,
    x: np.ndarray,
    ranks: np.ndarray,
    effects: np.ndarray,
    own: np.ndarray,
    harmonics: int,
    groups: np.ndarray,
) -> np.ndarray:
    """Return which inputs have an index or a correlation beyond the largest under shuffling.

    Each is measured in standard deviations of what shuffling gives for that input: a lever that is
    tried in every draw has far less coincidence in it than an assumption that differs between
    draws only. Two statistics are looked at, so each has half of the error.
    """
    from SALib.analyze.rbd_fast import unskew_S1
    from scipy.signal import periodogram

    order = np.argsort(x, axis=0, kind="stable")
    order = np.concatenate([order[::2], order[1::2][::-1]])  # up and down: one period per input
    rng = np.random.default_rng(_SEED)
    indices, rhos = np.empty((2, SHUFFLES, x.shape[1]))
    for k in range(SHUFFLES):
        shuffled = shuffle(groups, rng)
        power = periodogram(effects[shuffled][order], axis=0)[1][1:]
        raw = power[:harmonics].sum(axis=0) / power.sum(axis=0)
        indices[k] = unskew_S1(raw, harmonics, effects.size)
        rhos[k] = np.abs(own[shuffled] @ ranks / effects.size)
    clear = np.zeros(x.shape[1], dtype=bool)
    for found, null in ((first, indices), (np.abs(rho), rhos)):
        mean, spread = null.mean(axis=0), np.maximum(null.std(axis=0), 1e-12)
        largest = ((null - mean) / spread).max(axis=1)
        bound = np.quantile(largest, 1.0 - ERROR / 2.0)
        clear |= (found - mean) / spread > bound
    return clear


def shuffle(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a shuffle of runs that keeps groups together.

    Groups change places with groups of the same size, and runs change places within each.
    """
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if sizes.max() == 1:
        return rng.permutation(groups.size)
    starts = np.cumsum(sizes) - sizes
    members = np.argsort(codes, kind="stable")
    out = np.empty(groups.size, dtype=np.int64)
    for size in np.unique(sizes):
        alike = np.flatnonzero(sizes == size)
        rows = members[starts[alike][:, None] + np.arange(size)]
        out[rows] = rng.permuted(rows[rng.permutation(alike.size)], axis=1)
    return out


def _known_groups(effects: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return the groups of the runs that have an effect."""
    effects = np.asarray(effects, dtype=float)
    groups = np.arange(effects.size) if groups is None else np.asarray(groups)
    return groups[~np.isnan(effects)]


def tornado(
    inputs: pd.DataFrame, effects: np.ndarray, groups: np.ndarray | None = None
) -> pd.DataFrame:
    """Return the mean effect where an input is low (lowest third) and where it is high.

    Args:
        inputs: One row per run, one column per input.
        effects: Effect per run.
        groups: Which runs belong together; the bootstrap draws whole groups.

    Returns:
        One row per input, largest swing first: name, low, high (mean effects), swing (high - low),
        swing_low, swing_high (bootstrap interval, 95 %); in the unit of the effect. Empty with
        fewer than ``FEWEST_RUNS`` runs.
    """
    groups = _known_groups(effects, groups)
    inputs, effects = varied(inputs, effects)
    columns = ["name", "low", "high", "swing", "swing_low", "swing_high"]
    if effects.size < FEWEST_RUNS or inputs.shape[1] == 0:
        return pd.DataFrame(columns=columns)
    x = inputs.to_numpy(dtype=float)
    # Of an input with few values (a lever on a grid) a third may hold nothing but one value.
    masks = [
        (x <= np.quantile(x, 1 / 3, axis=0)).astype(float),
        (x >= np.quantile(x, 2 / 3, axis=0)).astype(float),
    ]
    rng = np.random.default_rng(_SEED)
    _, codes = np.unique(groups, return_inverse=True)
    size = int(codes.max()) + 1
    weights = rng.multinomial(size, np.full(size, 1.0 / size), RESAMPLES)[:, codes]
    weights = np.concatenate([np.ones((1, effects.size)), weights])
    low, high = (
        np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)
        for top, bottom in (((weights * effects) @ mask, weights @ mask) for mask in masks)
    )
    swing = high - low
    tail = (1.0 - LEVEL) / 2.0
    bounds = np.nanquantile(swing[1:], [tail, 1.0 - tail], axis=0)
    table = pd.DataFrame(
        {"name": list(inputs), "low": low[0], "high": high[0], "swing": swing[0],
         "swing_low": bounds[0], "swing_high": bounds[1]}
    )  # fmt: skip
    return _ranked(table, "swing")


def varied(inputs: pd.DataFrame, effects: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the inputs that vary, and the runs that have an effect."""
    effects = np.asarray(effects, dtype=float)
    if effects.shape != (len(inputs),):
        raise ValueError(f"{len(inputs)} runs have {effects.size} effects")
    known = ~np.isnan(effects)
    kept = inputs.loc[known]
    return kept[[name for name in kept if kept[name].nunique() > 1]], effects[known]


def _complete(effects: np.ndarray) -> np.ndarray:
    """Return effects as numbers; a design with holes cannot be analysed."""
    effects = np.asarray(effects, dtype=float)
    missing = int(np.isnan(effects).sum())
    if missing:
        raise ValueError(f"{missing} runs of the design have no effect")
    return effects


def _put(table: pd.DataFrame, name: str, values: Sequence, half: Sequence) -> None:
    """Add a value with its interval."""
    values, half = np.asarray(values, dtype=float), np.asarray(half, dtype=float)
    table[name] = values
    table[f"{name}_low"], table[f"{name}_high"] = values - half, values + half


def _ranked(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return rows by size, largest first; ties in the order given."""
    order = np.argsort(-table[by].abs().to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)
