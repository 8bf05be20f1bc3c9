"""Whose turn it is: tasks of many runs on few workers."""

from collections import deque

from dashboards.run import Run, State

#: Every how many turns one is for first answers.
ROUND = 3


class Turns:
    """Runs with tasks to do, and which of them goes next.

    With turns that only go round, everybody ends when the last one ends. With first come, first
    served, a short run waits for a long one. Here two turns of three go to the run nearest its end.
    The third is for first answers: by turns to the run nearest its own, so that they come one after
    the other from the start, and going round, so that nobody waits for somebody's hundred.
    """

    def __init__(self) -> None:
        self._runs: deque[Run] = deque()
        self._count = 0

    def add(self, run: Run) -> None:
        """Take a run in, at the end of the round; not twice."""
        if not any(one is run for one in self._runs):
            self._runs.append(run)

    def next(self) -> Run | None:
        """Return the run whose first waiting task is to be done now; None if there is none."""
        self._runs = deque(one for one in self._runs if one.state is State.RUNNING and
                           one._waiting)  # fmt: skip
        if not self._runs:
            return None
        self._count += 1
        if self._count % ROUND:
            return min(self._runs, key=lambda one: (len(one._waiting), one.started))
        early = [one for one in self._runs if one._waiting[0] < one.ask.seeds]
        if early and self._count // ROUND % 2:
            return min(early, key=lambda one: (one.ask.seeds - one._waiting[0], one.started))
        chosen = (early or self._runs)[0]
        self._runs.remove(chosen)
        self._runs.append(chosen)
        return chosen
