"""A question about a contract that made way for others is asked again: nobody waits for ever."""

from concurrent.futures import Future

import pytest

from dashboards import service
from dashboards.texts import texts


class Busy:
    """An engine that drops the first questions, as where too many wait, and answers the next."""

    workers, active = 1, 0

    def __init__(self, dropped):
        self.asked, self.dropped = 0, dropped

    def kept(self, _):
        return None

    run_of = kept

    def cancel(self, _):
        pass

    def explain(self, *_):
        self.asked += 1
        future = Future()
        if self.asked <= self.dropped:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_result(None)
        return future


@pytest.mark.parametrize("dropped", [0, 2])
def test_a_dropped_question_is_asked_again(dropped, monkeypatch):
    import rendered

    engine = Busy(dropped)
    monkeypatch.setattr(service, "engine", lambda: engine)
    with rendered.Visit("/contract?lang=en&l.bundle_price_factor=0.93") as page:
        assert page.waits_for(texts("en")("contract.nothing")[:30])
    assert engine.asked == dropped + 1
