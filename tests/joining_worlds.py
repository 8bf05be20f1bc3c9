"""Small worlds whose practices choose, for tests of joining."""

from dataclasses import replace

import numpy as np

from model.codes import POLICY_CONTRACT
from model.contracts.intake_fee import IntakeFee
from model.contracts.weight_class_bundle import WeightClassBundle
from model.parameters import load_registry
from model.policy import Policy
from model.simulation import Span

P = load_registry().values()
SPAN = Span(2024, 2025, 2027)
JANUARY = 12
CHOICE = Policy(clauses=(IntakeFee(), WeightClassBundle()), by_choice=True)


def bundle(*clauses, prices=None, **known) -> Policy:
    """The weight-class bundle, joined by choice."""
    contract = (IntakeFee(), WeightClassBundle(prices=prices), *clauses)
    return replace(CHOICE, clauses=contract, **known)


def signed(w) -> np.ndarray:
    return w.contract_of == POLICY_CONTRACT


def panel(w, name="patients") -> np.ndarray:
    return getattr(w.caseload, name).reshape(w.contract_of.shape)
