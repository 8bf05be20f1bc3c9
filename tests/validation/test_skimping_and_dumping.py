"""Skimping and dumping are substitutes: who may not give too little refuses whom it loses on."""

import numpy as np
import pytest
from pattern_labs import holds, named

from experiments.validation.closed_forms import (
    ELSEWHERE,
    MOST,
    RHOS,
    fall_by_floor,
    fall_by_hand,
    floor_needs,
)
from experiments.validation.dumping import HARSH, PATTERNS
from model.parameters import load_registry

REGISTRY = load_registry()


@pytest.mark.parametrize("pattern", PATTERNS, ids=named)
def test_who_may_not_give_too_little_refuses_whom_it_loses_on(pattern):
    holds(pattern, (1, 2) if pattern.id.startswith("harsh") else (1,))


def test_the_harsh_setting_lies_within_the_ranges():
    for name, value in HARSH.items():
        assert REGISTRY[name].low <= value <= REGISTRY[name].high


@pytest.mark.parametrize("rho", RHOS)
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_by_default_a_floor_makes_light_patients_less_welcome(rho, elsewhere):
    """S3 on the rules: the fall equals the closed form and never grows with need."""
    needs = [float(need) for need in floor_needs(rho)]
    falls = [fall_by_floor(need, rho, elsewhere) for need in needs]

    np.testing.assert_allclose(falls, [fall_by_hand(n, rho) for n in needs], atol=1e-6)
    assert max(needs) < MOST and len(needs) > 10
    assert falls[0] > 1.0 and (np.diff(falls) < 1e-9).all()
