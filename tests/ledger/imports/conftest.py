from __future__ import annotations

from pathlib import Path

import pytest

from ledger.imports import import_drugs
from ledger.models import Task
from tests.ledger.imports.files import NOW, vocabulary


@pytest.fixture
def task(db: None) -> Task:
    return Task.objects.get(slug="ddi-polarity")


@pytest.fixture
def drugs(db: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The nine drugs of `files.DRUGS`, imported."""
    import_drugs(path=vocabulary(Path(tmp_path_factory.mktemp("drugs"))), now=NOW)
