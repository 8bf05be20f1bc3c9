"""The regulator: NZa judges the experiment each January; the Zorginstituut and the ministry watch.

The letter of 20 June 2024 (29689 nr. 1256) says that the NZa evaluates every year and continues or
stops the experiment on what it sees. When it does which is our own statement: it acts only on what
an estimate shows beyond doubt, and only if the estimate can tell an effect from everything else.
"""

from collections import namedtuple

import mesa

from model.rules import rule

#: What an interval says of one indicator.
UNCLEAR, WORSE, BETTER = 0, 1, 2
FINDINGS = ("unclear", "worse", "better")

#: What the regulator decides on a year.
CONTINUE, ADJUST, STOP = 0, 1, 2
VERDICTS = ("continue", "adjust", "stop")
#: Where there was no contract to judge.
NO_VERDICT = "none"

#: confidence: Of the interval. fewest: Practices needed on each side. most, floor: Largest cut of
#: the price in a year, and lowest factor on the price ever. growth: Growth of sessions per patient
#: that raises a flag.
Terms = namedtuple("Terms", "confidence fewest most floor growth")


@rule
def finding(low: float, high: float, worse: float, margin: float) -> int:
    """Return what an interval [low, high] says: 0 unclear, 1 worse, 2 better.

    Worse if the whole interval lies beyond the margin on the bad side; better if all of it lies
    on the good side of zero. An interval that is not known (not-a-number) says nothing.

    Args:
        low: Lower end of the interval, in the unit of the indicator.
        high: Its upper end.
        worse: 1 if a rise is a worsening, -1 if a fall is, 0 if neither.
        margin: Worsening that is still accepted, 0 or more.
    """
    if worse > 0.0:
        least, most = low, high
    elif worse < 0.0:
        least, most = -high, -low
    else:
        return UNCLEAR
    if least > margin:
        return WORSE
    if most < 0.0:
        return BETTER
    return UNCLEAR


@rule
def neutral_spending(mean: float, estimate: float) -> float:
    """Return what those who joined would have cost without the contract, EUR per patient.

    Args:
        mean: What they cost under it.
        estimate: Estimated effect of the contract on that.
    """
    return mean - estimate


@rule
def verdict(harms: int, overspends: int, has_price: int) -> int:
    """Return the decision on a year: 0 continue, 1 adjust, 2 stop.

    Harm to patients or therapists comes before money, and no lower price mends it; a contract
    without a bundle price has none to adjust.

    Args:
        harms: Number of indicators other than money (disease burden, admissions, access, job
            satisfaction) that are worse beyond their margin.
        overspends: Whether paramedical spending or total cost per patient is above neutral beyond
            its margin, 0 or 1.
        has_price: Whether the contract has a bundle price, 0 or 1.
    """
    if harms > 0:
        return STOP
    if overspends > 0 and has_price > 0:
        return ADJUST
    return CONTINUE


@rule
def lowered(factor: float, estimate: float, neutral: float, most: float, floor: float) -> float:
    """Return the factor on the bundle price after an adjustment: lowered by the overrun, bounded.

    max(floor, factor (1 - min(most, estimate / neutral))); a factor below the floor stays.

    Args:
        factor: Factor so far, 1 without adjustments.
        estimate: Estimated overspending per patient, EUR; above 0.
        neutral: Neutral spending per patient, EUR.
        most: Largest cut in one year, share.
        floor: Lowest factor.
    """
    overrun = min(most, estimate / neutral) if neutral > 0.0 else most
    return min(factor, max(floor, factor * (1.0 - max(0.0, overrun))))


@rule
def growth_is_flagged(growth: float, threshold: float) -> int:
    """Return whether sessions per treated patient grew by more than a threshold, 0 or 1.

    Args:
        growth: Growth against the last year before the policy, share.
        threshold: Growth above which the Zorginstituut raises a flag.
    """
    return 1 if growth > threshold else 0


class Regulator(mesa.Agent):  # type: ignore[misc] # Mesa ships no types
    """The regulator of the experiment: remembers what it decided.

    Attributes:
        stopped: Whether it has stopped the experiment.
        price_factor: What it lets insurers pay of the bundle price, 1 without adjustments.
    """

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.stopped = False
        self.price_factor = 1.0

    @property
    def terms(self) -> Terms:
        """What it goes by, from the parameters in force."""
        p = self.model.p
        return Terms(
            confidence=p.evaluation_confidence,
            fewest=p.evaluation_fewest_practices,
            most=p.regulator_price_cut_most,
            floor=p.regulator_price_factor_least,
            growth=p.watch_sessions_growth,
        )
