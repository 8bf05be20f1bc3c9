"""What is drawn once for all: the same piece for the same question, another for another."""

import threading
import time

import pytest

from dashboards import library, shared
from dashboards.result import Result
from dashboards.shared import Shared
from dashboards.view import View
from dashboards.viewmodels import budget, outcomes
from dashboards.viewmodels.shown import shown


@pytest.fixture
def data():
    return library.stored("bundle_flat")["result"]


def test_two_visitors_have_the_very_same_picture(data):
    first = budget.gauge(Result(data), "neutrality", "nl")
    assert budget.gauge(Result(data), "neutrality", "nl") is first
    assert budget.gauge(Result(data), "neutrality", "en") is not first
    assert budget.gauge(Result(data), "entitlement", "nl") is not first


def test_another_result_with_the_same_settings_is_drawn_anew(data):
    first = outcomes.cards(Result(data), "nl")
    again = dict(data)
    again["effects"] = {name: dict(rows) for name, rows in data["effects"].items()}
    row = list(again["effects"]["paramedical_spending"]["all"][0])
    row[2] += 5e6
    again["effects"]["paramedical_spending"]["all"] = [
        row, *data["effects"]["paramedical_spending"]["all"][1:]
    ]  # fmt: skip
    assert outcomes.cards(Result(again), "nl") != first


def test_an_estimate_is_one_for_all_who_moved_the_same(data):
    def seen(price: float):
        view = View(scenario="bundle_flat", levers={"bundle_price_factor": price})
        return shown(view, data, None, None).result

    assert seen(0.9) is seen(0.9)
    assert seen(0.9) is not seen(0.91)


def test_a_piece_is_made_once_though_many_ask_at_the_same_time():
    pieces, made = Shared(), []

    def make():
        time.sleep(0.05)
        made.append(1)
        return object()

    got = []
    asking = [
        threading.Thread(target=lambda: got.append(pieces.get("a", (), make))) for _ in range(8)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(made) == 1 and len({id(one) for one in got}) == 1 and len(got) == 8


def test_pieces_take_no_more_than_they_may_and_the_oldest_go():
    pieces = Shared(most_bytes=33_000)
    for name in "abcad":
        pieces.get(name, (), lambda name=name: name * 10_000)
    assert len(pieces) == 3 and 30_000 < pieces.bytes <= 33_000
    made = []
    for name in "acdb":
        pieces.get(name, (), lambda name=name: made.append(name) or name * 10_000)
    assert made == ["b"]  # it was the oldest when the fourth came


def test_what_fails_is_tried_again():
    pieces = Shared()
    with pytest.raises(ZeroDivisionError):
        pieces.get("a", (), lambda: 1 / 0)
    assert not pieces._coming and len(pieces) == 0
    assert pieces.get("a", (), lambda: 7) == 7


def test_a_key_names_what_it_holds():
    """A dictionary is known by its place, so it must live as long as the piece."""

    @shared.shared
    def count(rows):
        return len(rows)

    assert [count({str(k): k for k in range(n)}) for n in range(1, 30)] == list(range(1, 30))
