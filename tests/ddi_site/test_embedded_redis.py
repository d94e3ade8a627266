"""The Redis server that comes with the project keeps what was queued, and only its owner reaches it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from ddi_site import embedded_redis, processes
from ddi_site.embedded_redis import RedisDidNotStart, answers
from ddi_site.environment import embedded_redis_socket, redis_url

Start = Callable[[Path], "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server for a folder; stopped when the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def one(var: Path) -> subprocess.Popen[bytes]:
        started.append(embedded_redis.start(var, redis_url(var)))
        return started[-1]

    yield one
    for process in started:
        processes.stop(process, patience=3)


def queue(var: Path) -> Queue:
    return Queue("gpu", connection=redis.Redis.from_url(redis_url(var)), serializer=JSONSerializer)


def test_every_queued_job_is_still_there_after_the_server_was_killed(tmp_path: Path, start: Start) -> None:
    process = start(tmp_path)
    for number in range(5):
        queue(tmp_path).enqueue("modeling.jobs.run_training", number, job_id=f"run-{number}-0")
        if number == 4:
            process.kill()
    process.wait()
    assert embedded_redis_socket(tmp_path).exists()
    start(tmp_path)
    kept = queue(tmp_path)
    assert kept.job_ids == [f"run-{number}-0" for number in range(5)]
    assert [job.args for job in kept.jobs] == [[number] for number in range(5)]


def test_a_server_that_is_gone_is_noticed_soon(tmp_path: Path, start: Start) -> None:
    url = redis_url(tmp_path)
    assert not answers(url)
    process = start(tmp_path)
    assert answers(url)
    process.kill()
    process.wait()
    began = time.monotonic()
    assert not answers(url)
    assert time.monotonic() - began < 10


def test_only_its_owner_reaches_the_server_and_it_opens_no_port(tmp_path: Path, start: Start) -> None:
    start(tmp_path)
    assert stat.S_IMODE(embedded_redis_socket(tmp_path).stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "redis").stat().st_mode) == 0o700
    assert redis.Redis.from_url(redis_url(tmp_path)).config_get("port") == {"port": "0"}


def test_a_folder_deep_down_has_a_server_too(tmp_path: Path, start: Start) -> None:
    deep = tmp_path / ("d" * 60) / "ward #3 – 100%" / ("e" * 60)
    deep.mkdir(parents=True)
    folder = embedded_redis_socket(deep).parent
    try:
        start(deep)
        assert answers(redis_url(deep))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make another user's folder")
def test_a_socket_folder_somebody_else_made_is_refused(tmp_path: Path, start: Start) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    folder = embedded_redis_socket(deep).parent
    folder.mkdir()
    try:
        os.chown(folder, 65_534, 65_534)
        with pytest.raises(RedisDidNotStart, match="is another user's; give DDI_VAR a shorter path"):
            start(deep)
    finally:
        shutil.rmtree(folder)


def test_a_server_that_cannot_start_names_its_log(tmp_path: Path, start: Start) -> None:
    appended = tmp_path / "redis" / "appendonlydir"
    appended.parent.mkdir()
    appended.write_text("not a folder")
    with pytest.raises(RedisDidNotStart, match=r"its log is .*redis/redis\.log"):
        start(tmp_path)
    assert (tmp_path / "redis" / "redis.log").read_text()
