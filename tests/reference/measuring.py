"""Whether a measurement that is due is made, left out, or excepted."""

from typing import TYPE_CHECKING

from agents.behaviours.theory import weight_under
from agents.measuring import EXCEPTED, LEFT_OUT, measurement_loss, measuring_choice
from model.codes import GOLD_STAGES

from .patient import ReferencePatient
from .theories import conduct_rho, rewards_in_mind, theory_of

if TYPE_CHECKING:
    from .model import ReferenceModel

OCTOBER = 9


def choose_to_measure(
    model: "ReferenceModel", patient: ReferencePatient, embellished: float
) -> int:
    """Return what the therapist does with the questionnaire of this patient.

    Args:
        model: The model.
        patient: The patient, whose true change since intake the therapist knows.
        embellished: By how much the answers would be made to look better, CCQ points.
    """
    p = model.p
    therapist = model.therapists[patient.therapist]
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, patient.contract, patient.pays_now)
    at_year_end = model.month % 12 >= OCTOBER
    expected = patient.ccq_intake - patient.ccq + embellished
    choice = measuring_choice(
        measurement_loss(
            rewards.answer_pull,
            rewards.answer_par[patient.weight_class, patient.gold - GOLD_STAGES[0]],
            expected,
        ),
        rewards.completeness,
        weight_under(theory, conduct_rho(model, therapist, rewards)),
        p.kpi_leave_out_cost,
        patient.luck("reason for an exception") < p.kpi_exception_share,
        p.kpi_exception_cost * (1.0 if at_year_end else p.kpi_exception_early_factor),
    )
    patient.tally.left_out += choice == LEFT_OUT
    patient.tally.excepted += choice == EXCEPTED
    model.happened["left out"] += choice == LEFT_OUT
    model.happened["excepted"] += choice == EXCEPTED
    model.happened["excepted at year end"] += choice == EXCEPTED and at_year_end
    return choice
