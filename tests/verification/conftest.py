"""What tests of whole worlds look into: tallies of a year before they are cleared."""

import pytest

from model import state
from model.month import observation


@pytest.fixture
def tallies(monkeypatch):
    """Keep a copy of the year's tallies just before the observer clears them."""
    kept = {"Tally": [], "PracticeTally": []}
    original = state.clear

    def clear(table):
        kept[type(table).__name__].append(state.copy(table))
        original(table)

    monkeypatch.setattr(observation.state, "clear", clear)
    return kept
