"""Measuring under a KPI: leave out who would cost money, except who has a reason, teach the test.

Only contracts with consequences make a measurement cost anything; under the regular contract
everybody is measured and nobody is trained for a test.
"""

from model.rules import rule

#: What becomes of a questionnaire that is due.
GIVEN, LEFT_OUT, EXCEPTED = 0, 1, 2


@rule
def measurement_loss(pull: float, par: float, change: float) -> float:
    """Return what measuring a patient is expected to cost the practice, EUR (negative: it pays).

    pull x (norm - change) summed over all clauses that look at the answers; ``par`` is the sum of
    pull x norm, so that it is ``par`` - ``pull`` x change. The therapist knows the patient: the
    change is the true one since intake, without the noise of a questionnaire.

    Args:
        pull: What a CCQ point of improvement on paper is worth, EUR.
        par: What a patient must bring for the practice to lose nothing by measuring, EUR.
        change: Fall of the burden since intake that the therapist expects to see, CCQ points.
    """
    return par - pull * change


@rule
def measuring_choice(
    loss: float,
    completeness: float,
    weight_on_profit: float,
    own_cost: float,
    has_reason: bool,
    exception_cost: float,
) -> int:
    """Return whether a patient gets the questionnaire, is left out, or is excepted.

    Leave out if a (loss - what a completeness KPI would cost) > own cost. A patient with a reason
    that would pass is excepted where a x loss > cost of the exception: then nobody counts the
    patient as due, so completeness costs nothing (Fleetcroft 2008, BMC Health Serv Res 8:131:
    exceptions account for half of the gap between pay and performance).

    Args:
        loss: Value of ``measurement_loss``.
        completeness: Cost of one missing measurement under a KPI on completeness, EUR.
        weight_on_profit: a.
        own_cost: Reluctance to leave a patient out, EUR.
        has_reason: Whether the patient has a reason that would pass.
        exception_cost: Trouble of reporting an exception, EUR.
    """
    if has_reason and weight_on_profit * loss > exception_cost:
        return EXCEPTED
    if weight_on_profit * (loss - completeness) > own_cost:
        return LEFT_OUT
    return GIVEN


@rule
def exception_trouble(
    cost: float, calendar_month: int, early_factor: float, last_quarter: int
) -> float:
    """Return the trouble of reporting an exception, EUR: less in the last quarter of the year.

    Before it is known whether a target is at risk, exceptions are rarer; they are used at year end
    to reach targets (Campbell 2011, Br J Gen Pract 61:e183).

    Args:
        cost: Trouble in the last quarter, EUR.
        calendar_month: 0 for January.
        early_factor: How much more it takes before that.
        last_quarter: First month of the last quarter, 9.
    """
    return cost if calendar_month >= last_quarter else cost * early_factor


@rule
def teaching_share(
    weight_on_profit: float, pull: float, reach: float, reluctance: float, most: float
) -> float:
    """Return the share of a first quarter's sessions that trains the test instead of the patient.

    As with inflation (K3), a x pull x gain - g s^2 / 2 is largest at s = a pull reach / g.

    Args:
        weight_on_profit: a.
        pull: What a metre of walk is worth, whoever measures, EUR.
        reach: Metres won on paper if all sessions train the test.
        reluctance: g, EUR per squared share.
        most: Largest share.
    """
    if pull <= 0.0 or reluctance <= 0.0:
        return 0.0
    return min(most, weight_on_profit * pull * reach / reluctance)


@rule
def quarter_outcome_pay(outcome_pay: float, measured: bool, shift: float) -> float:
    """Return the outcome pay a therapist plans one quarter with, per euro of patient benefit.

    Only the quarter that ends in a measurement pays. A share of the year's pull moves there from
    the other quarters: beta (1 - s) + 4 s beta [quarter is measured]; over the four quarters of a
    first year the sum stays 4 beta.

    Args:
        outcome_pay: beta over a year.
        measured: Whether this quarter ends in the measurement.
        shift: s, 0 (effort spread evenly) to 1 (all effort where it is measured).
    """
    moved = 4.0 * shift * outcome_pay if measured else 0.0
    return (1.0 - shift) * outcome_pay + moved
