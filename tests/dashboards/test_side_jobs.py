"""Side jobs: one at a time, joined by others who ask the same, stopped when nobody waits."""

import multiprocessing
import time

import pytest
import side_fakes

from dashboards.failures import Reason
from dashboards.side_jobs import SideJobs


@pytest.fixture
def make():
    made = []

    def build(work, **options):
        jobs = SideJobs("test", work, **options)
        made.append(jobs)
        return jobs

    yield build
    for jobs in made:
        jobs.close()


def until(check, seconds=60.0):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_a_job_comes_back_with_its_result_and_equal_asks_are_one(make):
    jobs = make(side_fakes.quick)
    one = jobs.request("oversight", {"a": 1}, "anna")
    assert jobs.request("oversight", {"a": 1}, "bert") is one
    assert one.wait(60) == "done"
    assert one.result == {"kind": "oversight", "a": 1}
    assert (one.done, one.total) == (2, 2)
    assert jobs.find("oversight", {"a": 1}) is one
    assert jobs.find("oversight", {"a": 2}) is None


def test_jobs_wait_their_turn_and_know_their_place(make):
    jobs = make(side_fakes.slow, most=2)
    first, second, third = (jobs.request("sweep", {"n": n}, f"v{n}") for n in range(3))
    assert (first.state, second.state, third.state) == ("running", "waiting", "waiting")
    assert (jobs.place(second), jobs.place(third)) == (1, 2)
    assert jobs.request("sweep", {"n": 3}, "v3") is None  # the queue is full
    jobs.stop(second, "v1")
    assert second.state == "stopped" and jobs.place(third) == 1
    jobs.stop(first, "v0")
    assert first.wait(60) == "stopped"
    until(lambda: third.state == "running")


def test_a_sweep_that_is_stopped_keeps_what_it_has_and_goes_on(make):
    jobs = make(side_fakes.slow)
    job = jobs.request("sweep", {}, "anna")
    until(lambda: job.done >= 2)
    jobs.stop(job, "anna")
    assert job.wait(60) == "stopped"
    assert job.result["have"] >= 2
    again = jobs.request("sweep", {}, "anna")
    assert again is not job and again.result == job.result and again.state == "running"


def test_others_who_wait_for_it_keep_it_going(make):
    jobs = make(side_fakes.slow)
    job = jobs.request("sweep", {}, "anna")
    jobs.request("sweep", {}, "bert")
    jobs.stop(job, "anna")
    assert job.state == "running"
    jobs.leave("bert")
    assert job.wait(60) == "stopped"


def test_what_keeps_nothing_is_ended_at_once(make):
    jobs = make(side_fakes.slow)
    job = jobs.request("oversight", {}, "anna")
    until(lambda: job.done >= 1)
    begun = time.monotonic()
    jobs.drop(job, "anna")
    assert job.wait(60) == "stopped"
    assert time.monotonic() - begun < 5.0
    until(lambda: not multiprocessing.active_children())


@pytest.mark.parametrize(
    ("work", "reason"), [(side_fakes.dies, Reason.DIED), (side_fakes.wrong, Reason.SETTINGS)]
)
def test_a_job_that_fails_says_why_and_can_be_tried_again(make, work, reason):
    jobs = make(work)
    job = jobs.request("report", {}, "anna")
    assert job.wait(60) == "failed"
    assert (job.reason, job.error) == (reason, job.key[:8])
    assert jobs.request("report", {}, "anna") is not job


def test_results_take_no_more_than_they_may_and_the_oldest_go(make):
    jobs = make(side_fakes.quick, most_bytes=50_000)
    for n in range(5):
        assert jobs.request("report", {"n": n, "text": "x" * 20_000}, "anna").wait(60) == "done"
    kept = [n for n in range(5) if jobs.find("report", {"n": n, "text": "x" * 20_000})]
    assert kept == [3, 4]


def test_a_result_that_is_larger_than_all_may_be_is_still_seen(make):
    jobs = make(side_fakes.quick, most_bytes=1_000)
    job = jobs.request("report", {"text": "x" * 20_000}, "anna")
    assert job.wait(60) == "done"
    assert jobs.find("report", {"text": "x" * 20_000}) is job
