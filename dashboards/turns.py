"""Whose turn it is: tasks of many runs on few workers."""

from collections import deque

from dashboards.run import Run, State

#: Every how many turns one goes round.
ROUND = 3


class Turns:
    """Runs with tasks to do, and which of them goes next.

    With turns that only go round, everybody ends when the last one ends. With first come, first
    served, a short run waits for a long one. Here two turns of three go to the run nearest its end;
    the third goes round, first along those who have no first answer yet.
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
            return min(self._runs, key=lambda one: (one.total - len(one.parts), one.started))
        early = [one for one in self._runs if one._waiting[0] < one.ask.seeds]
        chosen = (early or self._runs)[0]
        self._runs.remove(chosen)
        self._runs.append(chosen)
        return chosen
