"""What a search of the ledger means: its names resolved to rows, or the sentence that says which name means nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from ledger.models import Corpus, Drug, DrugAtc, DrugName, Label, ModelVersion, Statement, Task
from ledger.patterns import fold
from ledger.queries import current_model
from review.filters import LedgerFilter


@dataclass(frozen=True, slots=True)
class Meant:
    """Drugs by their keys and, in a task with documents, the folded names their mentions may have there."""

    drugs: list[int]
    names: list[str]

    def __len__(self) -> int:
        return len(self.drugs) or len(self.names)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of the ledger with the rows its names stand for; `trouble` says why nothing can match.

    `drugs` are those of the drug's name, `class_drugs` those of the ATC class; None where the filter names none.
    """

    filter: LedgerFilter
    task: Task
    corpora: list[int]
    model: ModelVersion | None
    other: ModelVersion | None
    label: Label | None
    gold: Label | None
    drugs: Meant | None
    class_drugs: Meant | None
    trouble: str

    @property
    def reads_predictions(self) -> bool:
        """Whether a statement must have an answer of the model to be found."""
        return self.label is not None or self.other is not None or self.filter.model is not None


def want(task: Task, chosen: LedgerFilter) -> Wanted:
    """At most six queries, eight in a task with documents.

    A task has documents when the first statement of one of its corpora is of one. Their mentions name no drug by its
    key, so they are found by their names, and so is what is no drug at all.
    """
    troubles: list[str] = []
    first = Statement.objects.filter(corpus=OuterRef("pk")).order_by("id").values("document")[:1]
    known = Corpus.objects.filter(task=task).annotate(document=Subquery(first)).values_list("name", "pk", "document")
    corpora = [row for row in known if not chosen.corpus or row[0] == chosen.corpus]
    has_documents = any(document for *_name, document in corpora)
    if not corpora:
        troubles.append(_("There is no such corpus in this task.") if chosen.corpus else _("Nothing is imported yet."))
    numbers = {number for number in (chosen.model, chosen.differs) if number is not None}
    versions = {one.number: one for one in ModelVersion.objects.filter(task=task, number__in=numbers)}
    troubles += [
        _("There is no model %(number)s in this task.") % {"number": number}
        for number in sorted(numbers - set(versions))
    ]
    model = current_model(task) if chosen.model is None else versions.get(chosen.model)
    if model is None and not troubles and chosen.needs_a_model:
        troubles.append(_("No model is live for this task; choose one."))
    slugs = [slug for slug in (chosen.label, chosen.gold) if slug]
    labels = {one.slug: one for one in Label.objects.filter(task=task, slug__in=slugs)} if slugs else {}
    if set(slugs) - set(labels):
        troubles.append(_("This task has no such label."))
    drugs = _meant(_drugs(chosen.drug), has_documents, chosen.drug) if chosen.drug else None
    if drugs is not None and not drugs:
        troubles.append(
            _("No drug is called “%(name)s”. Give its whole name or its DrugBank id.") % {"name": chosen.drug}
        )
    class_drugs = _meant(_drugs_of_class(chosen.atc), has_documents) if chosen.atc else None
    if class_drugs is not None and not class_drugs:
        troubles.append(_("No drug has an ATC code in %(code)s.") % {"code": chosen.atc})
    return Wanted(
        filter=chosen,
        task=task,
        corpora=[pk for _name, pk, _document in corpora],
        model=model,
        other=versions.get(chosen.differs) if chosen.differs is not None else None,
        label=labels.get(chosen.label),
        gold=labels.get(chosen.gold),
        drugs=drugs,
        class_drugs=class_drugs,
        trouble=" ".join(troubles),
    )


def _meant(drugs: list[int], has_documents: bool, name: str = "") -> Meant:
    """With the names the drugs go by, where those count, and the one asked for."""
    if not has_documents:
        return Meant(drugs, [])
    names = set(DrugName.objects.filter(drug__any_of=drugs).values_list("folded", flat=True))
    return Meant(drugs, sorted(names | ({fold(name)} if name else set())))


def _drugs(name: str) -> list[int]:
    """Drugs of this DrugBank id or name; several where several go by it."""
    by_id = Drug.objects.filter(drugbank_id=name.upper()).order_by().values_list("pk", flat=True)
    by_name = DrugName.objects.filter(folded=fold(name)).values_list("drug", flat=True)
    return sorted(by_id.union(by_name))


def _drugs_of_class(code: str) -> list[int]:
    return sorted(set(DrugAtc.objects.filter(code__code__startswith=code).values_list("drug", flat=True)))
