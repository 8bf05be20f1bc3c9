"""A month of care and an outlook, for tests of clauses."""

import numpy as np
from plain_outlook import plain_outlook

from model.codes import INSURERS
from model.contracts.outlook import Case
from model.contracts.prices import Prices
from model.parameters import ParameterSet

#: Whatever these leave out, so that the numbers below do not move with the registry.
LEVERS = ParameterSet(
    {
        "audit_rate": 0.04, "audit_detection_prob": 0.8, "audit_fine_multiple": 1.0,
        "audit_cost": 150.0, "audit_practice_cost": 75.0, "audit_rate_watched": 0.3,
        "kpi_minimum_patients": 10.0, "kpi_confidence": 0.9, "kpi_withhold_share": 0.05,
        "treatment_index_floor": 40.0, "treatment_index_no_contract_from": 150.0,
        "session_floor_share": 0.7, "coordination_lump_sum": 2500.0,
        "coordination_start_rate": 0.02, "coordination_paramedical_share": 0.5,
        "mbi_clawback_probability": 0.02, "shared_savings_minimum_rate": 0.02,
        "shared_savings_most": 0.1,
    }
)  # fmt: skip
#: By weight class (rows) and phase (columns), the same at every insurer.
QUARTER = np.array([[30000, 20000, 10000], [40000, 25000, 10000], [50000, 30000, 10000]])
PRICES = Prices(np.array([3000, 2000, 1500, 3500]), 5000, np.tile(QUARTER, (len(INSURERS), 1, 1)))
OUTLOOK = plain_outlook(prices=PRICES, unused_share=1.0 / 3.0)
GRADED_UP = Case(
    sessions=40.0, quarters=(2.0, 2.0, 0.0), weight_class=1, true_class=0, intakes=1.0, dropout=0.3
)
