"""Choose and freeze what the next model learns from: gold, and what the current model is sure of.

The round's page shows the composition (`preview`) before the training job freezes the same choice (`freeze`).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef

from ledger.candidates import Candidate, Choice, Composition, content_hash, counted, refuse_leaks, why_a_bridge
from ledger.chain import append_link, lock_chain
from ledger.models import (
    ChainLink,
    Corpus,
    Decision,
    Flag,
    FlagRule,
    GoldLabel,
    ModelVersion,
    Prediction,
    Round,
    Split,
    Task,
    TrainingExample,
    TrainingSet,
)
from ledger.queries import current_model, trainable_labels
from ledger.splits import drug_group

Role = TrainingExample.Role
Source = TrainingExample.Source
PATTERN = GoldLabel.Source.PATTERN_REVIEW


class NothingToLearnFrom(Exception):
    """A class has no training example. Import seed labels or review statements of that class first."""


GOLD_FIELDS = (
    "id", "statement_id", "label_id", "statement__split", "statement__head_drug_id", "statement__tail_drug_id",
    "statement__head_drug__drugbank_id", "statement__tail_drug__drugbank_id", "statement__document", "statement__text",
    "source",
)  # fmt: skip


def choose(task: Task, choice: Choice) -> tuple[list[Candidate], Composition]:
    """The examples the next training set would hold, and how they are made up."""
    labels = trainable_labels(task)
    slugs = {label.pk: label.slug for label in labels}
    left_out: Counter[str] = Counter()
    gold = list(_weighing(gold_candidates(task, slugs, left_out), choice, left_out))
    model = current_model(task)
    bands: dict[str, Counter[str]] = {slug: Counter() for slug in slugs.values()}
    pseudo = list(_pseudo(task, model, choice, slugs, bands, left_out)) if model else []
    composition = Composition(
        examples=counted((one.role, one.source, slugs[one.label_id]) for one in (*gold, *pseudo)),
        pseudo_by_confidence={slug: dict(sorted(by.items())) for slug, by in bands.items()},
        left_out=dict(left_out),
        gold_by_source=counted((one.role, one.gold_source, slugs[one.label_id]) for one in gold),
        pattern_weight=choice.pattern_weight,
    )
    return sorted((*gold, *pseudo), key=lambda one: one.statement_id), composition


def preview(task: Task) -> Composition:
    """What the next training set would be made of now; reads all gold and sure predictions."""
    return choose(task, choice_of(task))[1]


def choice_of(task: Task) -> Choice:
    """How the task's settings choose now; frozen with the training set, which keeps it when they change."""
    return Choice(at_least=task.pseudo_label_threshold, pattern_weight=task.pattern_weight)


def _weighing(gold: Iterator[Candidate], choice: Choice, left_out: Counter[str]) -> Iterator[Candidate]:
    """Gold without what would teach but weighs nothing; what tests or stops the training weighs nothing anyway."""
    for one in gold:
        if not choice.pattern_weight and one.role == Role.TRAIN and one.gold_source == PATTERN:
            left_out["from a decision about its pattern, which weighs nothing here"] += 1
            continue
        yield one


def gold_candidates(task: Task, slugs: dict[int, str], left_out: Counter[str]) -> Iterator[Candidate]:
    """The gold labels that may teach or test now; `slugs` are the trainable labels, what is passed over is counted."""
    rows = GoldLabel.objects.current().filter(task=task).order_by("statement_id").values_list(*GOLD_FIELDS)
    for gold_id, statement_id, label_id, split, head, tail, *more in rows.iterator(2_000):
        head_id, tail_id, document, text, source = more
        if label_id not in slugs:
            left_out["an answer only people give"] += 1
            continue
        role = role_of(split, head_id, tail_id)
        if role is None:
            left_out[why_a_bridge(document)] += 1
            continue
        pair = pair_of(head, tail)
        yield Candidate(
            statement_id, label_id, role, Source.GOLD, gold_id, None, pair, document, text_digest(text), source
        )


