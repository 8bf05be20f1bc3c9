"""Small worlds driven month by month, so that a test can look inside, and policies to put in."""

import numpy as np

from model.codes import TREATED
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.mixed_fee import MixedFee
from model.contracts.period_tariff import PeriodTariff
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2026)
OPEN = Policy()
CAPPED = Policy(entitlement=Entitlement.MAXIMA_2021)
CAPPED_2019 = Policy(entitlement=Entitlement.MAXIMA_2019)
NEUTRAL_BUNDLE = Policy(clauses=(IntakeFee(), WeightClassBundle()))
FIXED_BUNDLE = Policy(
    clauses=(IntakeFee(), WeightClassBundle(prices=(300.01, 350.02, 400.03, 150.07)))
)
MIXED = Policy(
    clauses=(IntakeFee(), FeePerSession(), WeightClassBundle(prices=(100.0, 110.0, 120.0, 50.0)))
)
FLAT = Policy(clauses=(FlatBundle(prices=(290.05, 140.02)), MixedFee(share=0.15)))
PHASES = Policy(
    clauses=(ProfilePhaseBundle(prices=(400.1, 250.2, 450.3, 300.4, 500.5, 350.6, 140.7)),)
)
PERIOD = Policy(clauses=(IntakeFee(), PeriodTariff(period="week", prices=(21.03, 25.07, 29.09))))
EVERY_POLICY = {
    "open": OPEN, "capped": CAPPED, "neutral": NEUTRAL_BUNDLE, "fixed": FIXED_BUNDLE,
    "mixed": MIXED, "flat": FLAT, "phases": PHASES, "period": PERIOD,
}  # fmt: skip
BUNDLES = ("flat_bundle", "weight_class_bundle", "profile_phase_bundle")
#: A world where people ask again at once and every practice has room.
EAGER = P.replace(
    {"seek_rate": 0.05, "seek_most": 0.9, "initial_treated_ratio": 1.0, "capacity_slack": 50.0,
     "choice_precision": 1.0}
)  # fmt: skip


#: No therapist has a professional norm or keeps to a guideline: what is left is need and money.
PLAIN = P.replace({"norm_median": 0.0, "guideline_adherence_share": 0.0})
#: Every session is an individual one at the practice.
ALONE = {"home_needed_share": 0.0, "group_possible_share": 0.0, "digital_possible_share": 0.0}


def world(policy, p=P, treated=None, share=0.005, span=SPAN, seed=1):
    size = Size.of_share(p, share) if treated is None else Size.of_treated(p, treated)
    return World(p, policy, seed, size, span)


def months(w):
    """Run a world to its end, giving each month's number just after it happened."""
    while w.month < w.span.months:
        w.step()
        yield w.month - 1


def paid_quarters(w):
    """Run a world; return for each patient the paid quarters: (first month, month paid, episode).

    Quarters are on the patient's own clock: read after the month, when the counter moved on. An
    episode of treatment ends when the patient is seen outside treatment.
    """
    quarters, episode = {}, np.zeros(w.person.female.size, dtype=int)
    for month in months(w):
        for i in map(int, np.flatnonzero(w.care.opened)):
            into = int(w.care.quarter_month[i])
            first = month - 2 if into == 0 else month - into + 1
            quarters.setdefault(i, []).append((first, month, int(episode[i])))
        episode[w.care.status != TREATED] += 1
    return quarters


def clause_number(w, name):
    """Return the number of a clause in the ledger, -2 if it was never used."""
    return w.ledger.clauses.index(name) if name in w.ledger.clauses else -2


def value(results, measure, year):
    """Return numerator and denominator of a measure for everyone."""
    row = results[
        (results.measure == measure) & (results.split == "all") & (results.year == year)
    ].iloc[0]
    return row.top, row.bottom
