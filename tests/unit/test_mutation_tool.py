"""The mutation test itself: which slips it makes, and what it reckons."""

from types import FunctionType

import pytest

from tests.mutation import mutants
from tests.mutation.__main__ import interval, weighted
from tests.mutation.mutants import Mutant, code_of, mutants_of, sample

SOURCE = """
LEAST = 0.5


class Clause:
    def pay(self, n: int) -> int:
        return min(n, 3) if n >= 0 else 0


def owed(a, b):
    \"\"\"Return a - b.\"\"\"
    return a - b
"""


@pytest.fixture
def module(monkeypatch):
    monkeypatch.setattr(mutants, "original", lambda _: SOURCE)
    return "model/none_such.py"


def test_each_slip_changes_one_line_of_the_function_it_names(module):
    found = mutants_of(module)
    places = {(one.function, one.operator) for one in found}

    assert ("owed", "ReplaceBinaryOperator_Sub_Add") in places
    assert ("Clause.pay", "OppositeBound") in places
    assert ("Clause.pay", "ReplaceComparisonOperator_GtE_Gt") in places
    assert {one.function for one in found if one.line == 2} == {""}  # run at import: not judged
    for one in found:
        changed = [
            number
            for number, (old, new) in enumerate(
                zip(SOURCE.splitlines(), one.source.splitlines(), strict=True), 1
            )
            if old != new
        ]
        assert changed == [one.line], one


def test_the_code_that_is_swapped_holds_the_slip(module):
    slip = next(one for one in mutants_of(module) if one.function == "owed")
    owed = FunctionType(code_of(SOURCE, module, "owed"), {})
    assert owed(5, 2) == 3
    owed.__code__ = code_of(slip.source, module, "owed")

    assert owed(5, 2) == 7


def test_the_control_is_no_slip(module):
    assert Mutant(module, 11, mutants.CONTROL, 0, "owed").source == SOURCE


def test_a_sample_is_the_same_for_the_same_seed(module):
    everything = mutants_of(module)

    assert sample(everything, 99, 1) == everything
    assert sample(everything, 3, 1) == sample(everything, 3, 1)
    assert len(set(sample(everything, 3, 1))) == 3


def test_the_interval_is_wilsons():
    """Textbook value: 9 of 10 is 59.6 % to 98.2 %."""
    assert interval(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert interval(0, 0) == (0.0, 1.0)


def test_a_group_counts_each_module_for_all_its_slips():
    share, low, high = weighted({"a": (10, 10, 30), "b": (5, 10, 10), "c": (0, 0, 4)})

    assert share == pytest.approx(0.75 * 1.0 + 0.25 * 0.5)
    # Only a was sampled: its variance is 0.75^2 x 10.5/11 x 0.5/11 / 10 x 20/29.
    half = 1.959964 * (0.5625 * (10.5 / 11) * (0.5 / 11) / 10 * 20 / 29) ** 0.5
    assert (low, high) == pytest.approx((share - half, share + half))
