"""Phase: outcomes are measured with noise, at the end of each patient's own quarter."""

from model.codes import TREATED
from model.randomness import normal_draws, stream


def measure_outcomes(world) -> None:
    """Measure burden of those who completed a quarter; follow up after the first quarter.

    Measured = true + noise with the questionnaire's standard error (0.21 CCQ points, Kocks 2006).
    Chance alone lifts some patients over the relevant change; that is in the measure, as in life.
    """
    care, seen = world.care, world.in_care
    due = seen[
        (care.status[seen] == TREATED) & (care.quarter_month[seen] == 0) & (care.quarter[seen] > 0)
    ]
    if due.size == 0:
        return
    noise = normal_draws(stream(world.seed, "measure follow-up", world.month), due)
    measured = world.health.ccq[due] + world.p.ccq_measurement_sem * noise
    first = care.quarter[due] == 1
    world.tally.followed[due[first]] += 1
    improved = first & (care.ccq_intake[due] - measured >= world.p.mcid_ccq)
    world.tally.improved[due[improved]] += 1
