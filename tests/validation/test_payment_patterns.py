"""Patterns of payment and access that the literature describes; none of them was fitted to."""

import pytest
from pattern_labs import holds, named

from experiments.validation.payment import PATTERNS


@pytest.mark.parametrize("pattern", PATTERNS, ids=named)
def test_a_flat_amount_changes_sessions_as_seen_elsewhere(pattern):
    holds(pattern, (1, 2))
