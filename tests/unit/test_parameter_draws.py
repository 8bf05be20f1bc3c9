"""Draws of parameters: within their range, repeatable, one in each stratum."""

import math

import numpy as np
import pytest
from parameter_files import entry, run_python

from model.parameters import (
    ParameterError,
    Registry,
    load_registry,
)


@pytest.fixture
def load(tmp_path):
    def load_files(*contents: str | bytes) -> Registry:
        for number, content in enumerate(contents):
            raw = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"file{number}.yaml").write_bytes(raw)
        return load_registry(tmp_path)

    return load_files


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return load_registry()


# --- draws ---------------------------------------------------------------------------------


def test_draws_lie_in_their_range_and_move_uncertainties_only(shipped):
    table = shipped.draw_table(50, seed=1)

    assert set(table) == {each.name for each in shipped.by_role("uncertainty")}
    for name, column in table.items():
        assert column.shape == (50,)
        assert np.all((column >= shipped[name].low) & (column <= shipped[name].high)), name
        assert np.unique(column).size == 50, name
    for drawn in shipped.draws(3, seed=1):
        for each in shipped.all():
            if each.role != "uncertainty":
                assert drawn[each.name] == each.value, each.name


def test_draws_are_the_rows_of_the_table(shipped):
    table = shipped.draw_table(4, seed=9)

    for row, drawn in enumerate(shipped.draws(4, seed=9)):
        assert all(drawn[name] == column[row] for name, column in table.items())


def test_draws_repeat_and_depend_on_the_seed(shipped):
    first = [each.fingerprint() for each in shipped.draws(5, seed=3)]

    assert first == [each.fingerprint() for each in shipped.draws(5, seed=3)]
    assert not set(first) & {each.fingerprint() for each in shipped.draws(5, seed=4)}
    assert len(set(first)) == 5


def test_draws_do_not_depend_on_the_hash_seed_of_python(shipped):
    code = (
        "from model.parameters import load_registry as load;"
        "print(*(p.fingerprint() for p in load().draws(3, 7)))"
    )

    here = " ".join(each.fingerprint() for each in shipped.draws(3, 7))
    assert run_python(code, "1") == run_python(code, "4711") == here


def test_adding_a_parameter_leaves_other_draws_unchanged(load):
    before = load(entry("first") + entry("last")).draw_table(20, seed=5)
    after = load(entry("first") + entry("middle") + entry("last")).draw_table(20, seed=5)

    assert set(after) - set(before) == {"middle"}
    for name, column in before.items():
        assert np.array_equal(column, after[name])
    assert not np.array_equal(after["first"], after["middle"])


@pytest.mark.parametrize(
    ("changes", "quantile"),
    [
        ({"distribution": "uniform", "value": "3", "low": "2", "high": "10"}, lambda q: 2 + 8 * q),
        (
            {"distribution": "loguniform", "value": "3", "low": "1", "high": "100"},
            lambda q: 100**q,
        ),
        # Mode at the lower edge: F(x) = 1 - (1 - x)^2.
        (
            {"distribution": "triangular", "value": "0", "low": "0", "high": "1"},
            lambda q: 1 - math.sqrt(1 - q),
        ),
        # Mode at the upper edge: F(x) = x^2.
        ({"distribution": "triangular", "value": "1", "low": "0", "high": "1"}, math.sqrt),
    ],
)
def test_each_stratum_holds_exactly_one_draw(load, changes, quantile):
    column = np.sort(load(entry(**changes)).draw_table(40, seed=2)["tariff"])

    edges = [quantile(step / 40) for step in range(41)]
    for number, low, high in zip(column, edges, edges[1:], strict=False):
        assert low - 1e-12 <= number <= high + 1e-12


def test_two_parameters_are_not_drawn_in_the_same_order(load):
    table = load(entry("first") + entry("second")).draw_table(400, seed=0)

    assert abs(np.corrcoef(table["first"], table["second"])[0, 1]) < 0.2


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (-1, 1), (1.5, 1), (True, 1), (3, -1)])
def test_impossible_designs_are_refused(shipped, count, seed):
    with pytest.raises(ParameterError, match="must be a whole number"):
        shipped.draws(count, seed)
