"""COPD: the rules by which lung function, attacks, death and burden go.

Numbers and sources: ``model/parameters/disease.yaml``. Exercise therapy does not change the decline
of lung function; it acts through the training state only (evidence, clinical section 1.3).
"""

import math

from model.rules import rule


@rule
def monthly_probability(yearly_rate: float) -> float:
    """Return the chance of at least one event in a month, 1 - exp(-rate / 12)."""
    return 1.0 - math.exp(-yearly_rate / 12.0)


@rule
def gold_stage(fev1: float, below_3: float, below_4: float) -> int:
    """Return the GOLD spirometry stage (2, 3 or 4) of an FEV1 in % of the reference."""
    if fev1 < below_4:
        return 4
    if fev1 < below_3:
        return 3
    return 2


@rule
def scaled_loss(mean_loss: float, fev1: float, measured_at: float) -> float:
    """Return a person's loss of FEV1, mL: in proportion to the lung function left.

    Stage IV loses fewer mL than stage II (Tantucci and Modina 2012); the personal mean holds at
    ``measured_at`` % of the reference.
    """
    return mean_loss * fev1 / measured_at


@rule
def next_fev1(
    fev1: float, loss: float, reference: float, reference_loss: float, floor: float, top: float
) -> float:
    """Return lung function a month later, % of the reference, within [floor, top].

    The reference falls with age as well: d(F / R) = -(dF - F / R dR) / R. With a decline of
    33 mL a year against 27 for the reference, a patient at 65 % loses about half a point a year.

    Args:
        fev1: Lung function, % of the reference.
        loss: Own loss this month, mL.
        reference: Reference FEV1, litres.
        reference_loss: Fall of the reference this month, mL.
        floor: Lowest lung function simulated.
        top: Highest, where stage II begins.
    """
    change = (loss - 0.01 * fev1 * reference_loss) / (10.0 * reference)
    return min(top, max(floor, fev1 - change))


@rule
def along_fev1(
    fev1: float,
    at_2: float,
    at_3: float,
    at_4: float,
    middle_2: float,
    middle_3: float,
    middle_4: float,
) -> float:
    """Interpolate a value given per GOLD stage along lung function, flat outside the middles.

    A patient who slides from stage 2 to 3 then changes gradually, not on one day.

    Args:
        fev1: Lung function, % of the reference.
        at_2: The value in the middle of stage 2.
        at_3: In the middle of stage 3.
        at_4: In the middle of stage 4.
        middle_2: FEV1 in the middle of stage 2.
        middle_3: In the middle of stage 3.
        middle_4: In the middle of stage 4.
    """
    # Choosing the ends, not the way: which stage comes next is no use guessing for a processor.
    upper = fev1 >= middle_3
    low, high = (at_3, at_2) if upper else (at_4, at_3)
    start, end = (middle_3, middle_2) if upper else (middle_4, middle_3)
    between = low + (high - low) * (fev1 - start) / (end - start)
    between = at_2 if fev1 >= middle_2 else between
    return between if fev1 >= middle_4 else at_4


@rule
def admissions_avoided(rate: float, ratio_trained: float, ccq_when_trained: float) -> float:
    """Return how many admissions a year go with one CCQ point gained by training.

    The slope of rate x ratio ^ (h / h_reference) at no training, with CCQ falling in proportion to
    h: rate x ln(1 / ratio) / (CCQ points at the reference training).

    Args:
        rate: Admissions a year without training.
        ratio_trained: Rate ratio at the reference training.
        ccq_when_trained: CCQ points gained at the reference training.
    """
    return rate * math.log(1.0 / ratio_trained) / ccq_when_trained


@rule
def training_rate_ratio(ratio_trained: float, training: float, training_reference: float) -> float:
    """Return the rate ratio on admissions, ratio ** (h / h_reference): fades with the training.

    ``ratio_trained`` holds at the training state of a completed first programme (0.75, range
    0.60-1.00; evidence, clinical section 2.2).
    """
    if training <= 0.0:
        return 1.0
    out: float = ratio_trained ** (training / training_reference)
    return out


@rule
def admission_rate(
    base: float, frailty: float, admitted_before: bool, ratio_history: float, ratio_training: float
) -> float:
    """Return admissions for a lung attack per year (design of evidence, clinical section 1.1).

    Args:
        base: Rate of the GOLD stage, per patient-year.
        frailty: Personal factor with mean 1 (log SD 0.74).
        admitted_before: Whether an admission fell in the last twelve months.
        ratio_history: Hazard ratio of an earlier admission (2.71, Mullerova 2015).
        ratio_training: Value of ``training_rate_ratio``.
    """
    rate = base * frailty * ratio_training
    if admitted_before:
        rate *= ratio_history
    return rate


@rule
def death_rate(life_table: float, ratio_stage: float, after_admission: float) -> float:
    """Return deaths per year: life table x hazard ratio of the stage + excess after an admission.

    Args:
        life_table: Deaths per year at this age and sex in the general population.
        ratio_stage: Hazard ratio of the GOLD stage.
        after_admission: Extra deaths per year in the months after an admission, else 0.
    """
    return life_table * ratio_stage + after_admission


@rule
def burden(
    ccq_of_stage: float, offset: float, gain_at_full_training: float, training: float
) -> float:
    """Return the true disease burden (CCQ, 0 best to 6 worst): stage + person - training."""
    return min(6.0, max(0.0, ccq_of_stage + offset - gain_at_full_training * training))


@rule
def utility(of_stage: float, ccq: float, ccq_of_stage: float, per_ccq_point: float) -> float:
    """Return health-related quality of life (EQ-5D, Dutch use of the UK tariff), at most 1.

    The stage sets the level; a deviation of burden from the stage's mean shifts it.
    """
    return min(1.0, of_stage + per_ccq_point * (ccq - ccq_of_stage))


@rule
def months_with(history: int) -> int:
    """Return how many of the last twelve months are marked in a 12-bit history."""
    count = 0
    bits = int(history)
    while bits:
        count += bits & 1
        bits >>= 1
    return count
