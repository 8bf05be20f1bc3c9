"""Stand-ins for the process of a side job: small, importable, and as stoppable as the real."""

import os
import time

from dashboards.side_work import Told


def quick(pipe, kind, asked):
    told = Told(pipe)
    told.progress(0, 2)
    told.progress(2, 2)
    told.send("done", {"kind": kind, **asked})


def slow(pipe, kind, asked):
    """Counts to a hundred in ten seconds; asked to stop it tells what it has."""
    told = Told(pipe)
    for k in range(100):
        told.progress(k, 100)
        if told.stopping.wait(0.1):
            told.send("partial", {"have": k})
            told.send("stopped", None)
            return
    told.send("done", {"have": 100})


def dies(pipe, kind, asked):
    Told(pipe)
    time.sleep(0.2)
    os._exit(9)


def wrong(pipe, kind, asked):
    told = Told(pipe)
    told.send("failed", "settings")
