"""What a yearly evaluation of the experiment would notice, and by how much it would be off.

Every practice of a policy world has a twin in the baseline world, so the true effect is known
(``model.panel.true_effect``). Evaluations are made again and again on practices drawn from all
simulated worlds, with replacement (a cluster bootstrap: a practice comes with all its years); how
their estimates spread round the truth gives bias, coverage, power and the smallest effect that can
be detected. Beside it stands the closed form of the latter, from the standard error that the
evaluation itself reports.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from experiments.comparison import DRAW_SEED
from experiments.matching import MATCHED, joining_odds, matched_difference
from experiments.paired import monte_carlo_interval, parameter_interval, share_interval
from experiments.practice_panels import Panels, PanelTask, all_panels, as_true, pooled, some
from experiments.runner import warm_up_compiler
from model.contracts.joint_contracting import JointContracting
from model.estimates import AFTER_DIFFERENCE, BEFORE_AFTER, DID, Estimate, estimates
from model.panel import WATCHED, PanelYear, Watched, sample, true_effect
from model.parameters import ParameterSet, Registry
from model.policy import Policy
from model.simulation import Span

#: Confidence of the interval of one evaluation, and the chance with which an effect should be
#: noticed before it counts as detectable.
LEVEL, POWER = 0.95, 0.80
REPLICATIONS = 200

#: Ways to decide who takes part, beside a share between 0 and 1 (by lot).
CHOSEN, POOLED, LOT, STAGGERED, ALL = "chosen", "pooled", "lot", "staggered", "all"
WAYS = (CHOSEN, POOLED, LOT, STAGGERED, ALL)
#: Share of practices by lot if no other is named: half and half tells most.
HALF = 0.5
#: Practices that contract together where small ones are pooled.
GROUP = 10

#: The indicator of the power curve, and the sizes that it shows next to the one asked for.
HEADLINE = "burden_fall"
_CURVE = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_CURVE_LEAST = 40

#: Per indicator with an accepted worsening, that worsening is the loss to be noticed.
BY_ID = {watched.id: watched for watched in WATCHED}

#: Found with one method for one indicator by many evaluations; arrays of shape (replications,).
Found = dict[tuple[str, str], np.ndarray]


@dataclass(frozen=True)
class EvaluationDesign:
    """What to run.

    Attributes:
        baseline: Name of the baseline scenario.
        policy: Name of the policy.
        uptake: Ways to decide who takes part, first the one that is reported at length.
        practices: Practices in an evaluation; None for all that one world simulates.
        years: Years of the policy window.
        share: Share of the country in one world.
        seeds: Worlds that differ by chance.
        draws: Worlds that differ by assumptions.
        settings: Parameters set by the user, by name.
        first_seed: First seed; seeds are consecutive.
        replications: Evaluations drawn.
    """

    baseline: str
    policy: str
    uptake: tuple[str, ...] = (CHOSEN, POOLED, LOT, STAGGERED, ALL)
    practices: int | None = None
    years: int = 5
    share: float = 0.1
    seeds: int = 6
    draws: int = 10
    settings: Mapping[str, float] = field(default_factory=dict)
    first_seed: int = 1
    replications: int = REPLICATIONS

    @property
    def span(self) -> Span:
        """Simulated period."""
        return Span(last_year=Span().policy_year + self.years - 1)


@dataclass(frozen=True)
class EvaluationPower:
    """Results.

    Attributes:
        design: What was run.
        practices: Practices in an evaluation.
        simulated: Practices that one world simulates.
        table: One row per way of uptake, year, indicator and method: see ``COLUMNS``.
        curve: Chance to notice the loss by number of practices and years, for the first way of
            uptake and the indicator ``HEADLINE``.
    """

    design: EvaluationDesign
    practices: int
    simulated: int
    table: pd.DataFrame
    curve: pd.DataFrame

    def row(self, uptake: str, indicator: str, method: str = "", years: int = 0) -> pd.Series:
        """Return one row; the strongest method and the last year if not named.

        Raises:
            KeyError: There is no such evaluation.
        """
        t = self.table
        own = t[
            (t["uptake"] == uptake) & (t["indicator"] == indicator)
            & (t["years"] == (years or self.design.years))
        ]  # fmt: skip
        own = own[own["method"] == (method or strongest(own["method"]))]
        if own.empty:
            raise KeyError((uptake, indicator, method, years))
        return own.iloc[0]


#: Columns of the table.
#:
#: uptake, years (evaluated), year (the last of them), indicator, method: Of which evaluation.
#: practices: In it; joined, others: of which compared, on average. compared: Share of evaluations
#: in which enough practices joined and did not. true: True effect on those who joined, with its
#: intervals of chance and of assumptions. estimate, bias: Mean, and mean less truth over whole
#: worlds, with both intervals. selection, spillover, measurement: Parts of that bias
#: (``sources_of_bias``). coverage: Share of intervals that hold the truth. error: Standard
#: deviation of the estimates; reported_error: mean of what the evaluations report.
#: detectable: Smallest effect noticed with chance ``POWER``, by simulation, and
#: detectable_analytic in closed form, with its interval of assumptions. loss: Worsening that should
#: be noticed (a parameter; not-a-number if none). notices: Chance that it is (the bias included),
#: with both intervals. false_alarm: Chance that harm is concluded where there is none. sees_harm:
#: Chance that harm is concluded at the true effect. sees_effect: Chance that the interval excludes
#: zero on the side of the truth.
COLUMNS = (
    "uptake", "years", "year", "indicator", "method", "practices", "joined", "others", "compared",
    "true", "true_monte_carlo_low", "true_monte_carlo_high", "true_parameter_low",
    "true_parameter_high", "estimate", "bias", "bias_monte_carlo_low", "bias_monte_carlo_high",
    "bias_parameter_low", "bias_parameter_high", "selection", "spillover", "measurement",
    "coverage", "error", "reported_error", "detectable", "detectable_analytic",
    "detectable_parameter_low", "detectable_parameter_high", "loss", "notices",
    "notices_monte_carlo_low", "notices_monte_carlo_high", "notices_parameter_low",
    "notices_parameter_high", "false_alarm", "sees_harm", "sees_effect",
)  # fmt: skip


# --- who takes part


def allocation(policy: Policy, uptake: str, years: int) -> tuple[Policy, int]:
    """Return the policy under one way to decide who takes part, and its number of waves.

    The regulator only watches, or an early verdict would end what is to be evaluated.

    Args:
        policy: The scenario's policy.
        uptake: One of ``WAYS``, or a share of practices by lot, as text.
        years: Years of the evaluation. In waves one part of the practices waits until after it, or
            there would be nobody left to compare with.
    """
    plain = replace(policy, regulator_acts=False, by_choice=False, only_practices=None)
    if uptake in (CHOSEN, POOLED):
        chosen = replace(plain, by_choice=True, practices_share=1.0)
        if uptake == CHOSEN:
            return chosen, 1
        others = [one for one in policy.clauses if not isinstance(one, JointContracting)]
        return replace(chosen, clauses=(*others, JointContracting(practices=GROUP))), 1
    if uptake == STAGGERED:
        return replace(plain, practices_share=1.0 / (years + 1)), years + 1
    share = {LOT: HALF, ALL: 1.0}.get(uptake)
    return replace(plain, practices_share=float(uptake) if share is None else share), 1


def tasks(
    design: EvaluationDesign, policies: Mapping[str, Policy], registry: Registry
) -> list[PanelTask]:
    """Return the tasks of a design: draws first (they differ most in time), then seeds."""
    ways = {
        name: allocation(policies[design.policy], name, design.years) for name in design.uptake
    }
    worlds = {design.baseline: policies[design.baseline]} | {
        name: policy for name, (policy, _) in ways.items()
    }
    waves = {name: count for name, (_, count) in ways.items() if count > 1}

    def task(kind: str, index: int, seed: int, p: ParameterSet) -> PanelTask:
        return PanelTask(
            kind, index, seed, p, worlds, design.share, design.span, design.baseline, waves=waves
        )

    drawn = registry.draws(design.draws, seed=DRAW_SEED) if design.draws else []
    central = registry.values(design.settings)
    return [task("draw", k, DRAW_SEED, p.replace(design.settings)) for k, p in enumerate(drawn)] + [
        task("seed", seed, seed, central)
        for seed in range(design.first_seed, design.first_seed + design.seeds)
    ]


# --- one evaluation


def evaluated(
    panel: list[PanelYear],
    traits: np.ndarray,
    fewest: float,
    year: int,
    policy_year: int,
    indicators: Iterable[Watched] = WATCHED,
) -> dict[tuple[str, str], Estimate]:
    """Return what an evaluation on these practices says in a year, by indicator and method.

    Difference in differences (or before and after, if there is nobody to compare with), afterwards
    only, and matched on traits.

    Args:
        panel: Practices in every year, as in ``model.panel``.
        traits: What was known of them before the policy, (practices, traits).
        fewest: Practices needed on each side.
        year: Last year evaluated.
        policy_year: First year of the policy.
        indicators: What to evaluate.
    """
    upto = [one for one in panel if one.year <= year]
    out: dict[tuple[str, str], Estimate] = {}
    odds = None
    for watched in indicators:
        seen = sample(upto, watched, year, policy_year)
        for found in estimates(
            seen.joined, seen.others, seen.before, seen.after, seen.change, seen.weight, fewest,
            LEVEL,
        ):  # fmt: skip
            out[watched.id, found.method] = found
        if (watched.id, DID) in out:
            if odds is None:
                both = seen.joined | seen.others
                odds = np.ones(both.size)
                odds[both] = joining_odds(seen.joined[both], traits[both])
            known = (seen.joined | seen.others) & np.isfinite(seen.change) & (seen.weight > 0)
            out[watched.id, MATCHED] = matched_difference(
                seen.change[known], seen.joined[known], seen.weight[known], odds[known], LEVEL
            )
    return out


def sources_of_bias(
    panel: list[PanelYear],
    baseline: list[PanelYear],
    watched: Watched,
    year: int,
    policy_year: int,
    estimate: float,
    truth: float,
) -> tuple[float, float, float]:
    """Return what makes a difference in differences miss the truth; the three add up to its bias.

    Selection: the difference in differences of the same practices in the baseline world, where
    nobody has the contract: what those who join would have changed anyway. Spillover: what the
    contract does to those who did not join, and all else that truly differs. Measurement: what is
    seen less what is true.

    Args:
        panel: Panel of the policy world.
        baseline: Panel of its twin without the policy.
        watched: Indicator.
        year: Last year evaluated.
        policy_year: First year of the policy.
        estimate: What the difference in differences says on what is seen.
        truth: True effect.
    """
    anyway, truly = (
        _true_difference(one, watched, year, policy_year)
        for one in (as_true(baseline, labels=panel), as_true(panel))
    )
    return anyway, truly - truth - anyway, estimate - truly


def _true_difference(panel: list[PanelYear], watched: Watched, year: int, policy_year: int):
    """Return the difference in differences of a panel, without the regression round it."""
    seen = sample([one for one in panel if one.year <= year], watched, year, policy_year)
    known = np.isfinite(seen.change) & (seen.weight > 0)
    mine, theirs = known & seen.joined, known & seen.others
    if not (mine.any() and theirs.any()):
        return float("nan")
    return float(
        np.average(seen.change[mine], weights=seen.weight[mine])
        - np.average(seen.change[theirs], weights=seen.weight[theirs])
    )


# --- many evaluations


def replicated(
    panel: list[PanelYear],
    traits: np.ndarray,
    fewest: float,
    year: int,
    policy_year: int,
    practices: int,
    replications: int,
    indicators: Sequence[Watched] = WATCHED,
) -> Found:
    """Return what many evaluations say, each on practices drawn with replacement.

    The draw of a replication is the same in every call with as many practices to draw from.

    Returns:
        By indicator and method an array (replications, 4): estimate, standard error, and both ends
        of the interval, not-a-number where no comparison could be made.
    """
    out: Found = {}
    for k in range(replications):
        chosen = np.random.default_rng([DRAW_SEED, k]).integers(0, len(traits), practices)
        said = evaluated(
            some(panel, chosen), traits[chosen], fewest, year, policy_year, indicators
        )
        for key, found in said.items():
            rows = out.setdefault(key, np.full((replications, 4), np.nan))
            rows[k] = found.estimate, found.standard_error, found.low, found.high
    return out


def shown(found: np.ndarray, truth: float, watched: Watched, loss: float) -> dict[str, float]:
    """Return what the spread of many evaluations says of the estimator.

    Args:
        found: Estimates, standard errors and intervals, (replications, 4).
        truth: True effect.
        watched: Indicator.
        loss: Worsening that should be noticed, above 0; not-a-number if none.
    """
    known = np.isfinite(found[:, 0])
    estimate, error, low, high = found[known].T
    count = len(found)
    worse = watched.worse if np.isfinite(loss) else 0.0
    spread = float(estimate.std(ddof=1)) if estimate.size > 1 else float("nan")

    def chance(hits: np.ndarray) -> float:
        return float(hits.sum()) / count

    def harm(shift: float) -> np.ndarray:
        """Return in which evaluations the interval lies on the bad side, moved by a shift."""
        return low + shift > 0.0 if watched.worse > 0 else high + shift < 0.0

    judged = watched.worse != 0.0
    notices = harm(worse * loss - truth) if worse else np.zeros(0, dtype=bool)
    hits = int(notices.sum())
    interval = share_interval(hits, count) if worse else (float("nan"), float("nan"))
    return {
        "compared": float(known.mean()),
        "estimate": float(estimate.mean()) if estimate.size else float("nan"),
        "coverage": float(((low <= truth) & (truth <= high)).mean()) if known.any() else np.nan,
        "error": spread,
        "reported_error": float(error.mean()) if error.size else float("nan"),
        "detectable": detectable_effect(spread),
        "detectable_analytic": detectable_effect(float(error.mean()) if error.size else np.nan),
        "loss": loss,
        "notices": hits / count if worse else float("nan"),
        "notices_monte_carlo_low": interval[0],
        "notices_monte_carlo_high": interval[1],
        "false_alarm": chance(harm(-truth)) if judged else float("nan"),
        "sees_harm": chance(harm(0.0)) if judged else float("nan"),
        "sees_effect": chance(low > 0.0 if truth > 0.0 else high < 0.0),
    }


def detectable_effect(standard_error: float) -> float:
    """Return the smallest effect noticed with chance ``POWER`` at ``LEVEL``: (z + z) SE.

    Bloom 1995, Evaluation Review 19:547, "Minimum detectable effects".
    """
    z = NormalDist().inv_cdf
    return (z(0.5 + LEVEL / 2.0) + z(POWER)) * standard_error


def notice_chance(loss: float, standard_error: float) -> float:
    """Return the chance that an unbiased estimate shows a loss: Phi(loss / SE - z)."""
    if not standard_error > 0.0:
        return float("nan")
    normal = NormalDist()
    return normal.cdf(loss / standard_error - normal.inv_cdf(0.5 + LEVEL / 2.0))


def strongest(methods: Iterable[str]) -> str:
    """Return the method that a regulator would rely on."""
    there = set(methods)
    return next((one for one in (DID, BEFORE_AFTER, AFTER_DIFFERENCE) if one in there), "")


# --- all of it


def evaluate_power(
    design: EvaluationDesign,
    policies: Mapping[str, Policy],
    registry: Registry,
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
    counted: Callable[[], None] = lambda: None,
) -> EvaluationPower:
    """Run a design and return its results.

    Args:
        design: What to run.
        policies: Policy of both scenarios, by name.
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Called after each finished task.
        counted: Called after each way of uptake and year that has been evaluated.
    """
    warm_up_compiler(registry.values(), policies)
    found = all_panels(tasks(design, policies, registry), workers, done)
    return summarise(design, found, registry.values(design.settings), counted)


def summarise(
    design: EvaluationDesign,
    panels: list[Panels],
    p: ParameterSet,
    counted: Callable[[], None] = lambda: None,
) -> EvaluationPower:
    """Return the table and the curve from finished worlds."""
    seeds, draws = ([one for one in panels if one.kind == kind] for kind in ("seed", "draw"))
    simulated = len(seeds[0].traits)
    practices = design.practices or simulated
    losses = {
        watched.id: p[watched.margin] if watched.margin and p[watched.margin] > 0.0 else np.nan
        for watched in WATCHED
    }
    rows = []
    for uptake in design.uptake:
        for years in range(1, design.years + 1):
            rows += _rows(design, uptake, years, seeds, draws, practices, losses)
            counted()
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    curve = _curve(design, seeds, practices, losses[HEADLINE], int(p.multi_therapist_practices))
    counted()
    return EvaluationPower(design, practices, simulated, table, curve)


def _rows(
    design: EvaluationDesign,
    uptake: str,
    years: int,
    seeds: list[Panels],
    draws: list[Panels],
    practices: int,
    losses: Mapping[str, float],
) -> list[dict]:
    """Return the rows of one way of uptake after so many years."""
    first = design.span.policy_year
    year = first + years - 1
    together = pooled([one.by_world[uptake] for one in seeds])
    twins = pooled([one.by_world[design.baseline] for one in seeds])
    traits = np.concatenate([one.traits for one in seeds])
    found = replicated(
        together, traits, seeds[0].fewest, year, first, practices, design.replications
    )
    by_seed = [_whole(one, uptake, design.baseline, year, first) for one in seeds]
    by_draw = [_whole(one, uptake, design.baseline, year, first) for one in draws]
    out = []
    for (indicator, method), spread in found.items():
        watched = BY_ID[indicator]
        truth = true_effect(together, twins, watched, year, first)
        said = shown(spread, truth, watched, losses[indicator])
        key = (indicator, method)
        row = {
            "uptake": uptake, "years": years, "year": year, "indicator": indicator,
            "method": method, "practices": practices, "true": truth, **said,
            **_over_worlds([one[key] for one in by_seed if key in one]),
            **_over_draws(
                [one[key] for one in by_draw if key in one], losses[indicator], practices
            ),
        }  # fmt: skip
        out.append(row)
    return out


@dataclass(frozen=True)
class _Whole:
    """One evaluation on all practices of one world, beside its truth."""

    estimate: Estimate
    truth: float
    sources: tuple[float, float, float]
    practices: int


def _whole(
    one: Panels, uptake: str, baseline: str, year: int, policy_year: int
) -> dict[tuple[str, str], _Whole]:
    """Return what is said of one whole world, by indicator and method."""
    panel, twin = one.by_world[uptake], one.by_world[baseline]
    said = evaluated(panel, one.traits, one.fewest, year, policy_year)
    out = {}
    for (indicator, method), found in said.items():
        watched = BY_ID[indicator]
        truth = true_effect(panel, twin, watched, year, policy_year)
        unknown = (float("nan"),) * 3
        sources = (
            sources_of_bias(panel, twin, watched, year, policy_year, found.estimate, truth)
            if method == DID
            else unknown
        )
        out[indicator, method] = _Whole(found, truth, sources, len(one.traits))
    return out


def _over_worlds(worlds: list[_Whole]) -> dict[str, float]:
    """Return bias and truth over seeds, with their intervals of chance."""
    if not worlds:
        return {}
    truth = np.array([one.truth for one in worlds])
    bias = np.array([one.estimate.estimate for one in worlds]) - truth
    sources = np.array([one.sources for one in worlds]).mean(axis=0)
    return {
        "joined": float(np.mean([one.estimate.joined for one in worlds])),
        "others": float(np.mean([one.estimate.others for one in worlds])),
        "bias": float(bias.mean()),
        **_interval("bias_monte_carlo", monte_carlo_interval(bias)),
        **_interval("true_monte_carlo", monte_carlo_interval(truth)),
        **dict(zip(("selection", "spillover", "measurement"), sources.tolist(), strict=True)),
    }


def _over_draws(worlds: list[_Whole], loss: float, practices: int) -> dict[str, float]:
    """Return the intervals of assumptions; standard errors are those of the closed form."""
    truth = np.array([one.truth for one in worlds])
    bias = np.array([one.estimate.estimate for one in worlds]) - truth
    errors = np.array(
        [one.estimate.standard_error * np.sqrt(one.practices / practices) for one in worlds]
    )
    notices = np.array([notice_chance(loss, error) for error in errors])
    return {
        **_interval("true_parameter", parameter_interval(truth)),
        **_interval("bias_parameter", parameter_interval(bias)),
        **_interval("detectable_parameter", parameter_interval(detectable_effect(1.0) * errors)),
        **_interval("notices_parameter", parameter_interval(notices)),
    }


def _interval(name: str, ends: tuple[float, float]) -> dict[str, float]:
    return {f"{name}_low": ends[0], f"{name}_high": ends[1]}


def _curve(
    design: EvaluationDesign, seeds: list[Panels], practices: int, loss: float, country: int
) -> pd.DataFrame:
    """Return the chance to notice the loss, by practices and years."""
    uptake, first = design.uptake[0], design.span.policy_year
    watched = BY_ID[HEADLINE]
    together = pooled([one.by_world[uptake] for one in seeds])
    twins = pooled([one.by_world[design.baseline] for one in seeds])
    traits = np.concatenate([one.traits for one in seeds])
    sizes = {max(_CURVE_LEAST, min(country, round(part * practices))) for part in _CURVE}
    rows = []
    for years in range(1, design.years + 1):
        year = first + years - 1
        truth = true_effect(together, twins, watched, year, first)
        for size in sorted({*sizes, practices}):
            found = replicated(
                together, traits, seeds[0].fewest, year, first, size, design.replications,
                (watched,),
            )  # fmt: skip
            method = strongest(name for _, name in found)
            if not method:
                continue
            said = shown(found[HEADLINE, method], truth, watched, loss)
            rows.append(
                {
                    "uptake": uptake, "indicator": HEADLINE, "method": method, "practices": size,
                    "years": years, "loss": loss, "true": truth,
                    **{name: said[name] for name in (
                        "notices", "notices_monte_carlo_low", "notices_monte_carlo_high",
                        "sees_harm", "false_alarm", "detectable", "detectable_analytic",
                    )},
                }
            )  # fmt: skip
    return pd.DataFrame(rows)
