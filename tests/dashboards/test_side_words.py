"""Every state of a side job has its words in both languages, and none of the program's own."""

import errno

import pytest

from dashboards.failures import Reason, reason_of
from dashboards.texts import texts
from dashboards.viewmodels.side import side_words
from experiments.output import OutputError
from model.parameters import ParameterError
from scenarios.loader import ScenarioError

LANGUAGES = ("nl", "en")
BASE = {"done": 3, "total": 9, "seconds": 200.0, "error": "abc", "reason": None, "keeps": False}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_a_job_has_its_words(language):
    said = [side_words({**BASE, "state": state, "reason": Reason.DIED}, 2, language)
            for state in ("waiting", "running", "stopped", "failed")]  # fmt: skip
    assert len(set(said)) == 4 and all(said)
    assert side_words({"state": ""}, 0, language) == ""
    assert "3" in side_words({**BASE, "state": "running"}, 0, language)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_a_failure_is_said_in_both_languages(reason):
    job = {**BASE, "state": "failed", "reason": reason}
    nl, en = (side_words(job, 0, language) for language in LANGUAGES)
    assert "mislukt" in nl and "abc" in nl and "3 van 9" in nl
    assert "failed" in en and "abc" in en and "3 of 9" in en
    assert {f"side.failed.{one}" for one in Reason} == {
        key for key in list(texts("nl").keys()) if key.startswith("side.failed.")
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), Reason.MEMORY),
        (OSError(errno.ENOSPC, "No space left on device"), Reason.SPACE),
        (OutputError("runs/00001 is damaged"), Reason.STORE),
        (ScenarioError("there is no lever 'x'"), Reason.SETTINGS),
        (ParameterError("'x' must be 1 or less"), Reason.SETTINGS),
        (ZeroDivisionError("division by zero"), Reason.UNEXPECTED),
        (OSError(errno.ECONNRESET, "Connection reset"), Reason.UNEXPECTED),
    ],
)
def test_an_error_becomes_a_reason_and_keeps_none_of_its_words(error, reason):
    assert reason_of(error) is reason


def test_what_an_error_came_from_counts_even_where_it_was_hidden():
    with pytest.raises(OutputError) as found:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError:
            raise OutputError("Results cannot be written") from None
    assert reason_of(found.value) is Reason.SPACE


@pytest.mark.parametrize(("keeps", "said"), [(True, "wordt bewaard"), (False, "Opnieuw begint")])
def test_only_what_keeps_its_steps_says_that_they_are_kept(keeps, said):
    assert said in side_words({**BASE, "state": "stopped", "keeps": keeps}, 0, "nl")


def test_one_job_ahead_is_no_plural():
    assert "één andere taak gaat" in side_words({**BASE, "state": "waiting"}, 1, "nl")
    assert "2 other jobs come" in side_words({**BASE, "state": "waiting"}, 2, "en")
