"""A whole small ledger, and a live model."""

from __future__ import annotations

import pytest
from django.db import models

from ledger.models import ModelVersion, Task
from ledger.record.promotions import promote
from tests.ledger.facts import NOW
from tests.ledger.whole import taught, trained_model, whole_ledger


@pytest.fixture
def ledger(db: None) -> dict[str, models.Model]:
    """One row of everything the chain covers, by the kind of its link."""
    return whole_ledger()


@pytest.fixture
def live(db: None) -> ModelVersion:
    """The live model, learnt from four seed labels; what it is 98 % sure of may teach the next."""
    Task.objects.update(pseudo_label_threshold=0.98)
    taught()
    version = trained_model()
    promote(model_version=version, by=None, reason="first", now=NOW)
    return version
