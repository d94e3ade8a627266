"""Doing something several times at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once(n: int, work: Callable[[int], object]) -> list[BaseException]:
    """Run `work(0)` … `work(n - 1)` in threads that start together; returns what they raised."""
    start = threading.Barrier(n)
    raised: list[BaseException] = []

    def one(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
