"""Phases write into what they are given; those that make arrays say so."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher
from numba.core.errors import TypingError

import agents
import model
from model.rules import allocating_phase, phase


def copied(values):
    out = np.empty(values.size)
    for k in range(values.size):
        out[k] = values[k]
    return out


def refused(values):
    """As ``copied``, which numba keeps compiled on disk under its name once it was allowed."""
    out = np.empty(values.size)
    for k in range(values.size):
        out[k] = values[k]
    return out


def test_a_phase_that_makes_an_array_does_not_compile():
    if not isinstance(phase(refused), Dispatcher):
        return  # uncompiled there is nothing to refuse
    with pytest.raises(TypingError):
        phase(refused)(np.ones(3))
    assert allocating_phase(copied)(np.arange(3.0)).tolist() == [0.0, 1.0, 2.0]


def test_a_phase_reads_a_row_of_what_it_is_given():
    @phase
    def highest(table, out):
        for k in range(table.shape[0]):
            row = table[k]  # a view without a count of its own
            out[k] = max(row[0], row[1])

    table, out = np.array([[1.0, 4.0], [3.0, 2.0]]), np.zeros(2)
    for _ in range(1000):
        highest(table, out)
    assert out.tolist() == [4.0, 3.0]
    assert table.tolist() == [[1.0, 4.0], [3.0, 2.0]]


def compiled():
    for package in (model, agents):
        for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            module = importlib.import_module(info.name)
            for name, found in vars(module).items():
                if isinstance(found, Dispatcher) and found.py_func.__module__ == info.name:
                    yield f"{info.name}.{name}", found


#: Loops of the month that make an array: once a month or a year, never once a patient.
ALLOCATING = {
    "care_seeking.true_walks", "choice._waits", "learning._choose", "observation._age_groups",
    "observation._sum_by_group", "other_care._steady_care", "people._careers",
    "practice_year._satisfaction",
}  # fmt: skip


def test_only_the_loops_that_make_arrays_count_references():
    counting = {
        name.removeprefix("model.month.")
        for name, found in compiled()
        if name.startswith("model.month.")
        and found.targetoptions.get("_nrt", True)
        and not inspect.getsource(found.py_func).startswith("@rule")
    }
    assert counting == ALLOCATING
