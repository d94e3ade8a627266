"""The corpus an import goes into."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.text import slugify

from ledger.models import Corpus, Task

LONGEST_NAME = 50


class UnsuitableCorpus(Exception):
    """The corpus cannot take this file; the message says why and what to do."""


def corpus_name_for(path: Path) -> str:
    """The corpus a file goes into unless told otherwise: `interactions.csv.gz` → `interactions`."""
    return slugify(path.name.split(".")[0])[:LONGEST_NAME] or "corpus"


def check_corpus(name: str, task: Task) -> Corpus | None:
    """The corpus of this name, or None when it is yet to be made; raises UnsuitableCorpus."""
    if not name or slugify(name) != name or len(name) > LONGEST_NAME:
        raise UnsuitableCorpus(
            f"a corpus cannot be named {name!r}; use at most {LONGEST_NAME} small letters, digits and hyphens"
        )
    corpus = Corpus.objects.filter(name=name).select_related("task").first()
    if corpus and corpus.task_id != task.pk:
        raise UnsuitableCorpus(
            f"the corpus {name} belongs to the task {corpus.task.slug}, not {task.slug}; name another with --corpus"
        )
    return corpus


def make_corpus(name: str, task: Task, now: datetime) -> Corpus:
    """The corpus of this name, made when it is not there."""
    return Corpus.objects.get_or_create(name=name, defaults={"title": name, "task": task, "created_at": now})[0]


def corpus_holding(task: Task, path: Path) -> str:
    """The corpus a label file is for when none is named: the task's only one. Raises UnsuitableCorpus among several."""
    names = list(Corpus.objects.filter(task=task).order_by("id").values_list("name", flat=True))
    if len(names) > 1:
        raise UnsuitableCorpus(
            f"the labels in {path.name} could be for any of the corpora {', '.join(names)}; name one with --corpus"
        )
    return names[0] if names else corpus_name_for(path)
