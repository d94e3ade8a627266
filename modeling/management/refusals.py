"""What a command says in one sentence: errors of a model that is taught or asked, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from modeling.adapters import TargetModulesMissing
from modeling.artifacts import ArtifactChanged
from modeling.backbones import BackboneChanged, BackboneMissing
from modeling.config import ContradictoryConfig
from modeling.encode import NoBlank, TokenizerMissing, TokenizerUnreadable
from modeling.inference import BackboneMismatch, UnknownArchitecture
from modeling.mentions import UnreadableStatement
from modeling.networks.encoder import BackboneIncomplete, BackboneUnreadable
from modeling.store.models import ArtifactMissing
from modeling.training import NotEnoughExamples, UnusableExample

REFUSALS: tuple[type[Exception], ...] = (
    ArtifactChanged, ArtifactMissing, BackboneChanged, BackboneIncomplete, BackboneMismatch, BackboneMissing,
    BackboneUnreadable, ContradictoryConfig, NoBlank, NotEnoughExamples, TargetModulesMissing, TokenizerMissing,
    TokenizerUnreadable, UnknownArchitecture, UnreadableStatement, UnusableExample,
)  # fmt: skip


@contextmanager
def in_one_sentence(*others: type[Exception]) -> Iterator[None]:
    """Turn any of these errors, and of `others`, into the command's one sentence."""
    try:
        yield
    except (*REFUSALS, *others) as error:
        raise CommandError(str(error)) from error
