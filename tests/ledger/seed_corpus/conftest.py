"""Eight drugs whose groups are known, and eight statements about them in the corpus `drugbank`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.imports import import_drugs, import_statements
from ledger.models import Task
from tests.ledger.imports.files import NOW, interactions, vocabulary

DRUGS = {  # the first four are train drugs, then two test and two validation drugs
    "Alpha": "DB00001",
    "Beta": "DB00004",
    "Gamma": "DB00005",
    "Delta": "DB00006",
    "Omega": "DB00002",
    "Psi": "DB00014",
    "Valde": "DB00003",
    "Valin": "DB00007",
}
SENTENCES = [
    ("Alpha", "raises", "Beta"),
    ("Alpha", "raises", "Gamma"),
    ("Alpha", "raises", "Delta"),
    ("Beta", "lowers", "Gamma"),
    ("Omega", "raises", "Psi"),
    ("Alpha", "raises", "Omega"),
    ("Valde", "lowers", "Valin"),
    ("Alpha", "lowers", "Valde"),
]


def row(head: str, verb: str, tail: str) -> str:
    return f"{DRUGS[head]},{head},{DRUGS[tail]},{tail},{head} {verb} {tail}."


@pytest.fixture
def task(db: None) -> Task:
    return Task.objects.get(slug="ddi-polarity")


@pytest.fixture
def corpus(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Task:
    """The task, with the eight drugs and statements imported."""
    folder = Path(tmp_path_factory.mktemp("corpus"))
    drugs = [(drugbank_id, name, f"{name}ine") for name, drugbank_id in DRUGS.items()]
    import_drugs(path=vocabulary(folder, drugs), now=NOW)
    path = interactions(folder, [row(*sentence) for sentence in SENTENCES])
    import_statements(path=path, corpus_name="drugbank", task=task, now=NOW)
    return task
