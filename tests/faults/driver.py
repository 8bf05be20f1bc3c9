"""``zorgbundel`` with something that goes wrong on purpose, in the parent and in its workers.

Workers of a pool run this file again before they start, and those of a cluster load it with
``--preload``, so what is changed here holds in them too. Which fault is read from FAULT:

- ``raise``: a world of the policy with seed 2 raises in its third policy year;
- ``die``: a process that runs a world with seed 2 kills itself;
- ``die_once``: so does the first that does (FAULT_MARK is a file that says it has happened);
- ``slow``: every world takes longer (FAULT_SECONDS), so that there is time to do harm.
"""

import os
import signal
import time
from pathlib import Path

from model.simulation import World

FAULT = os.environ.get("FAULT", "")
# Dask loads a preloaded file twice: the second time World.run is the faulty one already.
_run = World.undisturbed = getattr(World, "undisturbed", World.run)


def _faulty(world: World, until_month: int | None = None) -> World:
    # Once a world, not once a month: a history begins in month 0, a policy where it parts from it.
    if FAULT == "slow" and world.month in (0, world.policy_month):
        time.sleep(float(os.environ["FAULT_SECONDS"]))
    if FAULT == "raise" and world.seed == 2 and world.policy.offers_contract:
        _run(world, world.policy_month + 24)
        raise ZeroDivisionError("on purpose")
    if FAULT == "die" and world.seed == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if FAULT == "die_once" and world.seed == 2 and not Path(os.environ["FAULT_MARK"]).exists():
        Path(os.environ["FAULT_MARK"]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return _run(world, until_month)


if FAULT:
    World.run = _faulty

if __name__ == "__main__":
    from experiments.cli import main

    main()
