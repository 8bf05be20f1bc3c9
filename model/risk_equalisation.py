"""Risk equalisation: what insurers get from the fund for patients in physiotherapy, and keep.

The fund pays a share of the extra cost of patients it can see. It sees them by their claims: if a
bundle has no code that counts, its patients are not seen, and an insurer that contracts bundles
loses the compensation (a design inference, so a parameter).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.codes import INSURERS, REGULAR_CONTRACT
from model.ledger import NOBODY, Framework, Party
from model.parameters import ParameterSet
from model.register import CCQ_CHANGE
from model.rules import rule

if TYPE_CHECKING:
    from model.simulation import World


@rule
def compensation(patients: np.ndarray, excess_cost: float, share: float) -> np.ndarray:
    """Return what the fund pays for the patients it sees, EUR: share x extra cost x patients."""
    return share * excess_cost * patients


def excess_cost(p: ParameterSet) -> float:
    """Return the cost of COPD care per patient-year that equalisation aims at, EUR."""
    return 4.0 * p.copd_care_cost_per_patient_quarter_2019


def equalise(world: "World") -> pd.DataFrame:
    """Pay the compensation into the ledger and return each insurer's year.

    Returns:
        One row per insurer: patients treated and seen by the fund, EUR of compensation, of health
        reward, of care paid for, and the result (compensation + reward - care).
    """
    p, tally, care = world.p, world.tally, world.care
    number = np.arange(len(INSURERS))
    treated = np.flatnonzero(tally.sessions)
    # The fund compensates for whom one insures. (The end of a bundle quarter that the old insurer
    # still pays after a switch, two months at most, is counted here as a cost of the new one.)
    insurer = world.person.insurer[treated]
    regular = care.contract[treated] == REGULAR_CONTRACT
    seen = regular | (p.risk_equalisation_sees_bundle >= 1)
    patients, visible = (
        np.bincount(who, minlength=len(INSURERS)) for who in (insurer, insurer[seen])
    )
    paid = compensation(visible, excess_cost(p), p.risk_equalisation_compensation_share)
    gained = world.books.register.total[CCQ_CHANGE].reshape(-1, len(INSURERS)).sum(axis=0)
    reward = p.risk_equalisation_health_reward * np.maximum(gained, 0.0)
    for clause, euros in (("risk_equalisation", paid), ("health_reward", reward)):
        world.ledger.post(
            world.month, clause, Framework.INSURER_RESULT, Party.EQUALISATION_FUND, np.int32(0),
            Party.INSURER, number, np.int32(NOBODY), number,
            np.rint(100.0 * euros).astype(np.int64),
        )  # fmt: skip
    spent = np.bincount(insurer, tally.total_care[treated], len(INSURERS)) / 100.0
    return pd.DataFrame(
        {
            "year": world.year,
            "insurer": list(INSURERS),
            "patients": patients,
            "seen": visible,
            "compensation": paid,
            "health_reward": reward,
            "care": spent,
            "result": paid + reward - spent,
        }
    )
