"""What was imported: corpora, the sentences in them, and the wordings those sentences share."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.drug import Drug
from ledger.models.task import Task


class Corpus(models.Model):
    """One named import source, read for one task."""

    name = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    task = models.ForeignKey(Task, models.PROTECT, related_name="corpora")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "corpora"

    def __str__(self) -> str:
        return self.title


class Import(models.Model):
    """How far the import of one file came, so that a cut-off one goes on where it stopped."""

    corpus = models.ForeignKey(Corpus, models.PROTECT, related_name="imports", null=True)
    reader = models.CharField(max_length=40)
    file_name = models.CharField(max_length=300)
    file_sha256 = models.CharField(max_length=64)
    n_rows = models.PositiveIntegerField(default=0, help_text="Rows dealt with so far.")
    n_added = models.PositiveIntegerField(default=0)
    n_rejected = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.reader})"


class Pattern(AppendOnlyModel):
    """A statement's text with its two mentions masked as ⟨1⟩ (head) and ⟨2⟩ (tail)."""

    text = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)

    objects = AppendOnlyQuerySet["Pattern"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "pattern"

    def __str__(self) -> str:
        return self.text


class Split(models.TextChoices):
    TRAIN = "train", _("train")
    VALIDATION = "validation", _("validation")
    TEST = "test", _("test")
    BRIDGE = "bridge", _("bridge (its drugs, or the documents of its text, are in different groups)")


class StatementQuerySet(AppendOnlyQuerySet["Statement"]):
    def for_reading(self) -> StatementQuerySet:
        """With the rows a page shows beside the sentence: corpus, task, pattern and both drugs (one query)."""
        return self.select_related("corpus__task", "pattern", "head_drug", "tail_drug")

    def between(self, drug: Drug, other: Drug) -> StatementQuerySet:
        """Statements about this pair of drugs, in either direction."""
        return self.filter(models.Q(head_drug=drug, tail_drug=other) | models.Q(head_drug=other, tail_drug=drug))


class Statement(AppendOnlyModel):
    """One sentence with an ordered pair of marked entities; spans are character offsets, end exclusive."""

    corpus = models.ForeignKey(Corpus, models.PROTECT, related_name="statements", db_index=False)
    external_id = models.CharField(max_length=120)
    content_hash = models.CharField(max_length=64, db_index=True)
    text = models.TextField()
    pattern = models.ForeignKey(Pattern, models.PROTECT, related_name="statements")
    head_kind = models.CharField(max_length=40)
    head_start = models.PositiveIntegerField()
    head_end = models.PositiveIntegerField()
    head_drug = models.ForeignKey(Drug, models.PROTECT, null=True, related_name="statements_as_head", db_index=False)
    tail_kind = models.CharField(max_length=40)
    tail_start = models.PositiveIntegerField()
    tail_end = models.PositiveIntegerField()
    tail_drug = models.ForeignKey(Drug, models.PROTECT, null=True, related_name="statements_as_tail")
    document = models.CharField(max_length=60, blank=True, help_text="Source document, where the corpus has documents.")
    split = models.CharField(max_length=10, choices=Split)
    other_mentions = models.JSONField(
        null=True, help_text="[start, end, kind] of the sentence's mentions beside head and tail, where it has any."
    )

    objects = StatementQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "statement"
        constraints = [
            models.UniqueConstraint(fields=["corpus", "external_id"], name="one_statement_per_corpus_and_external_id"),
            models.CheckConstraint(
                name="mentions_are_not_empty",
                condition=models.Q(head_start__lt=models.F("head_end"), tail_start__lt=models.F("tail_end")),
            ),
            models.CheckConstraint(name="split_is_known", condition=models.Q(split__in=Split.values)),
        ]
        indexes = [
            models.Index(fields=["corpus", "split", "id"], name="statement_by_corpus_and_split"),
            models.Index(fields=["corpus", "id"], name="statement_by_corpus"),
            models.Index(fields=["corpus", "pattern"], name="statement_by_wording"),
            models.Index(fields=["head_drug", "tail_drug"], name="statement_by_pair"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def head_text(self) -> str:
        return self.text[self.head_start : self.head_end]

    @property
    def tail_text(self) -> str:
        return self.text[self.tail_start : self.tail_end]
