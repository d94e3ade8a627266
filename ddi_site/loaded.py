"""What a process that answers pages does before the first of them."""

from __future__ import annotations

import gc

from django.urls import get_resolver


def load_pages() -> None:
    """Read every page's code, and leave all that stands by then out of garbage collection.

    A full round over it would stop whatever page is being made for a tenth of a second.
    """
    get_resolver()._populate()
    gc.collect()
    gc.freeze()
