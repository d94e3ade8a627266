"""Importing annotated documents: every pair of a sentence becomes a statement, what the corpus says of it its gold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from time import monotonic

from django.db import transaction
from django.db.models import F

from ledger.corpora.annotated import Source
from ledger.corpora.bad_input import BadFile, BadRow, printable
from ledger.corpora.documents import Document
from ledger.corpora.lines import opened
from ledger.corpora.pairs import Pair, pairs_of
from ledger.imports.corpora import make_corpus
from ledger.imports.documents_check import Checked, check_documents
from ledger.imports.documents_report import DocumentsReport
from ledger.imports.pair_labels import LabelsOfTypes
from ledger.imports.report import OnProgress, in_silence
from ledger.models import Corpus, Import, Statement, Task
from ledger.patterns import pattern_of
from ledger.record.gold import add_seed_labels
from ledger.record.statements import Mention, StatementDraft, add_statements
from ledger.record.statistics import refresh_statistics

BATCH = 100  # documents a transaction: about 1,700 pairs


def import_documents(
    *,
    source: Source,
    corpus_name: str,
    task: Task,
    add_labels: bool = False,
    now: datetime,
    on_progress: OnProgress = in_silence,
    checked: Checked | None = None,
) -> DocumentsReport:
    """Check the whole corpus, then write it; raises what `check_documents` raises before anything is written.

    `checked` is what that gave, where a caller checks several corpora before it writes the first.
    Each batch of documents is one transaction with the Import row that says how far it came, so an import that was
    killed goes on where it stopped. With `add_labels` the task gets a label for each relation type it lacks. A text
    that stands in documents of different groups is in none of them (a bridge): it would teach what it tests.
    """
    started = monotonic()
    digest = _sha256(source.files)
    checked = checked or check_documents(source=source, corpus_name=corpus_name, task=task, on_progress=on_progress)
    labels = LabelsOfTypes(task, source)
    made = labels.add_missing(checked.counts.relations) if add_labels else ()
    progress = _open_import(source, make_corpus(corpus_name, task, now), digest, now)
    resumed_after = progress.n_rows
    writer = _Writer(source, labels, checked, progress, now)
    try:
        writer.write(resumed_after, on_progress)
    except BadRow as bad:
        raise BadFile(
            bad.path, bad.line, bad.column, f"the file changed during the import ({bad.problem})", "import it again"
        )
    refresh_statistics()
    finished = now + timedelta(seconds=monotonic() - started)
    Import.objects.filter(pk=progress.pk).update(finished_at=finished)
    progress.refresh_from_db()
    n_pairs = checked.counts.n_related_pairs + checked.counts.n_unrelated_pairs
    return DocumentsReport(
        files=tuple(printable(str(file)) for file in source.files),
        corpus=corpus_name,
        counts=checked.counts,
        n_added=progress.n_added,
        n_already_there=n_pairs - progress.n_added,
        n_labels_added=writer.n_labels,
        unlabelled=labels.without(checked.types),
        n_not_judged=checked.n_not_judged,
        labels_made=made,
        splits=checked.splits,
        resumed_after=resumed_after,
    )


def _open_import(source: Source, corpus: Corpus, digest: str, now: datetime) -> Import:
    """The row that keeps how far the import came: an unfinished one of the same files, or a new one."""
    unfinished = Import.objects.filter(
        reader=source.form, file_sha256=digest, corpus=corpus, finished_at__isnull=True
    ).first()
    return unfinished or Import.objects.create(
        corpus=corpus,
        reader=source.form,
        file_name=printable(", ".join(file.name for file in source.files))[:300],
        file_sha256=digest,
        started_at=now,
    )


class _Writer:
    """Writes documents batch by batch."""

    def __init__(
        self, source: Source, labels: LabelsOfTypes, checked: Checked, progress: Import, now: datetime
    ) -> None:
        assert progress.corpus
        self._source = source
        self._kinds = progress.corpus.task.kinds
        self._labels = labels
        self._checked = checked
        self._progress = progress
        self._corpus = progress.corpus
        self._now = now
        self.n_labels = 0

    def write(self, done: int, on_progress: OnProgress) -> None:
        """Write the documents after the first `done`."""
        n_total = self._checked.counts.n_documents
        documents = islice(self._source.read(self._labels.types), done, None)
        while batch := list(islice(documents, BATCH)):
            done += len(batch)
            self._commit(batch, done)
            on_progress("writing", done, n_total)

    @transaction.atomic
    def _commit(self, documents: Sequence[Document], n_done: int) -> None:
        pairs = [pair for document in documents for pair in pairs_of(document, self._kinds).pairs]
        n_added = add_statements(corpus=self._corpus, drafts=[self._draft(pair) for pair in pairs])
        self._label(pairs)
        Import.objects.filter(pk=self._progress.pk).update(n_rows=n_done, n_added=F("n_added") + n_added)

    def _draft(self, pair: Pair) -> StatementDraft:
        """The pair as a statement that names no drugs by their keys, though its mentions may be known ones.

        It is split, tested and clustered by its document. With keys the leak check would compare it by its pair of
        drugs, a bridge between documents would test "one drug unseen", class rules would flag it and intervals would
        resample drugs. Pages look the drugs up by their names.
        """
        head_kind, tail_kind = self._kinds
        return StatementDraft(
            external_id=pair.external_id,
            text=pair.text,
            head=Mention(pair.head_span, head_kind, None),
            tail=Mention(pair.tail_span, tail_kind, None),
            pattern=pattern_of(pair.text, pair.head_span, pair.tail_span),
            split=self._checked.split_of(pair.document, pair.text),
            document=pair.document,
            others=pair.others,
        )

    def _label(self, pairs: Sequence[Pair]) -> None:
        gold = {pair.external_id: found for pair in pairs if (found := self._labels.gold_of(pair))}
        if not gold:
            return
        ids = dict(
            Statement.objects.filter(corpus=self._corpus, external_id__any_of=list(gold)).values_list(
                "external_id", "id"
            )
        )
        self.n_labels += add_seed_labels(
            task=self._corpus.task,
            rows=[(ids[name], found.label_id, found.origin) for name, found in gold.items()],
            further={ids[name]: list(found.further) for name, found in gold.items() if found.further},
            now=self._now,
        )


def _sha256(files: Sequence[Path]) -> str:
    """One hash over the contents of all files."""
    whole = sha256()
    for path in files:
        with opened(path):  # its errors, in its words
            pass
        with path.open("rb") as file:
            whole.update(file_digest(file, "sha256").digest())
    return whole.hexdigest()
