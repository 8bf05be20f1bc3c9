"""The judge: runs, for every mutant, the tests that call the function it is in.

A pytest plugin. Tests are collected once; then each is run alone in a forked copy of the process,
to see whether it passes uncompiled, how long it takes and which functions it calls; then each
mutant is judged in a forked copy in which the code of its function has been swapped. Nothing of a
mutant outlives its process, and no cache of an earlier test hides it.
"""

import gc
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from .mutants import ROOT, Mutant, code_of

#: Two cores are common; more at once gains nothing on them.
AT_ONCE = 2
#: A mutant for which all tests together take longer than this has most likely no end: it is found.
LONGEST_MUTANT = 60.0
#: Tests are run until one fails, the quickest first, as long as they together stay below this.
BUDGET = 8.0

_TOOL = sys.monitoring.COVERAGE_ID


@dataclass
class Judge:
    """Judges mutants within a pytest session.

    Attributes:
        modules: Paths below the root whose functions are watched.
        mutants: What to judge.
        told: Called with each mutant and what came of it: "killed by ...", "survived", "no test".
        longest_test: A test that takes longer alone, in seconds, judges nothing.
        known: File that keeps the baseline for the same code and tests: alone it takes minutes.
        baseline: By test: seconds and functions called; None for a test that fails or takes long.
    """

    modules: tuple[str, ...]
    mutants: Iterable[Mutant]
    told: Callable[[Mutant, str], None]
    longest_test: float
    known: Path
    baseline: dict[str, dict | None] = field(default_factory=dict)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge instead of testing."""
        self.items = {item.nodeid: item for item in session.items}
        gc.unfreeze()  # what the round before froze would not be found
        self.functions = _functions_of(self.modules)
        gc.collect()
        gc.freeze()  # forked copies then share the memory
        if self.known.exists():
            kept = json.loads(self.known.read_text(encoding="utf-8"))
            self.baseline = {name: kept[name] for name in self.items if name in kept}
        left = [name for name in self.items if name not in self.baseline]
        for name, found in _forked(left, self._try_alone, self.longest_test):
            self.baseline[name] = json.loads(found) if found.startswith(("{", "null")) else None
        self.known.parent.mkdir(parents=True, exist_ok=True)
        self.known.write_text(json.dumps(self.baseline), encoding="utf-8")
        useless = sum(one is None for one in self.baseline.values())
        print(f"{len(self.baseline)} tests, of which {useless} fail uncompiled or take long")
        for mutant, verdict in _forked(self.mutants, self._judge, LONGEST_MUTANT):
            self.told(mutant, verdict or "error: no answer")
        return True

    def _try_alone(self, name: str) -> str:
        """Run one test; return its seconds and the functions it calls, as JSON."""
        files = {str(ROOT / module): module for module in self.modules}
        called: set[str] = set()

        def note(code: CodeType, _: int) -> object:
            if code.co_filename in files:
                called.add(f"{files[code.co_filename]}:{code.co_qualname.split('.<locals>')[0]}")
            return sys.monitoring.DISABLE

        sys.monitoring.use_tool_id(_TOOL, "judge")
        sys.monitoring.register_callback(_TOOL, sys.monitoring.events.PY_START, note)
        sys.monitoring.set_events(_TOOL, sys.monitoring.events.PY_START)
        start = time.process_time()
        passed = _passes(self.items[name])
        seconds = time.process_time() - start
        return json.dumps({"s": seconds, "calls": sorted(called)} if passed else None)

    def _judge(self, mutant: Mutant) -> str:
        """Swap the code, run the tests that call it, and return the verdict."""
        place = f"{mutant.module}:{mutant.function}"
        known = {name: one for name in self.items if (one := self.baseline[name]) is not None}
        tests = sorted((name for name in known if place in known[name]["calls"]),
                       key=lambda name: known[name]["s"])  # fmt: skip
        if not tests:
            return "no test"
        code = code_of(mutant.source, mutant.module, mutant.function)
        for function in self.functions[place]:
            function.__code__ = code
        spent = 0.0
        for name in tests:
            spent += known[name]["s"]
            if spent > BUDGET:
                break
            if not _passes(self.items[name]):
                return f"killed by {name}"
        return "survived"


def _functions_of(modules: tuple[str, ...]) -> dict[str, list[FunctionType]]:
    """Return the living functions of the modules, by module and qualified name."""
    files = {str(ROOT / module): module for module in modules}
    out: dict[str, list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in files:
            place = f"{files[one.__code__.co_filename]}:{one.__code__.co_qualname}"
            out.setdefault(place, []).append(one)
    return out


def _passes(item: pytest.Item) -> bool:
    """Run one test with its fixtures; return whether nothing failed."""
    from _pytest.runner import runtestprotocol

    item._initrequest()  # as if it were run for the first time
    reports = runtestprotocol(item, log=False, nextitem=None)
    return all(report.outcome != "failed" for report in reports)


def _forked[T](
    tasks: Iterable[T], work: Callable[[T], str], longest: float
) -> Iterator[tuple[T, str]]:
    """Do each task in a copy of this process; yield it with what it answered.

    A copy that runs longer than ``longest`` seconds of its own processor time is "killed by the
    clock". One that fails answers "error" and why, which is no verdict.
    """
    waiting, running = iter(tasks), {}
    while True:
        while len(running) < AT_ONCE:
            try:
                task = next(waiting)
            except StopIteration:
                break
            running.update(_start(task, work, longest))
        if not running:
            return
        for pipe in select.select(list(running), [], [])[0]:
            task, process, parts = running[pipe]
            part = os.read(pipe, 1 << 16)
            parts.append(part)
            if not part:
                os.close(pipe)
                ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
                del running[pipe]
                answer = b"".join(parts).decode()
                yield task, "killed by the clock" if ended == -signal.SIGPROF else answer


def _start[T](task: T, work: Callable[[T], str], longest: float) -> dict:
    """Fork; the copy writes its answer into a pipe and ends."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return {reading: (task, process, [])}
    try:
        os.close(reading)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        signal.setitimer(signal.ITIMER_PROF, longest)  # its own time: the machine may be busy
        try:
            answer = work(task).encode()
        except BaseException as error:  # a fault of the judge must never look like a find
            answer = f"error {error!r}".encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        while answer:
            answer = answer[os.write(writing, answer) :]
    finally:
        os._exit(0)


def tests_of(root: Path, patterns: list[str]) -> list[str]:
    """Return the test files that judge, by glob pattern below the root, each once."""
    found = {str(path.relative_to(root)) for glob in patterns for path in root.glob(glob)}
    return sorted(found)
