"""Gaming: patterns seen elsewhere that therapists here must show too.

Small worlds under a bundle by weight class with a steep step to the heaviest class; every world
has the same luck, so differences are caused by the step or the audits.
"""

from math import inf

import numpy as np

from experiments.validation.pattern import EMERGENT, TINY, Lab, Pattern, once
from model.codes import PROFILE_4, PROFILE_5, TREATED, UPCODE_DETECTABLE, UPCODE_UNDETECTABLE
from model.contracts.audit import Audit
from model.contracts.intake_fee import IntakeFee
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month.care_seeking import true_walks
from model.policy import Policy
from model.simulation import Span, World

#: Two years under the contract: the second knows how colleagues graded in the first.
SPAN = Span(2024, 2025, 2026)
#: A weak audit: what was seen at the peak of real audits, and no fine.
WEAK = (0.04, 0.0)
HOCHULI = "Hochuli 2020, Health Economics (Swiss neonatology)"
JUERGES = "Hennig-Schmidt, Jürges and Wiesen 2019 (laboratory)"
GROSS = "Groß et al. 2021, Health Economics 30:1978 (laboratory)"
SHI = "Shi 2024, QJE: about 90 % of what audits save is deterrence"


def ended(lab: Lab, share: float, factor: float, audit: tuple[float, float] | None) -> World:
    """Return a world at the end of its second year under the contract.

    Args:
        lab: Where.
        share: Share of the country.
        factor: A year in the heaviest class brings so many times the reference step more.
        audit: Rate and fine; None for no audit.
    """
    step = factor * lab.p.upcode_reference_step
    prices = (300.0, 300.0, 300.0 + step / 4.0, 100.0)
    audits = () if audit is None else (Audit(rate=audit[0], fine=audit[1]),)
    policy = Policy(clauses=(IntakeFee(), WeightClassBundle(prices=prices), *audits))
    return lab.world(share, SPAN, policy=policy).run()


@once
def border_cases(lab: Lab, factor: float) -> tuple[int, int]:
    """Return the patients whose decisive test lies within one SD of its cut-off, and of whom heavy.

    Patients in the first year of treatment whose true class is not the heaviest.
    """
    world = ended(lab, 0.4, factor, WEAK)
    care, intake, seeking = world.care, world.constants["intake"], world.constants["care_seeking"]
    rows = np.flatnonzero(
        (care.status == TREATED) & (care.contract == 1) & (care.quarter < FIRST_YEAR_QUARTERS)
        & (care.profile < PROFILE_5)
    )  # fmt: skip
    steps = (world.person.steps[rows] - seeking.steps_cutoff) / intake.steps_sd
    walk_shares = true_walks(rows, world.person, world.health, seeking) / seeking.walk_predicted
    walk = (walk_shares - seeking.walk_cutoff) / intake.walk_sd
    near = rows[np.where(care.profile[rows] == PROFILE_4, steps, walk) < 1.0]
    heavy = np.isin(care.upcoded[near], (UPCODE_DETECTABLE, UPCODE_UNDETECTABLE))
    return near.size, int(heavy.sum())


def share_at_border(lab: Lab, factor: float = 1.0) -> float:
    """Return the share graded too heavy among patients near a border."""
    cases, heavy = border_cases(lab, factor)
    return heavy / cases if cases else float("nan")


def elasticity(low: float, high: float):
    """Return a function that gives the elasticity of that share on an arc of the price step."""

    def on_arc(lab: Lab) -> float:
        shares = [share_at_border(lab, factor) for factor in (low, high)]
        if not min(shares) > 0.0:
            return float("nan")
        return float(np.log(shares[1] / shares[0]) / np.log(high / low))

    return on_arc


def smallest_rise(lab: Lab) -> float:
    """Return the least that the share rises as the step doubles, from a half to one to two."""
    shares = [share_at_border(lab, factor) for factor in (0.5, 1.0, 2.0)]
    return float(np.diff(shares).min())


@once
def upcoded(lab: Lab, audit: tuple[float, float] | None) -> tuple[float, float]:
    """Return the shares of patient-quarters upcoded provably, and beyond proof."""
    results = ended(lab, 0.2, 1.0, audit).results()
    rows = results[(results.year == SPAN.last_year) & (results.split == "all")].set_index("measure")
    share = rows.top / rows.bottom.where(rows.bottom > 0)
    beyond = float(share["upcoded_unprovable_share"])
    return float(share["upcoded_share"]) - beyond, beyond


def left_of_all(rate: float, fine: float):
    """Return a function: what an audit leaves of all upcoding, as a share of that without any."""
    return lambda lab: sum(upcoded(lab, (rate, fine))) / sum(upcoded(lab, None))


def provable_fall(lab: Lab) -> float:
    """Return the least fall of provable upcoding as audits with a fine of one go up twice."""
    few, many, most = (upcoded(lab, (rate, 1.0))[0] for rate in (0.04, 0.3, 0.7))
    return min(few - many, many - most)


PATTERNS = (
    Pattern("border_share", EMERGENT, 0.14, 0.27, HOCHULI, share_at_border, "share", 1,
            note="border_share"),
    Pattern("step_elasticity_low", EMERGENT, 0.16, 0.52, HOCHULI, elasticity(0.5, 1.0),
            note="elasticity"),
    Pattern("step_elasticity_high", EMERGENT, 0.16, 0.52, HOCHULI, elasticity(1.0, 2.0),
            note="elasticity"),
    Pattern("step_elasticity_whole", EMERGENT, 0.16, 0.52, HOCHULI, elasticity(0.5, 2.0),
            note="elasticity"),
    Pattern("step_rises", EMERGENT, 0.02, inf, HOCHULI, smallest_rise, "share", 1),
    Pattern("upcoding_unwatched", EMERGENT, 0.02, 1.0, "declared: enough upcoding to deter",
            lambda lab: sum(upcoded(lab, None)), "share", 1),
    Pattern("weak_audit_no_fine", EMERGENT, 0.95, 1.0, JUERGES, left_of_all(0.04, 0.0)),
    Pattern("strong_audit_no_fine", EMERGENT, 0.80, 1.0, JUERGES, left_of_all(0.3, 0.0)),
    Pattern("audit_with_fine", EMERGENT, 0.0, 0.5, SHI, left_of_all(0.3, 4.0)),
    Pattern("audit_with_fine_provable", EMERGENT, 0.0, 0.0, SHI,
            lambda lab: upcoded(lab, (0.3, 4.0))[0], "share", 1),
    Pattern("provable_falls", EMERGENT, TINY, inf, GROSS, provable_fall, "share", 1),
    Pattern("beyond_proof_is_small", EMERGENT, 0.0, 0.1, GROSS,
            lambda lab: upcoded(lab, (0.04, 1.0))[1] / upcoded(lab, (0.04, 1.0))[0]),
    Pattern("beyond_proof_rises", EMERGENT, TINY, inf, GROSS,
            lambda lab: upcoded(lab, (0.3, 1.0))[1] - upcoded(lab, (0.04, 1.0))[1], "share", 1),
    Pattern("beyond_proof_moves", EMERGENT, 0.01, 1.0, GROSS,
            lambda lab: upcoded(lab, (0.3, 1.0))[1], "share", 1),
    Pattern("beyond_proof_stays", EMERGENT, 0.9, inf, GROSS,
            lambda lab: upcoded(lab, (0.7, 1.0))[1] / upcoded(lab, (0.3, 1.0))[1]),
)  # fmt: skip
