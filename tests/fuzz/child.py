"""The process in which readers get spoiled input: limited in memory and time, watched in all else.

``python -m tests.fuzz.child FOLDER SEED COUNT [READER ...]`` prints one JSON document: how many
inputs each reader got and everything it did wrong.
"""

import json
import math
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

SECONDS = 2.0  # that one input may take of the processor
PATIENCE = 30.0  # seconds by the clock after which an input hangs, on however busy a machine
MEGABYTE = 1_000_000
MEMORY = 500 * MEGABYTE

#: What no reader has any business doing.
NEVER = {
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.forkpty", "socket.connect", "pickle.find_class", "ctypes.dlopen",
}  # fmt: skip
#: Changes to files, and where the paths are among the arguments.
CHANGES = {
    "os.rename": 2, "os.remove": 1, "os.mkdir": 1, "os.rmdir": 1, "os.symlink": 2, "os.link": 2,
    "os.truncate": 1, "os.chmod": 1, "os.chown": 1, "shutil.rmtree": 1, "shutil.move": 2,
    "shutil.copyfile": 2,
}  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class TooSlow(BaseException):
    """An input keeps a reader busy; no reader can catch this by accident."""


class Watch:
    """Notes what is done outside the folder, through Python's own audit hook."""

    def __init__(self, folder: Path) -> None:
        self.folder = os.path.realpath(folder)
        self.seen: list[str] = []
        self.on = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in NEVER:
            self.seen.append(f"{event} {arguments[:2]!r:.200}")
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
            self._check(event, arguments[0])
        elif event in CHANGES:
            for path in arguments[: CHANGES[event]]:
                self._check(event, _from_folder(path, arguments))

    def _check(self, event: str, path: Any) -> None:
        if isinstance(path, int) or path in ("/dev/null", b"/dev/null"):
            return
        real = os.path.realpath(os.fsdecode(path))
        if real != self.folder and not real.startswith(self.folder + os.sep):
            self.seen.append(f"{event} {real}")


def _from_folder(path: Any, arguments: tuple[Any, ...]) -> Any:
    """Return a path in full when it was given with an open folder (as in clearing a folder)."""
    opened = arguments[-1]
    if isinstance(path, int) or not isinstance(opened, int) or opened < 0 or len(arguments) != 2:
        return path
    return os.path.join(os.readlink(f"/proc/self/fd/{opened}"), os.fsdecode(path))


def limit_resources() -> None:
    """Allow 500 MB more than there is now, small files only, and no core dumps."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (20 * MEGABYTE, 20 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def too_slow(number: int, frame: Any) -> None:
    raise TooSlow


def peak() -> int:
    """Return the most memory this process ever had, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def try_one(reader: Any, folder: Path, raw: bytes, sentences: tuple[type, ...]) -> tuple[str, str]:
    """Return how a reader took an input ("read", "refused" or "failed"), and what it did wrong."""
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        reader.read(folder, raw)
        result = ("read", "")
    except sentences as error:
        said = " ".join(str(error).split())
        fit = said and len(said) < 1_200
        result = ("refused", "") if fit else ("failed", f"no sentence: {said:.200}")
    except TooSlow:
        result = ("failed", f"took more than {SECONDS:g} s")
    except BaseException as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        result = ("failed", f"{type(error).__name__}: {error!s:.200} ({at.name}, {at.lineno})")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    if result[0] != "failed" and time.process_time() - start > SECONDS:
        return ("failed", "took too long")
    return result


def main(folder: Path, seed: int, count: int, names: list[str]) -> dict[str, Any]:
    """Try all readers and report."""
    from tests.fuzz.every_reader import READERS, SENTENCES
    from tests.fuzz.mangling import hostile

    chosen = [one for one in READERS if not names or one.name in names]
    total = sum(one.share for one in chosen)
    watch = Watch(folder)
    tempfile.tempdir = str(folder)  # what a reader puts aside is looked at like everything else
    sys.addaudithook(watch)
    for one in chosen:  # good input must be read, or the rest would prove nothing
        for raw in one.good:
            try:
                one.read(folder, raw)
            except SENTENCES as error:
                if one.name != "search":  # the search of another design is refused
                    raise AssertionError(f"{one.name}: {error}") from error
    limit_resources()
    signal.signal(signal.SIGPROF, too_slow)
    signal.signal(signal.SIGALRM, too_slow)
    before = peak()
    report: dict[str, Any] = {"readers": {}, "failures": []}
    worst = hostile()
    for one in chosen:
        luck = random.Random(f"{one.name} {seed}")
        wanted = math.ceil(count * one.share / total)
        if seed == 0:  # which begins with every file made to harm
            wanted = max(wanted, len(worst))
        counts = {"inputs": 0, "read": 0, "refused": 0, "failed": 0, "slowest_ms": 0.0}
        cases = iter(worst.items())
        while counts["inputs"] < wanted:
            what, raw = next(cases, ("", b"")) if seed == 0 else ("", b"")
            if not what:
                what = f"seed {seed}, input {counts['inputs']}"
                raw = one.spoil(luck.choice(one.good), one.good, luck)
            watch.on = True
            start = time.process_time()
            how, wrong = try_one(one, folder, raw, SENTENCES)
            counts["slowest_ms"] = max(counts["slowest_ms"], 1e3 * (time.process_time() - start))
            watch.on = False
            counts["inputs"] += 1
            counts[how] += 1
            wrongs = [wrong] if wrong else []
            wrongs += watch.seen
            if peak() - before > MEMORY:
                wrongs.append(f"memory grew to {peak() / MEGABYTE:.0f} MB")
                before = peak()
            watch.seen.clear()
            for each in wrongs:
                report["failures"].append(
                    {"reader": one.name, "what": what, "wrong": each, "input": repr(raw[:300])}
                )
        report["readers"][one.name] = counts
    report["inputs"] = sum(one["inputs"] for one in report["readers"].values())
    report["peak_mb"] = peak() / MEGABYTE
    report["grew_mb"] = (peak() - before) / MEGABYTE
    return report


if __name__ == "__main__":
    place, seed, count, *names = sys.argv[1:]
    print(json.dumps(main(Path(place), int(seed), int(count), names)))
