"""The ways of training a lead chooses from, by the names the workers know them under."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.models import Task

PRESETS = (
    ("default", _("the project's: adapts the whole encoder and learns from curated sentences too")),
    ("paper", _("the first paper's: its published configuration, slower")),
    ("relations", _("the project's for relations: reads a sentence once for all its pairs")),
    ("paper-relations", _("the second paper's: marks, convolutions and the vectors of both mentions, slowest")),
    ("paper-relations-cls", _("the second paper's plain network, without convolutions")),
)
OF_RELATIONS = frozenset({"relations", "paper-relations", "paper-relations-cls"})


def presets_of(task: Task) -> list[tuple[str, Promise]]:
    """The presets that fit a task, each with what it is: where pairs may be unrelated, those that tell pairs apart.

    One query; none for a task that is not saved yet, which all fit.
    """
    if task.pk and task.labels.filter(negative=True).exists():
        return [one for one in PRESETS if one[0] in OF_RELATIONS]
    return list(PRESETS)
