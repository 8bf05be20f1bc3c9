"""Engine and plain reference side by side, uncompiled: a judge of the money (see ``plan.yaml``).

Not collected by ``make test``, which has the compiled twins.
"""

from contextlib import ExitStack
from unittest.mock import patch

import pytest

from model import state
from tests.reference import compare
from tests.reference.settings import SEED, settings
from tests.reference.side_by_side import _widen_columns, _widened

SETTINGS = settings()
#: Short, and with every clause in one of them.
JUDGES = (
    "flat",
    "by time",
    "bundle_flat-mixed-busy",
    "one price",
    "fixed prices",
    "fee and more",
    "safeguarded, some",
    "many switch",
)


@pytest.mark.parametrize("name", JUDGES)
def test_identical_lives_uncompiled(name):
    one, engine = SETTINGS[name], compare.World
    with ExitStack() as stack:
        stack.enter_context(patch.dict(state.TABLES))
        stack.enter_context(
            patch.object(compare, "World", lambda *args, **named: _widened(engine(*args, **named)))
        )
        _widen_columns()
        p = one.parameters
        twins = compare.run_both(p, one.policy, SEED, one.size(p), one.span)
        assert twins.difference is None, twins.difference
        assert not compare.ledger_differences(twins.engine, twins.reference)
