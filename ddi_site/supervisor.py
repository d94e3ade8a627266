"""Everything one machine needs, in one process tree: Redis, a worker and the web server."""

from __future__ import annotations

import fcntl
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from ddi_site import embedded_redis, processes

WEB_PROCESSES = 2  # one answers while the other holds the interpreter; SQLite takes one writer at a time anyway
WEB_THREADS = 4
SECONDS_TO_STOP = 3.0
SECONDS_TO_ANSWER = 30


class AlreadyServed(Exception):
    """Another `serve` or `demo` uses this `var/` folder."""


class PortTaken(Exception):
    """Another program listens on the port."""


class ServerDidNotStart(Exception):
    """The web server did not answer in time; its log says why."""


@contextmanager
def sole_use(var: Path) -> Iterator[None]:
    """Hold the folder for one process tree. Raises AlreadyServed with the URL of the one that has it."""
    with (var / "served").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise AlreadyServed(f"This folder is being served already: {file.read().strip() or 'starting'}.") from error
        yield


def free_port(wanted: int, *, attempts: int = 1) -> int:
    """The first port from `wanted` on that nobody listens on. Raises PortTaken after `attempts` of them."""
    for port in range(wanted, wanted + attempts):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise PortTaken(f"Port {wanted} is taken; name another with --port.")


@dataclass(slots=True)
class Supervisor:
    """Starts the parts, starts a part again that ends, and stops all of them in order."""

    var: Path
    port: int
    starters: dict[str, Callable[[], subprocess.Popen[bytes]]] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start Redis (unless an outside one is set), a worker and the web server, and wait for the last."""
        logs = self.var / "logs"
        logs.mkdir(exist_ok=True)
        if settings.DDI_REDIS_EMBEDDED:
            self.starters["redis"] = lambda: embedded_redis.start(self.var, settings.RQ_REDIS_URL)
        self.starters["worker"] = lambda: processes.start(
            [sys.executable, settings.BASE_DIR / "manage.py", "work"], log=logs / "worker.log"
        )
        self.starters["web"] = lambda: processes.start(
            [
                sys.executable, "-m", "gunicorn", "ddi_site.wsgi:application", "--chdir", settings.BASE_DIR,
                "--bind", f"127.0.0.1:{self.port}", "--threads", str(WEB_THREADS), "--workers", str(WEB_PROCESSES),
                "--graceful-timeout", "2", "--no-control-socket",
            ],
            log=logs / "web.log",
        )  # fmt: skip
        for name, starter in self.starters.items():
            self.running[name] = starter()
        (self.var / "served").write_text(self.url)
        self._wait_for_web(logs / "web.log")

    def _wait_for_web(self, log: Path) -> None:
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while time.monotonic() < deadline and self.running["web"].poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise ServerDidNotStart(f"The web server did not start; its log is {log}.")

    def keep_up(self) -> list[str]:
        """Start again what has ended; returns the names of those parts."""
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        for name in ended:
            self.running[name] = self.starters[name]()
        return ended

    def stop(self) -> None:
        """Stop the web server first, then the worker, then Redis."""
        for name in ("web", "worker", "redis"):
            if process := self.running.pop(name, None):
                processes.stop(process, patience=SECONDS_TO_STOP)
