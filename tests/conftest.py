"""Puts this folder on the path, so that every test can import what tests share.

No test may ask anything of another host; a test that does fails (``tests/offline``).
"""

import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "offline"))
import outside

outside.guard()

# A shell that starts tests in the background lets them ignore Ctrl-C, and all that they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nothing_asked_of_other_hosts():
    outside.seen.clear()
    yield
    assert outside.seen == []