def role_of(split: str, head_id: str | None, tail_id: str | None) -> str | None:
    """What a gold label is for: its split, or the one-drug-unseen view of a bridge between train and test."""
    if split != Split.BRIDGE:
        return split
    if head_id and tail_id and {drug_group(head_id), drug_group(tail_id)} == {Split.TRAIN, Split.TEST}:
        return Role.ONE_UNSEEN
    return None


def _pseudo(
    task: Task,
    model: ModelVersion,
    choice: Choice,
    slugs: dict[int, str],
    bands: dict[str, Counter[str]],
    left_out: Counter[str],
) -> Iterator[Candidate]:
    """Sure predictions on training statements nobody has judged: as many of each class, spread over patterns."""
    gold = GoldLabel.objects.filter(task=task, statement=OuterRef("statement"))
    judged = Decision.objects.filter(task=task, statement=OuterRef("statement"))
    contradicted = Flag.objects.filter(prediction=OuterRef("pk"), rule__rule=FlagRule.Rule.ATC_CONTRADICTION)
    rows = (
        Prediction.objects.filter(
            model_version=model,
            label__in=slugs,  # a class may have stopped being one since the model was trained
            confidence__gte=choice.at_least,
            statement__corpus__in=list(Corpus.objects.filter(task=task).values_list("id", flat=True)),
            statement__split=Split.TRAIN,
        )
        .annotate(has_gold=Exists(gold), is_judged=Exists(judged), is_contradicted=Exists(contradicted))
        .values_list(
            "id", "statement_id", "label_id", "confidence", "statement__pattern_id", "statement__head_drug_id",
            "statement__tail_drug_id", "statement__document", "statement__text", "has_gold", "is_judged",
            "is_contradicted",
        )
        .order_by("statement_id")
    )  # fmt: skip
    in_pattern: Counter[tuple[int, int]] = Counter()
    kept: dict[int, list[tuple[int, bytes, float, Candidate]]] = {label_id: [] for label_id in slugs}
    for (
        prediction_id,
        statement_id,
        label_id,
        confidence,
        pattern_id,
        *pair,
        document,
        text,
        gold_,
        judged_,
        atc_,
    ) in rows.iterator(2_000):
        if gold_ or judged_:
            left_out["judged by people already"] += 1
            continue
        if atc_:
            left_out["contradicts an ATC rule"] += 1
            continue
        in_pattern[label_id, pattern_id] += 1
        rank = in_pattern[label_id, pattern_id]
        if rank > choice.most_per_pattern:
            left_out[f"more than {choice.most_per_pattern} of one pattern"] += 1
            continue
        candidate = Candidate(
            statement_id,
            label_id,
            Role.TRAIN,
            Source.PSEUDO,
            None,
            prediction_id,
            pair_of(*pair),
            document,
            text_digest(text),
        )
        kept[label_id].append((rank, candidate.text_sha256, confidence, candidate))
    n_each = min(choice.most_per_class, *(len(candidates) for candidates in kept.values()))
    for label_id, candidates in kept.items():
        if len(candidates) > n_each:
            left_out["more than the smallest class has"] += len(candidates) - n_each
        for _, _, confidence, candidate in heapq.nsmallest(n_each, candidates, key=lambda one: one[:2]):
            bands[slugs[label_id]][f"{int(confidence * 100) / 100:.2f}"] += 1
            yield candidate


def pair_of(head: int | None, tail: int | None) -> tuple[int, int] | None:
    """A pair of drugs (keys) without its order, where both are known."""
    return (min(head, tail), max(head, tail)) if head and tail else None


def text_digest(text: str) -> bytes:
    """What the leak check compares texts by: case and outer blanks make no difference."""
    return sha256(text.strip().casefold().encode()).digest()


@transaction.atomic
def freeze(*, round: Round, now: datetime) -> TrainingSet:
    """Freeze the choice as the round's training set; a second call returns the first one's set.

    Raises LeakyTrainingSet or NothingToLearnFrom, with nothing written.
    """
    lock_chain()
    if existing := TrainingSet.objects.filter(round=round).first():
        return existing
    task = round.task
    choice = choice_of(task)
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
