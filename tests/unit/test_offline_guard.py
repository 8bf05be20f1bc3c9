"""The guard against other hosts can fail, and lets this machine be."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import outside
import pytest


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "2001:db8::1"])
def test_other_hosts_are_refused_and_remembered(host):
    with pytest.raises(OSError, match="another host"):
        socket.create_connection((host, 80), timeout=0.2)
    assert outside.seen and host in outside.seen[0]
    outside.seen.clear()


def test_this_machine_is_not_another_host():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(server.getsockname(), timeout=2).close()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=2).close()
    assert outside.seen == []


def test_processes_that_a_server_starts_are_watched_too():
    code = "import socket; socket.getaddrinfo('example.org', 80)"
    folder = Path(outside.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0 and f"{outside.MARK} socket.getaddrinfo" in done.stderr
