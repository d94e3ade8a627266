"""From a row about two drugs to a statement: who they are, where they stand, which split they fall in."""

from __future__ import annotations

from hashlib import sha256

from ledger.corpora.drugbank import Interaction, NamedDrug
from ledger.corpora.rows import FIX, Row
from ledger.imports.names import AmbiguousName, DrugNames, KnownDrug, UnknownDrug
from ledger.models import Task
from ledger.patterns import MentionNotFound, find_mentions, fold, pattern_of
from ledger.record.statements import Mention, StatementDraft
from ledger.splits import split_of_pair

IMPORT_DRUGS = "import a vocabulary that has it with import_drugs, or leave the row out with --skip-bad"


def statement_of(interaction: Interaction, drugs: DrugNames, task: Task) -> StatementDraft:
    """The statement the row makes; raises BadRow where a drug is unknown, the same twice, or not in the sentence."""
    row, text = interaction.row, interaction.sentence
    head, tail = known_drug(row, interaction.head, drugs), known_drug(row, interaction.tail, drugs)
    if head.pk == tail.pk:
        raise row.bad(interaction.tail.name_column, f"both drugs of the row are {head.name} ({head.drugbank_id})", FIX)
    try:
        head_span, tail_span = find_mentions(
            text, (interaction.head.name, *head.names), (interaction.tail.name, *tail.names)
        )
    except MentionNotFound as error:
        raise row.bad(interaction.sentence_column, str(error))
    return StatementDraft(
        external_id=external_id(head, tail, text),
        text=text,
        head=Mention(head_span, task.head_kind, head.pk),
        tail=Mention(tail_span, task.tail_kind, tail.pk),
        pattern=pattern_of(text, head_span, tail_span),
        split=split_of_pair(head.drugbank_id, tail.drugbank_id),
    )


def external_id(head: KnownDrug, tail: KnownDrug, text: str) -> str:
    """The identity of a DrugBank statement: both ids in order, and the sentence's hash, for a pair may have several."""
    return f"{head.drugbank_id}:{tail.drugbank_id}:{sha256(text.encode()).hexdigest()[:12]}"


def known_drug(row: Row, named: NamedDrug, drugs: DrugNames) -> KnownDrug:
    """The drug the row means: by id where it has one, else by name; raises BadRow.

    With an id, a name the ledger does not know is taken as an older name of the drug; another drug's name is refused.
    """
    if not named.drugbank_id:
        return _called(row, named, drugs)
    try:
        drug = drugs.with_id(named.drugbank_id)
    except UnknownDrug as error:
        raise row.bad(named.id_column, f"{error} ({named.name})", IMPORT_DRUGS)
    if named.name not in drug.names and fold(named.name) not in {fold(name) for name in drug.names}:
        _refuse_name_of_another(row, named, drug, drugs)
    return drug


def _called(row: Row, named: NamedDrug, drugs: DrugNames) -> KnownDrug:
    try:
        return drugs.called(named.name)
    except UnknownDrug as error:
        raise row.bad(named.name_column, str(error), IMPORT_DRUGS)
    except AmbiguousName as error:
        raise row.bad(named.name_column, str(error), "write the common name of the one that is meant")


def _refuse_name_of_another(row: Row, named: NamedDrug, drug: KnownDrug, drugs: DrugNames) -> None:
    try:
        other = drugs.called(named.name)
    except UnknownDrug:
        return
    except AmbiguousName as error:
        raise row.bad(named.name_column, str(error), "write the common name of the one that is meant")
    raise row.bad(
        named.name_column,
        f"{named.drugbank_id} is {drug.name} and “{named.name}” is {other.drugbank_id}",
        FIX,
    )
