"""Gaming: patterns seen elsewhere that therapists here must show too, each with its source.

Small worlds under a bundle by weight class with a steep step to the heaviest class; every world
has the same luck, so differences are caused by the step or the audits.
"""

from functools import cache

import numpy as np
import pytest

from model.codes import PROFILE_4, PROFILE_5, TREATED, UPCODE_DETECTABLE, UPCODE_UNDETECTABLE
from model.contracts.audit import Audit
from model.contracts.intake_fee import IntakeFee
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month.care_seeking import true_walks
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
#: Two years under the contract: the second knows how colleagues graded in the first.
SPAN = Span(2024, 2025, 2026)
SEEDS = (1, 2)
#: A year in the heaviest class brings so much more than in either lighter one, EUR.
STEEP = P.upcode_reference_step
#: A weak audit: what was seen at the peak of real audits, and no fine.
WEAK = (0.04, 0.0)


@cache
def ended(seed: int, share: float, step: float, audit: tuple[float, float] | None) -> World:
    """Return a world at the end of its second year under the contract."""
    prices = (300.0, 300.0, 300.0 + step / 4.0, 100.0)
    audits = () if audit is None else (Audit(rate=audit[0], fine=audit[1]),)
    policy = Policy(clauses=(IntakeFee(), WeightClassBundle(prices=prices), *audits))
    return World(P, policy, seed, Size.of_share(P, share), SPAN, keep_lines=False).run()


# --- the step


def border_cases(world: World) -> tuple[int, int]:
    """Return the patients whose decisive test lies within one SD of its cut-off, and of whom heavy.

    Patients in the first year of treatment whose true class is not the heaviest.
    """
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


def share_at_border(step: float) -> float:
    cases, heavy = np.sum([border_cases(ended(s, 0.4, step, WEAK)) for s in SEEDS], axis=0)
    assert cases > 500  # a standard error of less than two points
    return heavy / cases


def test_14_to_27_percent_are_graded_too_heavy_at_a_border_with_a_steep_step():
    """Hochuli 2020, Health Econ: 14-27 % of birth weights around cut-offs of Swiss neonatology.

    With colleagues who lower the moral cost and an audit next door that raises it. No evidence by
    itself: the scale of the moral cost is set so that at this very step a fifth would upcode whose
    decisive test lies right at the border. It says that distance, colleagues and audits, which were
    not fitted, leave the share where it was seen.
    """
    assert 0.14 <= share_at_border(STEEP) <= 0.27


@pytest.mark.parametrize(("low", "high"), [(0.5, 1.0), (1.0, 2.0), (0.5, 2.0)])
def test_upcoding_answers_to_the_price_step_with_an_elasticity_of_16_to_52_percent(low, high):
    """Hochuli 2020, Health Econ: price elasticity of cheating 0.16-0.52.

    Over arcs from half the step at which the moral cost is scaled to twice that step, so that two
    of the three points lie well away from it. Tolerance: the range that was seen, on each arc; with
    the same luck at every step some twenty border cases change, an error of about 0.07 on an arc.
    The scale fixes the share at one step and says nothing of its slope, but the shape (eta 0.5) is
    an assumption with this range in mind: eta (1 - u) = 0.40 at the border (U1). What is tested is
    that distance to the border, the way no audit finds, colleagues and audits do not take it out.
    """
    shares = [share_at_border(factor * STEEP) for factor in (low, high)]

    assert 0.16 <= np.log(shares[1] / shares[0]) / np.log(high / low) <= 0.52


def test_the_share_rises_with_every_larger_step():
    shares = [share_at_border(factor * STEEP) for factor in (0.5, 1.0, 2.0)]

    assert shares[0] + 0.02 < shares[1] < shares[2] - 0.02


# --- audits


def upcoded(audit: tuple[float, float] | None) -> tuple[float, float]:
    """Return the shares of patient-quarters upcoded provably, and beyond proof."""
    shares = []
    for measure in ("upcoded_share", "upcoded_unprovable_share"):
        top = bottom = 0.0
        for seed in SEEDS:
            results = ended(seed, 0.2, STEEP, audit).results()
            row = results[
                (results.year == SPAN.last_year)
                & (results.split == "all")
                & (results.measure == measure)
            ].iloc[0]
            top, bottom = top + row.top, bottom + row.bottom
        shares.append(top / bottom)
    return shares[0] - shares[1], shares[1]


@pytest.mark.parametrize(("rate", "most"), [(0.04, 0.05), (0.3, 0.2)])
def test_audits_without_a_fine_hardly_deter(rate, most):
    """Hennig-Schmidt, Juerges and Wiesen 2019: in the laboratory random audits work only with
    fines. Tolerance: at the rate of real audits at most a twentieth less, at 30 % a fifth.
    """
    nobody_looks = sum(upcoded(None))

    assert nobody_looks > 0.02
    assert (1.0 - most) * nobody_looks <= sum(upcoded((rate, 0.0))) <= nobody_looks


def test_audits_with_a_fine_deter():
    """Shi 2024, QJE: about 90 % of what real audits save is deterrence. Here a fine of four times
    the gain at a rate above 1 / (0.8 x 5) ends what can be proved, and halves the whole.
    """
    provable, beyond = upcoded((0.3, 4.0))

    assert provable == 0.0
    assert provable + beyond < 0.5 * sum(upcoded(None))


def test_more_audits_move_upcoding_to_the_way_that_cannot_be_proved():
    """Gross et al. 2021, Health Econ 30:1978: direction. Fine of one time the gain throughout."""
    few, many, most = (upcoded((rate, 1.0)) for rate in (0.04, 0.3, 0.7))

    assert few[0] > many[0] > most[0]  # less that can be proved
    assert few[1] < 0.1 * few[0]
    assert many[1] > 0.01 and many[1] > few[1]  # more that cannot
    assert most[1] >= 0.9 * many[1]  # and no audit removes it
