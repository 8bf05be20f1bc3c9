"""A server of the dashboard in a process of its own, as a user starts it, with its costs."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from experiments.output import OutputError

ROOT = Path(__file__).resolve().parents[1]


class RunningServer:
    """A server, from start to stop.

    Args:
        arguments: Further arguments of ``zorgbundel dashboard``.
        environment: Further environment.
        patience: Seconds it may take to start.

    Attributes:
        address: Where it listens, without a root path.
        seconds: From the start of the process until it was ready.

    Raises:
        OutputError: It did not start.
    """

    def __init__(
        self, *arguments: str, environment: dict[str, str] | None = None, patience: float = 120.0
    ) -> None:
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        # A pipe that nobody reads would stop the server.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        code = "from experiments.cli import main; main()"
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, "dashboard", "--port", str(port),
             *arguments],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            stdout=subprocess.DEVNULL, stderr=self._log,
        )  # fmt: skip
        while True:
            try:
                with urlopen(f"{self.address}/readyz", timeout=2):
                    break
            except (URLError, OSError):
                if self.process.poll() is not None or time.monotonic() - begun > patience:
                    self.stop()
                    raise OutputError(f"the dashboard did not start: {self.log()[-300:]}") from None
                time.sleep(0.02)
        self.seconds = time.monotonic() - begun

    def log(self) -> str:
        """Return what it wrote."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    @property
    def memory_mb(self) -> float:
        """Resident memory of the main process, MB of 10^6 bytes."""
        import psutil

        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def workers_cpu(self) -> float:
        """Return the CPU seconds that its worker processes have used."""
        import psutil

        used = 0.0
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                times = child.cpu_times()
            except psutil.Error:
                continue
            used += times.user + times.system
        return used

    def idle_within(self, seconds: float) -> float:
        """Return after how many seconds the workers rest; ``seconds`` if they do not by then."""
        begun = time.monotonic()
        before, quiet_since = self.workers_cpu(), begun
        while (now := time.monotonic()) - begun < seconds:
            time.sleep(0.1)
            used = self.workers_cpu()
            if used - before > 0.02:
                before, quiet_since = used, time.monotonic()
            elif now - quiet_since > 0.5:
                return quiet_since - begun
        return seconds

    def stop(self) -> None:
        """Stop it, kindly first."""
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> "RunningServer":
        """Return the server."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop it."""
        self.stop()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
