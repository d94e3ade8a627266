"""An encoder read from its file, and which of its weights the file lacks."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator

from safetensors import SafetensorError
from transformers.utils import logging

from modeling.backbones import Backbone


class BackboneIncomplete(ValueError):
    """The backbone's file lacks weights of the encoder itself."""


class BackboneUnreadable(ValueError):
    """The backbone's file of weights holds none."""


@contextlib.contextmanager
def without_progress_bar() -> Iterator[None]:
    """The library draws none of its own on the terminal, whose lines are ours."""
    drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if drawn:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def reading(backbone: Backbone) -> Iterator[None]:
    """The library says what it dislikes about a file and not which file it is: BackboneUnreadable does.

    It also prints a table of the parts that start from chance, which here the caller gets.
    """
    before = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        with without_progress_bar():
            yield
    except SafetensorError as error:
        raise BackboneUnreadable(
            f"The weights of the backbone in {backbone.path} cannot be read ({error}): restore them from a copy."
        ) from error
    finally:
        logging.set_verbosity(before)


def check_complete(backbone: Backbone, missing: Iterable[str]) -> None:
    """Nothing, unless an embedding or a layer of the encoder is among the missing weights: then BackboneIncomplete."""
    for key in missing:
        if re.search(r"embeddings|layers?\.", key):
            raise BackboneIncomplete(
                f"The backbone {backbone.name} lacks the weights {key}: set DDI_BACKBONE to a complete model."
            )
