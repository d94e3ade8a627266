"""A statement for people to answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.integrity import problems
from ledger.models import Statement
from tests.ledger.facts import statement


@pytest.fixture
def said(db: None) -> Iterator[Statement]:
    """A statement; whatever a test does to it, the chain holds afterwards."""
    yield statement()
    assert list(problems()) == []
