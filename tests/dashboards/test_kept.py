"""What a server keeps has an end in bytes, whatever is asked of it."""

import random
import statistics
import sys
import threading
import tracemalloc

import pytest

from dashboards import library, shared
from dashboards.kept import Kept, size_of
from dashboards.kept_results import KeptResults, pack, unpack
from dashboards.pages import outcomes as page
from dashboards.view import View
from dashboards.viewmodels import budget, outcomes
from dashboards.viewmodels.shown import shown


@pytest.fixture
def result():
    return library.stored("bundle_flat")["result"]


def test_what_was_used_longest_ago_goes_first():
    kept = Kept(30)
    for name in "abc":
        kept.put(name, name.upper(), 10)
    assert kept.get("a") == "A"  # used: b is now the oldest
    kept.put("d", "D", 10)
    assert [name for name in "abcd" if name in kept] == ["a", "c", "d"]
    assert kept.get("b") is None
    assert (len(kept), kept.bytes) == (3, 30)


def test_the_limit_holds_for_large_and_small_things_alike():
    kept, luck = Kept(10_000), random.Random(3)
    for k in range(2_000):
        kept.put(luck.randrange(300), bytes(1), luck.choice((1, 40, 900, 5_000)))
        assert kept.bytes <= 10_000
        assert kept.bytes == sum(size for _, size in kept._things.values())
        if k % 7 == 0:
            kept.drop(luck.randrange(300))


def test_something_in_place_of_something_counts_once():
    kept = Kept(100)
    kept.put("a", "short", 5)
    kept.put("a", "longer", 60)
    assert (kept.get("a"), kept.bytes, len(kept)) == ("longer", 60, 1)
    kept.drop("a")
    assert (kept.bytes, len(kept)) == (0, 0)


def test_what_is_too_large_for_all_is_kept_until_the_next_comes():
    kept = Kept(10)
    kept.put("small", 1, 5)
    kept.put("large", 2, 50)
    assert kept.get("large") == 2 and "small" not in kept
    kept.put("next", 3, 5)
    assert "large" not in kept and kept.bytes == 5


def test_sizes_are_those_of_everything_in_it_and_nothing_twice(result):
    text = "x" * 10_000
    assert size_of([text, text]) == sys.getsizeof(text) + sys.getsizeof([1, 2])
    found = shown(View(), result, None, None).result
    figure = outcomes.groups_figure(found, "disease_burden_ccq", "nl")
    told = sum(len(cell) for row in figure.rows for cell in row)
    assert told < size_of(figure) < len(figure.wide + figure.narrow)  # its picture is not kept
    packed, copies, real = pack(result), [], []
    tracemalloc.start()
    try:
        for _ in range(5):  # threads of other tests may take something in between
            before = tracemalloc.get_traced_memory()[0]
            copies.append(unpack(packed))
            real.append(tracemalloc.get_traced_memory()[0] - before)
    finally:
        tracemalloc.stop()
    assert size_of(copies[0]) == pytest.approx(statistics.median(real), rel=0.1)


def test_a_packed_result_is_equal_to_the_last_digit(result):
    exact = {"third": 1.0 / 3.0, "none": None, "words": "Zorgbundel: € 1,2 mln", "rows": [[1, 2.5]]}
    assert unpack(pack(exact)) == exact
    packed = pack(result)
    assert unpack(packed) == result
    assert len(packed) < size_of(result) / 5


def test_results_come_back_as_the_same_object_while_open_and_equal_afterwards(result):
    results = KeptResults(most_packed=1_000_000, most_open=2 * size_of(result))
    packed = pack(result)
    for k in range(6):
        results.put(str(k), packed)
    first = results.get("0")
    assert results.get("0") is first
    for k in range(1, 6):
        results.get(str(k))
    assert results.get("0") == first and results.get("0") is not first
    assert results.bytes <= 6 * len(packed) + 2 * size_of(result)


def test_many_results_take_no_more_than_they_may(result):
    packed = pack(result)
    results = KeptResults(most_packed=10 * len(packed), most_open=300_000)
    for k in range(40):
        results.put(str(k), packed)
        assert results.get(str(k)) == result
    assert results.bytes <= 10 * len(packed) + 300_000
    assert len(results) == 10 and "39" in results and "29" not in results
    assert results.get("29") is None


def test_twenty_who_look_at_the_same_moment_have_the_same_object(result):
    results, found = KeptResults(), []
    results.put("a", pack(result))
    looking = [threading.Thread(target=lambda: found.append(results.get("a"))) for _ in range(20)]
    for one in looking:
        one.start()
    for one in looking:
        one.join()
    assert len(found) == 20 and len({id(one) for one in found}) == 1


def test_a_lever_moved_everywhere_leaves_memory_level(result, monkeypatch):
    """Every position has an estimate and pictures of its own; the oldest must really go."""
    monkeypatch.setattr(shared, "PIECES", shared.Shared(1_500_000))
    levels = []
    tracemalloc.start()
    try:
        for k in range(45):
            view = View(scenario="bundle_flat", levers={"bundle_price_factor": 0.81 + 0.001 * k})
            found = shown(view, result, None, None).result
            outcomes.cards(found, "nl")
            budget.gauge(found, "neutrality", "nl")
            outcomes.groups_figure(found, "disease_burden_ccq", "nl")
            page._everything(found, "nl")
            assert shared.PIECES.bytes <= 1_500_000
            if k % 15 == 14:
                del found
                levels.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert len(shared.PIECES) > 10
    assert levels[2] < 1.05 * levels[1] and levels[2] < 4_000_000
