"""Child processes end when asked, and with the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from ddi_site import processes

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent has ended")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_ends_with_its_parent_however_that_ends(number: int) -> None:
    code = (
        "import sys, time; from ddi_site import processes\n"
        "print(processes.start([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_running(child)
    parent.send_signal(number)
    parent.wait(10)
    assert eventually(lambda: not is_running(child))


def test_a_child_has_the_environment_asked_for_and_no_input(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    code = "import os, sys; print(os.environ['DDI_ONE'], 'PATH' in os.environ, repr(sys.stdin.read())); sys.exit(3)"
    process = processes.start([sys.executable, "-c", code], environment={"DDI_ONE": "two"}, log=log)
    assert process.wait(10) == 3
    assert log.read_text() == "before\ntwo True ''\n"


def test_a_childs_errors_are_in_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes.start([sys.executable, "-c", "raise SystemExit('no room')"], log=log).wait(10)
    assert log.read_text() == "no room\n"


def test_a_ctrl_c_in_the_terminal_does_not_reach_a_child() -> None:
    process = processes.start([sys.executable, "-c", "import time; time.sleep(60)"])
    assert os.getpgid(process.pid) != os.getpgid(0)
    processes.stop(process, patience=5)
    assert process.returncode == -signal.SIGTERM


def test_a_child_that_will_not_hear_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = processes.start([sys.executable, "-c", DEAF], log=log)
    assert eventually(lambda: log.read_text() == "ready\n")
    processes.stop(process, patience=0.1)
    assert process.wait(5) == -signal.SIGKILL


def test_stopping_what_has_ended_changes_nothing() -> None:
    process = processes.start([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait(10)
    processes.stop(process, patience=5)
    assert process.returncode == 3


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        processes.start([tmp_path / "nothing"])
