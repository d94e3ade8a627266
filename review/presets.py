"""The ways of training a lead chooses from, by the names the workers know them under."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PRESETS = (
    ("default", _("the project's: adapts the whole encoder and learns from curated sentences too")),
    ("paper", _("the first paper's: its published configuration, slower")),
    ("relations", _("the project's for relations: reads a sentence once for all its pairs")),
    ("paper-relations", _("the second paper's: marks, convolutions and the vectors of both mentions, slowest")),
    ("paper-relations-cls", _("the second paper's plain network, without convolutions")),
)
