"""Child processes that end with their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Runs in the child before the program starts. Linux only; elsewhere a killed parent leaves its children."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that gets SIGTERM when this process ends, however it ends. Call from the main thread.

    Its output goes to the end of `log`, or where this process's goes. It has a process group of its own, so that a
    Ctrl-C in the terminal reaches only this process, which then stops its children in order.
    """
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(  # noqa: S603  programs and arguments are this project's own
            [str(part) for part in command],
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
            process_group=0,
        )
    finally:
        if output:
            output.close()


def stop(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Ask a process to end, ask again after `patience` seconds, and end it after as long again."""
    for act in (process.terminate, process.terminate, process.kill):
        if process.poll() is not None:
            return
        act()
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
