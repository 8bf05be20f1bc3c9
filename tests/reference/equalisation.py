"""Risk equalisation: what each insurer gets from the fund, pays for care, and keeps."""

from typing import TYPE_CHECKING, NamedTuple

from model.codes import REGULAR_CONTRACT
from model.ledger import NOBODY, Framework, Party
from model.risk_equalisation import compensation

from .ledger import post

if TYPE_CHECKING:
    from .model import ReferenceModel


class InsurerYear(NamedTuple):
    """One insurer's year; amounts in EUR (columns of the engine's table).

    Attributes:
        patients: Patients treated.
        seen: Of these, those the fund sees by their claims.
        compensation, health_reward: From the fund.
        care: Paid for the care of the patients treated.
        result: What is left.
    """

    patients: int
    seen: int
    compensation: float
    health_reward: float
    care: float
    result: float


def equalise(model: "ReferenceModel") -> None:
    """Pay the fund's compensation and health reward, and note each insurer's result."""
    p = model.p
    excess_cost = 4.0 * p.copd_care_cost_per_patient_quarter_2019
    model.insurer_years = []
    for insurer in model.insurers:
        number = insurer.number
        treated = [
            one for one in model.patients if one.insurer == number and one.tally.sessions > 0
        ]
        seen = sum(
            one.contract == REGULAR_CONTRACT or p.risk_equalisation_sees_bundle >= 1
            for one in treated
        )
        paid = compensation(seen, excess_cost, p.risk_equalisation_compensation_share)
        gained = sum(
            sums.total
            for (indicator, _, whose), sums in sorted(model.books.register.of_account.items())
            if indicator == "ccq_change" and whose == number
        )
        reward = p.risk_equalisation_health_reward * max(0.0, gained)
        for clause, euros in (("risk_equalisation", paid), ("health_reward", reward)):
            post(
                model,
                clause,
                Framework.INSURER_RESULT,
                (Party.EQUALISATION_FUND, 0),
                (Party.INSURER, number),
                NOBODY,
                number,
                round(100.0 * euros),
            )
            model.happened[clause] += euros > 0.0
        care = sum(one.tally.total_care for one in treated) / 100.0
        model.insurer_years.append(
            InsurerYear(len(treated), seen, paid, reward, care, paid + reward - care)
        )
        model.happened["unseen by the fund"] += seen < len(treated)
