"""Open work for the workers, and say so when nobody can be told of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from redis.exceptions import RedisError

T = TypeVar("T")


class BrokerIsDown(Exception):
    """The queue server does not answer. The run is on record and starts by itself once the server is back."""


def announced(open_run: Callable[[], T]) -> T:
    """What `open_run` gives. Raises BrokerIsDown when the row was written but no worker could be woken."""
    try:
        return open_run()
    except RedisError as error:
        raise BrokerIsDown(BrokerIsDown.__doc__) from error
