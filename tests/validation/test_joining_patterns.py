"""Who signs a bundle: patterns of risk and practice size that nothing was fitted to."""

import pytest
from pattern_labs import holds, named

from experiments.validation.joining import PATTERNS


@pytest.mark.parametrize("pattern", PATTERNS, ids=named)
def test_practices_join_as_risk_tells_them(pattern):
    holds(pattern)
