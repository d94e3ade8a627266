"""A real model of a two-layer encoder, trained on a handful of sentences and registered in the ledger."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from ledger.candidates import content_hash
from ledger.chain import append_link, lock_chain
from ledger.models import ChainLink, ModelVersion, Round, TrainingSet
from ledger.record.models import add_model_version
from modeling.backbones import resolve
from modeling.config import TrainingConfig
from modeling.store.models import publish, registry_facts
from modeling.training import train
from tests.ledger.facts import NOW, polarity
from tests.modeling.conftest import make_examples, write_backbone


def small_trained_model(folder: Path) -> tuple[ModelVersion, Path]:
    """The registered model and its backbone's folder. It reads raw sentences, so nothing is answered from cache."""
    backbone = write_backbone(folder / "small-bert")
    trained = train(
        make_examples(16),
        [],
        labels=["synergistic", "antagonistic"],
        backbone=resolve(str(backbone)),
        config=TrainingConfig(max_epochs=1, patience=1, mentions="raw", max_tokens=64),
        out_dir=folder / "trained",
    )
    opened = Round.objects.create(task=polarity(), number=1, opened_at=NOW)
    with transaction.atomic():
        lock_chain()
        training_set = TrainingSet.objects.create(
            round=opened, content_hash=content_hash([]), parameters={}, composition={}, frozen_at=NOW
        )
        append_link(ChainLink.Kind.TRAINING_SET, [training_set], now=NOW)
    files = publish(trained.folder, trained.sha256)
    facts = registry_facts(trained.manifest, trained.sha256, files)
    return add_model_version(training_set=training_set, now=NOW, **facts), backbone
