"""A statement for people to answer, and a model to predict with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.integrity import problems
from ledger.models import ModelVersion, Statement
from tests.ledger.facts import statement
from tests.ledger.patterned import worded
from tests.ledger.whole import taught, trained_model


@pytest.fixture
def said(db: None) -> Iterator[Statement]:
    """A statement; whatever a test does to it, the chain holds afterwards."""
    yield statement()
    assert list(problems()) == []


@pytest.fixture
def version(db: None) -> ModelVersion:
    """A model version with its training set, rounds and statements to predict."""
    taught()
    return trained_model()


@pytest.fixture
def made(live: ModelVersion) -> Iterator[list[Statement]]:
    """Twenty statements of one wording; whatever a test does to them, the chain holds afterwards."""
    yield worded(live, 20)
    assert list(problems()) == []
