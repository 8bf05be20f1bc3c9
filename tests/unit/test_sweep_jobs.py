"""How the runs of a sweep are dealt out in jobs."""

from experiments.sweeps.planned_runs import RunInput
from experiments.sweeps.sweep import _jobs


def test_runs_that_share_a_warm_up_stay_in_one_job():
    """A worker simulates a warm-up once per job, so a job ends where another history begins."""
    runs = [RunInput(f"{seed}-{k}", seed, {}, {"x": k}) for seed in (1, 2) for k in range(5)]
    sizes = [[one.run for one in job.inputs] for job in _jobs(iter(runs), None, (), 2, 25)]
    assert [len(one) for one in sizes] == [5, 5]
    assert [len(job.inputs) for job in _jobs(iter(runs), None, (), 2, 3)] == [3, 2, 3, 2]
    alone = [RunInput(str(seed), seed, {}, {}) for seed in range(7)]
    assert [len(job.inputs) for job in _jobs(iter(alone), None, (), 3, 25)] == [3, 3, 1]
