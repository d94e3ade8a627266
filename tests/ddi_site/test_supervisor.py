"""One process tree for one folder: it starts, keeps up and stops its parts, and takes them with it when killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from ddi_site import processes
from ddi_site.embedded_redis import answers
from ddi_site.environment import redis_url
from ddi_site.supervisor import AlreadyServed, PortTaken, Supervisor, free_port, sole_use


def sleeper(seconds: float = 60) -> subprocess.Popen[bytes]:
    return processes.start([sys.executable, "-c", f"import time; time.sleep({seconds})"])


def supervisor(var: Path, starters: dict[str, Callable[[], subprocess.Popen[bytes]]]) -> Supervisor:
    made = Supervisor(var, 8000, starters)
    made.running = {name: starter() for name, starter in starters.items()}
    return made


def test_what_has_ended_is_started_again_and_the_rest_left_alone(tmp_path: Path) -> None:
    keeping = supervisor(tmp_path, {"redis": sleeper, "worker": sleeper})
    try:
        assert keeping.keep_up() == []
        redis, worker = keeping.running["redis"], keeping.running["worker"]
        worker.kill()
        worker.wait()
        assert keeping.keep_up() == ["worker"]
        assert keeping.running["worker"].poll() is None
        assert keeping.running["redis"] is redis
    finally:
        keeping.stop()


def test_parts_are_stopped_web_first_and_redis_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping = supervisor(tmp_path, {"redis": sleeper, "worker": sleeper, "web": sleeper})
    names = {process.pid: name for name, process in keeping.running.items()}
    stopped: list[str] = []
    stop = processes.stop

    def note(process: subprocess.Popen[bytes], *, patience: float) -> None:
        stopped.append(names[process.pid])
        stop(process, patience=patience)
        assert process.poll() is not None

    monkeypatch.setattr(processes, "stop", note)
    keeping.stop()
    assert stopped == ["web", "worker", "redis"]
    keeping.stop()
    assert len(stopped) == 3


def test_a_folder_is_served_once_and_the_second_is_told_where(tmp_path: Path) -> None:
    with sole_use(tmp_path):
        with pytest.raises(AlreadyServed, match="served already: starting"), sole_use(tmp_path):
            pytest.fail("twice")
        (tmp_path / "served").write_text("http://127.0.0.1:8123/")
        with pytest.raises(AlreadyServed, match=r"served already: http://127\.0\.0\.1:8123/\."), sole_use(tmp_path):
            pytest.fail("twice")
    with sole_use(tmp_path):
        pass


def test_a_taken_port_is_passed_over_or_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port, attempts=20) in range(port + 1, port + 20)
        with pytest.raises(PortTaken, match=f"Port {port} is taken; name another with --port"):
            free_port(port)


def serve(var: Path) -> tuple[subprocess.Popen[str], str]:
    """`manage.py serve` of a folder, and the URL it prints once it answers."""
    environment = {name: value for name, value in os.environ.items() if name != "DDI_DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "serve", "--port", str(free_port(18_400, attempts=200))],
        cwd=settings.BASE_DIR, env=environment | {"DDI_VAR": str(var)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line + process.stdout.read()
    return process, found.group()


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def responds(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=20)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_served_folder_comes_up_heals_and_goes_down_whole(tmp_path: Path) -> None:
    process, url = serve(tmp_path)
    try:
        assert responds(url)
        assert answers(redis_url(tmp_path))
        parts = children(process.pid)
        assert len(parts) == 3
        second = subprocess.run(
            [sys.executable, "manage.py", "serve"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
            env={**os.environ, "DDI_VAR": str(tmp_path)},
        )  # fmt: skip
        assert second.returncode == 1
        assert f"served already: {url}" in second.stderr
        os.kill(parts[1], signal.SIGKILL)
        assert eventually(lambda: len(set(children(process.pid)) - set(parts)) == 1)
        assert process.stdout is not None
        assert process.stdout.readline() == "the worker process had ended and was started again\n"
        parts = children(process.pid)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in parts)
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent has ended")
def test_a_killed_tree_leaves_nothing_running_and_is_served_again(tmp_path: Path) -> None:
    for _ in range(2):
        process, url = serve(tmp_path)
        try:
            assert responds(url)
            parts = children(process.pid)
        finally:
            process.kill()
            process.wait()
        assert eventually(lambda parts=parts: not any(Path(f"/proc/{pid}").exists() for pid in parts))  # type: ignore[misc]
