"""What a yearly evaluation of the experiment would notice, and by how much it would be off.

Every practice of a policy world has a twin in the baseline world, so the true effect is known
(``model.panel.true_effect``). Evaluations are made again and again on practices drawn from all
simulated worlds (``experiments.power.estimator_spread``); how their estimates lie round the truth
gives bias, coverage, power and the smallest effect that can be detected. Beside the latter stands
its closed form, from the standard error that the evaluation itself reports.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from experiments.intervals import monte_carlo_interval, parameter_interval
from experiments.power.estimator_spread import (
    FEWEST_COMPARED,
    detectable_effect,
    notice_chance,
    replicated,
    spread,
)
from experiments.power.evaluation_worlds import EvaluationDesign
from experiments.power.kept_panels import read_panels
from experiments.power.practice_evaluation import BY_ID, evaluated, sources_of_bias, strongest
from experiments.power.practice_panels import Panels, side_by_side
from experiments.runner import run_tasks
from experiments.sweeps.store import Store
from model.estimates import BEFORE_AFTER, DID, Estimate
from model.panel import ROW, WATCHED, held, true_effect
from model.parameters import ParameterSet, Registry

#: The indicator of the power curve, and the sizes that it shows beside the one asked for.
HEADLINE = "burden_fall"
_CURVE = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_CURVE_LEAST = 40


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

    def enough(self, row: pd.Series) -> bool:
        """Return whether enough evaluations could be compared to say how good they are."""
        return round(row["compared"] * self.design.replications) >= FEWEST_COMPARED


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
#: be noticed (a parameter; not-a-number if none). notices: Chance that it is (any bias taken off),
#: with both intervals. false_alarm: Chance that harm is concluded where there is none. sees_harm:
#: Chance that harm is concluded at the true effect. sees_effect: Chance that the interval excludes
#: zero on the side of the truth. take_part: Share of the practices that take part, of those that do
#: or never did, in all worlds of chance, whatever the method compares.
COLUMNS = (
    "uptake", "years", "year", "indicator", "method", "practices", "joined", "others", "compared",
    "true", "true_monte_carlo_low", "true_monte_carlo_high", "true_parameter_low",
    "true_parameter_high", "estimate", "bias", "bias_monte_carlo_low", "bias_monte_carlo_high",
    "bias_parameter_low", "bias_parameter_high", "selection", "spillover", "measurement",
    "coverage", "error", "reported_error", "detectable", "detectable_analytic",
    "detectable_parameter_low", "detectable_parameter_high", "loss", "notices",
    "notices_monte_carlo_low", "notices_monte_carlo_high", "notices_parameter_low",
    "notices_parameter_high", "false_alarm", "sees_harm", "sees_effect", "take_part",
)  # fmt: skip

#: Columns of the curve, with the same meaning.
CURVE_COLUMNS = (
    "uptake", "indicator", "method", "practices", "years", "loss", "true", "notices",
    "notices_monte_carlo_low", "notices_monte_carlo_high", "sees_harm", "false_alarm", "detectable",
    "detectable_analytic",
)  # fmt: skip


def evaluate_power(
    design: EvaluationDesign,
    store: Store,
    registry: Registry,
    workers: int | None = None,
    counted: Callable[[], None] = lambda: None,
) -> EvaluationPower:
    """Return the results from finished worlds.

    Args:
        design: What was run.
        store: Its worlds.
        registry: Parameters.
        workers: Processes; None for one per core.
        counted: Called after each evaluation of ``rounds``.
    """
    return summarise(design, read_panels(store), registry.values(design.settings), workers, counted)


def summarise(
    design: EvaluationDesign,
    panels: list[Panels],
    p: ParameterSet,
    workers: int | None = 1,
    counted: Callable[[], None] = lambda: None,
) -> EvaluationPower:
    """Return the table and the curve from finished worlds."""
    simulated = _simulated(panels)
    practices = design.practices or simulated
    rows, points = [], []
    for one in run_tasks(rounds(design, panels, p), workers, counted, count_round):
        rows += one.rows
        points += one.points
    order = ["uptake", "years", "indicator", "method"]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name, known in (("uptake", design.uptake), ("indicator", list(BY_ID))):
        table[name] = pd.Categorical(table[name], known)
    table = table.sort_values(order, ignore_index=True)
    table = table.astype({"uptake": str, "indicator": str})
    curve = pd.DataFrame(points, columns=list(CURVE_COLUMNS))
    curve = curve.sort_values(["years", "practices"], ignore_index=True)
    return EvaluationPower(design, practices, simulated, table, curve)


@dataclass(frozen=True)
class Round:
    """One way of uptake after so many years, to be evaluated many times.

    Attributes:
        uptake: Way to decide who takes part.
        years: Years of the policy evaluated.
        baseline: Name of the baseline.
        policy_year: First year of the policy.
        seeds, draws: Panels of its worlds and of their twins.
        practices: Practices in an evaluation.
        replications: Evaluations drawn.
        draws_from: Where the draws come from (``experiments.posteriors.draws``).
        losses: Worsening that should be noticed, per indicator, of money as a share of what would
            have been paid; not-a-number if none.
        sizes: Numbers of practices for the curve; none if it does not show this way of uptake.
    """

    uptake: str
    years: int
    baseline: str
    policy_year: int
    seeds: Sequence[Panels]
    draws: Sequence[Panels]
    practices: int
    replications: int
    losses: Mapping[str, float]
    sizes: tuple[int, ...] = ()

    @property
    def year(self) -> int:
        """Last year evaluated."""
        return self.policy_year + self.years - 1


def _simulated(panels: list[Panels]) -> int:
    """Return the practices of one world at central parameters."""
    return next(len(one.traits) for one in panels if one.kind == "seed")


@dataclass(frozen=True)
class Counted:
    """Rows of the table, and points of the curve, from one round."""

    rows: list[dict]
    points: list[dict]


def rounds(design: EvaluationDesign, panels: list[Panels], p: ParameterSet) -> list[Round]:
    """Return what is to be evaluated, each with the worlds it needs."""
    practices = design.practices or _simulated(panels)
    country = int(p.multi_therapist_practices)
    sizes = {max(_CURVE_LEAST, min(country, round(part * practices))) for part in _CURVE}
    losses = {
        watched.id: p[watched.margin] if watched.margin and p[watched.margin] > 0.0 else np.nan
        for watched in WATCHED
    }
    out = []
    for uptake in design.uptake:
        own = [one.only(design.baseline, uptake) for one in panels]
        seeds, draws = ([one for one in own if one.kind == kind] for kind in ("seed", "draw"))
        make = partial(
            Round, uptake, baseline=design.baseline, policy_year=design.span.policy_year,
            seeds=seeds, draws=draws, practices=practices, replications=design.replications,
            losses=losses,
            sizes=tuple(sorted({*sizes, practices})) if uptake == design.uptake[0] else (),
        )  # fmt: skip
        out += [make(years=years) for years in range(1, design.years + 1)]
    return out


def count_round(one: Round) -> Counted:
    """Return the rows and points of one round."""
    together = side_by_side([seed.by_world[one.uptake] for seed in one.seeds])
    twins = side_by_side([seed.by_world[one.baseline] for seed in one.seeds])
    traits = np.concatenate([seed.traits for seed in one.seeds])
    when = (one.year, one.policy_year)

    def truth(indicator: str) -> float:
        return true_effect(together, twins, BY_ID[indicator], *when)

    def to_notice(indicator: str) -> float:
        """A margin of money is a share of what would have been paid."""
        loss = one.losses[indicator]
        if not BY_ID[indicator].money:
            return loss
        (twin,) = [year for year in twins if year.year == one.year]
        row = ROW[indicator]
        return loss * float(twin.true_total[row].sum() / twin.true_count[row].sum())

    many = partial(
        replicated, together, traits, one.seeds[0].fewest, *when, replications=one.replications
    )
    by_seed, by_draw = ([_whole(world, one) for world in some] for some in (one.seeds, one.draws))
    rows = []
    joined, others = (int(side.sum()) for side in held(together, *when))
    found = many(practices=one.practices)
    for (indicator, method), values in found.items():
        if method == BEFORE_AFTER and (indicator, DID) in found:
            continue  # a few evaluations happened to draw nobody to compare with
        key, loss = (indicator, method), to_notice(indicator)
        rows.append(
            {
                "uptake": one.uptake, "years": one.years, "year": one.year,
                "indicator": indicator, "method": method, "practices": one.practices,
                "true": truth(indicator), "take_part": joined / max(1, joined + others),
                **spread(values, truth(indicator), BY_ID[indicator], loss),
                **_over_seeds([world[key] for world in by_seed if key in world]),
                **_over_draws(
                    [world[key] for world in by_draw if key in world], loss, one.practices
                ),
            }
        )  # fmt: skip
    points = []
    for size in one.sizes:
        found = many(practices=size, indicators=(BY_ID[HEADLINE],), matched=False)
        method = strongest(name for _, name in found)
        if method:
            points.append(
                {
                    "uptake": one.uptake, "indicator": HEADLINE, "method": method,
                    "practices": size, "years": one.years, "true": truth(HEADLINE),
                    **spread(
                        found[HEADLINE, method], truth(HEADLINE), BY_ID[HEADLINE],
                        one.losses[HEADLINE],
                    ),
                }
            )  # fmt: skip
    return Counted(rows, points)


@dataclass(frozen=True)
class _Whole:
    """One evaluation on all practices of one world, beside its truth."""

    estimate: Estimate
    truth: float
    sources: tuple[float, float, float]
    practices: int


def _whole(world: Panels, one: Round) -> dict[tuple[str, str], _Whole]:
    """Return what is said of one whole world, by indicator and method."""
    panel, twin = world.by_world[one.uptake], world.by_world[one.baseline]
    when = (one.year, one.policy_year)
    out = {}
    for (indicator, method), found in evaluated(panel, world.traits, world.fewest, *when).items():
        watched = BY_ID[indicator]
        truth = true_effect(panel, twin, watched, *when)
        sources = (float("nan"),) * 3
        if method == DID:
            sources = sources_of_bias(panel, twin, watched, *when, found.estimate, truth)
        out[indicator, method] = _Whole(found, truth, sources, len(world.traits))
    return out


def _over_seeds(worlds: list[_Whole]) -> dict[str, float]:
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
    """Return the intervals of assumptions; standard errors are those of the closed form.

    A draw is one world, so its bias holds the chance of that world as well.
    """
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
