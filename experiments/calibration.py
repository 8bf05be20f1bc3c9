"""Calibration: does fee per session reproduce the facts, and how the free numbers were fitted.

Targets are facts of the policy evidence (sections 3, 5 and 6). The fit uses only fee per session;
the outcome of the bundle is never looked at. ``zorgbundel calibration`` prints the table,
``zorgbundel calibration --fit`` repeats the fit (SciPy least squares, same luck in every trial).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.parameters import ParameterSet, Registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

Facts = dict[str, np.ndarray | float]

#: A world that stops before 2025: it settles in 2021 and 2022, and 2023 and 2024 are counted.
PAST = Span(first_year=2021, policy_year=2023, last_year=2024)


@dataclass(frozen=True)
class Target:
    """One fact to reproduce.

    Attributes:
        id: Short name.
        parameter: Registry entry with the value and its range.
        model: Reads the model's value off the pooled facts.
        fitted: Whether the fit uses it (else it is only checked).
    """

    id: str
    parameter: str
    model: Callable[[Facts], float]
    fitted: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the calibration table."""

    target: str
    label: str
    source: str
    value: float
    low: float
    high: float
    model: float
    verdict: str
    fitted: bool


def _ratio(top: float, bottom: float) -> float:
    """Return top / bottom, not-a-number where nobody is counted."""
    return float(top) / float(bottom) if bottom else float("nan")


def _quantile(histogram: np.ndarray, q: float) -> float:
    if not histogram.sum():
        return float("nan")
    return float(np.searchsorted(np.cumsum(histogram) / histogram.sum(), q))


def _mean(histogram: np.ndarray) -> float:
    return _ratio((np.arange(histogram.size) * histogram).sum(), histogram.sum())


def _above(histogram: np.ndarray, sessions: int) -> float:
    return _ratio(histogram[sessions + 1 :].sum(), histogram.sum())


def _log_sd(histogram: np.ndarray) -> float:
    """Return the spread of a lognormal with the histogram's mean and median, as the source did."""
    return float(np.sqrt(2.0 * np.log(max(1.0, _mean(histogram) / _quantile(histogram, 0.5)))))


def _share(counts: np.ndarray, which: int) -> float:
    return _ratio(counts[which], counts.sum())


def _mortality(facts: Facts, stage: int) -> float:
    return _ratio(facts["stable_deaths_by_gold"][stage], facts["person_years_by_gold"][stage])


TARGETS = (
    Target("treated_patients", "copd_physio_patients", lambda f: f["treated"], True),
    Target("physio_use", "physio_use_share", lambda f: f["treated"] / f["copd_prevalent"]),
    Target("sessions_mean", "sessions_per_patient_year_mean", lambda f: _mean(f["sessions"]), True),
    Target("sessions_median", "sessions_per_patient_year_median",
           lambda f: _quantile(f["sessions"], 0.5), True),
    Target("sessions_log_sd", "sessions_lognormal_sigma", lambda f: _log_sd(f["sessions"])),
    Target("sessions_above_27", "target_share_above_27", lambda f: _above(f["sessions"], 27), True),
    Target("sessions_above_52", "target_share_above_52", lambda f: _above(f["sessions"], 52), True),
    Target("sessions_above_100", "target_share_above_100", lambda f: _above(f["sessions"], 100),
           True),
    Target("spending", "copd_physio_spend_baseline", lambda f: f["spending"]),
    Target("profile_3", "treated_profile_3_share", lambda f: _share(f["profile_at_intake"], 0)),
    Target("profile_4", "treated_profile_4_share", lambda f: _share(f["profile_at_intake"], 1)),
    Target("profile_5", "treated_profile_5_share", lambda f: _share(f["profile_at_intake"], 2)),
    Target("class_a", "treated_class_a_share", lambda f: _share(f["class_at_intake"], 0), True),
    Target("class_b1", "treated_class_b1_share", lambda f: _share(f["class_at_intake"], 1), True),
    Target("gold_2", "gold_2_share_within_eligible", lambda f: _share(f["gold"], 0)),
    Target("gold_3", "gold_3_share_within_eligible", lambda f: _share(f["gold"], 1)),
    Target("gold_4", "gold_4_share_within_eligible", lambda f: _share(f["gold"], 2)),
    Target("admissions", "target_eligible_admissions", lambda f: f["admissions"], True),
    Target("copd_deaths", "target_copd_deaths", lambda f: f["copd_deaths"], True),
    Target("mortality_gold_2", "mortality_stable_gold2", lambda f: _mortality(f, 0)),
    Target("mortality_gold_3", "mortality_stable_gold3", lambda f: _mortality(f, 1)),
    Target("mortality_gold_4", "mortality_stable_gold4", lambda f: _mortality(f, 2)),
    Target("patients_per_practice", "copd_patients_per_practice", lambda f: f["per_practice"]),
    Target("dropout_8_weeks", "dropout_8_weeks",
           lambda f: _ratio(f["stopped_early"], f["intakes"]), True),
    Target("completion", "programme_completion",
           lambda f: 1.0 - _ratio(f["stopped_programme"], f["intakes"]), True),
    Target("intake_at_once", "target_intake_at_once",
           lambda f: _ratio(f["intakes_at_once"], f["intakes"]), True),
    Target("practice_margin", "net_margin_before_owner_pay", lambda f: f["margin"]),
)  # fmt: skip


