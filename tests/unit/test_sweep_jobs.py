"""How the runs of a sweep are dealt out in jobs."""

from types import SimpleNamespace

from experiments.sweeps.planned_runs import RunInput
from experiments.sweeps.sweep import CHUNKS_EACH, _jobs


def _sizes(runs, workers, most):
    work = SimpleNamespace(count=workers, most_in_chunk=most)
    return [len(job.inputs) for job in _jobs(iter(runs), None, (), len(runs), work)]


def test_runs_that_share_a_warm_up_stay_in_one_job():
    """A worker simulates a warm-up once per job, so a job ends where another history begins."""
    runs = [RunInput(f"{seed}-{k}", seed, {}, {"x": k}) for seed in (1, 2) for k in range(5)]
    assert _sizes(runs, 1, 25) == [5, 5]
    assert _sizes(runs, 1, 3) == [3, 2, 3, 2]


def test_jobs_get_smaller_so_that_no_worker_is_the_last_for_long():
    runs = [RunInput(str(seed), seed, {}, {}) for seed in range(1000)]
    sizes = _sizes(runs, 2, 25)
    assert sum(sizes) == len(runs)
    assert sizes[0] == 25 and sizes[-1] == 1
    assert sizes == sorted(sizes, reverse=True)
    left = len(runs)
    for size in sizes:
        assert size == max(1, min(25, left // (2 * CHUNKS_EACH)))
        left -= size
    assert len(sizes) < 80, "more files than needed"
