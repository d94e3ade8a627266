"""Choose and freeze what the next model learns from: gold, and what the current model is sure of.

The round's page shows the composition (`preview`) before the training job freezes the same choice (`freeze`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.candidates import (
    Candidate,
    Choice,
    Composition,
    Copies,
    content_hash,
    counted,
    marked_digest,
    pair_of,
    refuse_leaks,
    text_digest,
    why_a_bridge,
)
from ledger.chain import append_link, lock_chain
from ledger.models import (
    ChainLink,
    Corpus,
    GoldLabel,
    Round,
    Split,
    Task,
    TrainingExample,
    TrainingSet,
)
from ledger.pseudo_labels import sure_predictions
from ledger.queries import current_model, trainable_labels
from ledger.record.runs import corpora_named
from ledger.splits import drug_group

Role = TrainingExample.Role
Source = TrainingExample.Source
PATTERN = GoldLabel.Source.PATTERN_REVIEW


class NothingToLearnFrom(Exception):
    """A class has no training example. Import seed labels or review statements of that class first."""


GOLD_FIELDS = (
    "id", "statement_id", "label_id", "statement__split", "statement__head_drug_id", "statement__tail_drug_id",
    "statement__head_drug__drugbank_id", "statement__tail_drug__drugbank_id", "statement__document", "statement__text",
    "source", "statement__corpus_id", "statement__head_start", "statement__head_end", "statement__tail_start",
    "statement__tail_end",
)  # fmt: skip
NOT_CHOSEN = "from a corpus whose gold is not used here"


def choose(task: Task, choice: Choice) -> tuple[list[Candidate], Composition]:
    """The examples the next training set would hold, and how they are made up.

    Of gold labels on copies of one statement the one that people gave is used, otherwise the one imported first.
    """
    labels = trainable_labels(task)
    slugs = {label.pk: label.slug for label in labels}
    left_out: Counter[str] = Counter()
    copies = Copies()
    usable = _usable(gold_candidates(task, slugs, left_out, copies), choice, left_out)
    gold: list[Candidate] = []
    for one in sorted(usable, key=lambda one: (one.gold_source == GoldLabel.Source.SEED, one.statement_id)):
        if copies.is_copy(one.marked, one.corpus):
            left_out[Copies.REASON] += 1
        else:
            gold.append(one)
    gold.sort(key=lambda one: one.statement_id)
    model = current_model(task)
    bands: dict[str, Counter[str]] = {slug: Counter() for slug in slugs.values()}
    told: dict[str, Any] = {
        "slugs": slugs,
        "negative": next((label.pk for label in labels if label.negative), None),
        "taught": Counter(one.label_id for one in gold if one.role == Role.TRAIN),
        "bands": bands,
        "left_out": left_out,
        "copies": copies,
    }
    pseudo = list(sure_predictions(task, model, choice, **told)) if model else []
    composition = Composition(
        examples=counted((one.role, one.source, slugs[one.label_id]) for one in (*gold, *pseudo)),
        pseudo_by_confidence={slug: dict(sorted(by.items())) for slug, by in bands.items()},
        left_out=dict(left_out),
        gold_by_source=counted((one.role, one.gold_source, slugs[one.label_id]) for one in gold),
        pattern_weight=choice.pattern_weight,
        gold_by_corpus=counted((one.role, one.corpus, slugs[one.label_id]) for one in gold),
    )
    return sorted((*gold, *pseudo), key=lambda one: one.statement_id), composition


def preview(task: Task, corpora: Sequence[str] = ()) -> Composition:
    """What the next training set would be made of now; reads all gold and sure predictions. Raises UnknownCorpus."""
    return choose(task, choice_of(task, corpora))[1]


def choice_of(task: Task, corpora: Sequence[str] = ()) -> Choice:
    """How the task's settings choose now; frozen with the training set, which keeps it when they change.

    corpora: those whose gold is used, by name; none named is all there are now. Raises UnknownCorpus.
    """
    names = tuple(corpora_named(task, corpora))
    return Choice(at_least=task.pseudo_label_threshold, pattern_weight=task.pattern_weight, corpora=names)


def _usable(gold: Iterator[Candidate], choice: Choice, left_out: Counter[str]) -> Iterator[Candidate]:
    """Gold of the corpora chosen, without what would teach but weighs nothing.

    What tests or stops the training weighs nothing anyway.
    """
    for one in gold:
        if choice.corpora and one.corpus not in choice.corpora:
            left_out[NOT_CHOSEN] += 1
            continue
        if not choice.pattern_weight and one.role == Role.TRAIN and one.gold_source == PATTERN:
            left_out["from a decision about its pattern, which weighs nothing here"] += 1
            continue
        yield one


def gold_candidates(task: Task, slugs: dict[int, str], left_out: Counter[str], copies: Copies) -> Iterator[Candidate]:
    """The gold labels that may teach or test now; `slugs` are the trainable labels, what is passed over is counted.

    Where people gave an answer that is not learnt, it speaks for the copies of the statement, so none of them teaches.
    """
    corpora = dict(Corpus.objects.values_list("id", "name"))
    rows = GoldLabel.objects.current().filter(task=task).order_by("statement_id").values_list(*GOLD_FIELDS)
    for gold_id, statement_id, label_id, split, head, tail, *more in rows.iterator(2_000):
        head_id, tail_id, document, text, source, corpus_id, *places = more
        marked = marked_digest(text, *places)
        if label_id not in slugs:
            left_out["an answer only people give"] += 1
            if source != GoldLabel.Source.SEED:
                copies.speak_for(marked, corpora[corpus_id])
            continue
        role = role_of(split, head_id, tail_id)
        if role is None:
            left_out[why_a_bridge(document)] += 1
            continue
        pair = pair_of(head, tail)
        yield Candidate(
            statement_id, label_id, role, Source.GOLD, gold_id, None, pair, document, text_digest(text), source,
            corpora[corpus_id], marked,
        )  # fmt: skip


def role_of(split: str, head_id: str | None, tail_id: str | None) -> str | None:
    """What a gold label is for: its split, or the one-drug-unseen view of a bridge between train and test."""
    if split != Split.BRIDGE:
        return split
    if head_id and tail_id and {drug_group(head_id), drug_group(tail_id)} == {Split.TRAIN, Split.TEST}:
        return Role.ONE_UNSEEN
    return None


@transaction.atomic
def freeze(*, round: Round, now: datetime, corpora: Sequence[str] = ()) -> TrainingSet:
    """Freeze the choice as the round's training set; a second call returns the first one's set.

    corpora: those whose gold is used, by name; none named is all. Raises LeakyTrainingSet, NothingToLearnFrom or
    UnknownCorpus, with nothing written.
    """
    lock_chain()
    if existing := TrainingSet.objects.filter(round=round).first():
        return existing
    task = round.task
    choice = choice_of(task, corpora)
    candidates, composition = choose(task, choice)
    refuse_leaks(candidates)
    taught = {one.label_id for one in candidates if one.role == Role.TRAIN}
    for label in trainable_labels(task):
        if label.pk not in taught:
            raise NothingToLearnFrom(
                f"No statement teaches the class {label.slug!r}; import seed labels or review statements of it first."
            )
    training_set = TrainingSet.objects.create(
        round=round,
        content_hash=content_hash(
            (one.statement_id, one.label_id, one.role, one.source, one.gold_id or one.prediction_id)
            for one in candidates
        ),
        parameters=asdict(choice),
        composition=asdict(composition),
        frozen_at=now,
    )
    TrainingExample.objects.bulk_create(
        (
            TrainingExample(
                training_set=training_set,
                statement_id=one.statement_id,
                label_id=one.label_id,
                role=one.role,
                source=one.source,
                gold_id=one.gold_id,
                prediction_id=one.prediction_id,
            )
            for one in candidates
        ),
        batch_size=2_000,
    )
    append_link(ChainLink.Kind.TRAINING_SET, [training_set], now=now)
    return training_set