def baseline_facts(p: ParameterSet, share: float, seed: int) -> Facts:
    """Run fee per session without maximum and pool the facts of the policy years.

    Args:
        p: Parameters.
        share: Share of the country.
        seed: Seed of the world.

    Returns:
        Sums or yearly means over the window, scaled to the country where they are counts.
    """
    world = World(p, HISTORY, seed, Size.of_share(p, share), keep_lines=False)
    world = world.run(world.policy_month).branch(Policy()).run()
    return pooled_facts(world, world.span.policy_year)


def past_facts(p: ParameterSet, share: float, seed: int) -> Facts:
    """Run fee per session without maximum up to the end of 2024 and pool the facts of 2023-2024.

    Most facts on sessions were measured in 2017 and 2018, before there were maxima for COPD; so
    the counted years have none, as in ``baseline_facts``. No contract is ever offered, and the
    world stops before January 2025: nothing in it can depend on an outcome of the experiment.

    Args:
        p: Parameters.
        share: Share of the country.
        seed: Seed of the world.
    """
    world = World(p, HISTORY, seed, Size.of_share(p, share), PAST, keep_lines=False)
    return pooled_facts(world.run(PAST.policy_month).branch(Policy()).run(), PAST.policy_year)


def pooled_facts(world: World, first_year: int) -> Facts:
    """Return sums or yearly means from a year on, scaled to the country where they are counts."""
    p = world.p
    window = [f for f in world.facts if f["year"] >= first_year]
    years = len(window)
    pooled: Facts = {key: sum(np.asarray(f[key], dtype=float) for f in window) for key in window[0]}
    results = world.results()
    own = results[(results["split"] == "all") & (results["year"] >= first_year)]
    sums = own.groupby("measure")[["top", "bottom"]].sum()
    scale = world.size.scale
    pooled |= {
        "treated": float(pooled["sessions"].sum()) * scale / years,
        "copd_prevalent": p.copd_gp_prevalent,
        "copd_deaths": float(pooled["copd_deaths"]) * scale / years,
        "spending": sums.loc["paramedical_spending", "top"] / years,
        "admissions": sums.loc["admissions", "top"] / years,
        "margin": _ratio(*sums.loc["practice_margin", ["top", "bottom"]]),
        "per_practice": float(pooled["sessions"].sum() / years / world.practices.count),
    }
    return pooled


def calibration_rows(
    registry: Registry, p: ParameterSet, share: float = 0.2, seed: int = 1, language: str = "en"
) -> list[Row]:
    """Return the calibration table: one row per target, with verdict pass or fail."""
    facts = baseline_facts(p, share, seed)
    rows = []
    for target in TARGETS:
        entry = registry[target.parameter]
        low = entry.value if entry.low is None else entry.low
        high = entry.value if entry.high is None else entry.high
        model = float(target.model(facts))
        rows.append(
            Row(
                target.id,
                getattr(entry.label, language),
                entry.source,
                entry.value,
                low,
                high,
                model,
                "pass" if low <= model <= high else "fail",
                target.fitted,
            )
        )
    return rows


#: Free numbers of the fit with their bounds; everything else keeps its source's value.
FREE = {
    "need_share_of_maximum": (0.3, 1.0),
    "need_sigma": (0.3, 0.9),
    "maintenance_share": (0.2, 0.9),
    "maintenance_ratio": (0.3, 1.2),
    "maintenance_stop_quarterly": (0.01, 0.15),
    "dropout_early": (0.08, 0.2),
    "dropout_late": (0.005, 0.06),
    "seek_rate": (0.001, 0.02),
    "seek_ccq_slope": (0.2, 2.0),
    "seek_after_attack_ratio": (1.0, 8.0),
    "capacity_slack": (0.1, 2.0),
    "severe_level_factor": (0.5, 1.2),
}


def fit(
    registry: Registry,
    p: ParameterSet,
    share: float = 0.1,
    seed: int = 1,
    tell: Callable[[str], None] = print,
) -> ParameterSet:
    """Fit the free numbers to the fitted targets by bounded least squares.

    A residual is (model - target) / distance to the bound on that side, so 1 means "at the edge
    of the stated range"; plus a weak pull (weight 0.1) to the starting value, since there are about
    as many free numbers as targets. Same seed in every trial, so the surface is smooth enough for
    finite differences of 3 %.
    """
    from scipy.optimize import least_squares

    names = list(FREE)
    start = np.array([p[name] for name in names])
    low, high = (np.array([FREE[name][k] for name in names]) for k in (0, 1))

    def residuals(unit: np.ndarray) -> np.ndarray:
        trial = p.replace(dict(zip(names, low + unit * (high - low), strict=True)))
        facts = baseline_facts(trial, share, seed)
        out = []
        for target in (t for t in TARGETS if t.fitted):
            entry = registry[target.parameter]
            gap = target.model(facts) - entry.value
            out.append(gap / (entry.high - entry.value if gap > 0 else entry.value - entry.low))
        tell(f"sum of squares {float(np.square(out).sum()):.4f}")
        return np.concatenate([out, 0.1 * (unit - (start - low) / (high - low))])

    best = least_squares(
        residuals, (start - low) / (high - low), bounds=(0.0, 1.0), diff_step=0.03, max_nfev=8
    )
    return p.replace(dict(zip(names, low + best.x * (high - low), strict=True)))
