"""What a model is sure of may teach the next one: about as many statements of each class, spread over wordings."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from ledger.candidates import Candidate, Choice, Copies, marked_digest, pair_of, text_digest
from ledger.models import (
    Corpus,
    Decision,
    Flag,
    FlagRule,
    GoldLabel,
    ModelVersion,
    Prediction,
    Split,
    Statement,
    Task,
    TrainingExample,
)

MORE_THAN_RAREST = "more than {} has, the label with the fewest"
MORE_THAN_MIDDLE = "more than {} has, the label in the middle"
"""Why a sure prediction is left out, with the slug of the label that sets how many of each label teach."""
MORE_THAN_GOLD = "more that say nothing is related than gold has beside the others"

FIELDS = (
    "id", "statement_id", "label_id", "confidence", "statement__pattern_id", "statement__head_drug_id",
    "statement__tail_drug_id", "statement__document", "statement__text", "statement__corpus_id",
    "statement__head_start", "statement__head_end", "statement__tail_start", "statement__tail_end", "has_gold",
    "is_judged", "is_contradicted",
)  # fmt: skip


def sure_predictions(
    task: Task,
    model: ModelVersion,
    choice: Choice,
    *,
    slugs: dict[int, str],
    negative: int | None,
    taught: Mapping[int, int],
    bands: dict[str, Counter[str]],
    left_out: Counter[str],
    copies: Copies,
) -> Iterator[Candidate]:
    """Sure predictions on training statements nobody has judged, in whichever copy of them.

    `slugs` are the labels that may teach, `negative` the one for no relation, if there is one, `taught` how many gold
    labels teach each. `bands` and `left_out` count what is given and what is not. Corpora whose gold is not used are
    read too, since predictions are not their gold; but what people judged there is judged.
    """
    corpora = dict(Corpus.objects.filter(task=task).values_list("id", "name"))
    judged = _judged(task) if len(corpora) > 1 else set()
    in_pattern: Counter[tuple[int, int]] = Counter()
    kept: dict[int, list[tuple[int, bytes, float, Candidate]]] = {label_id: [] for label_id in slugs}
    for row in _predictions(task, model, choice, slugs, list(corpora)).iterator(2_000):
        prediction_id, statement_id, label_id, confidence, pattern_id, head, tail, document, text, *more = row
        corpus_id, *places, has_gold, is_judged, is_contradicted = more
        corpus, marked = corpora[corpus_id], marked_digest(text, *places)
        why = (
            "judged by people already" if has_gold or is_judged or marked in judged
            else "contradicts an ATC rule" if is_contradicted
            else Copies.REASON if copies.is_copy(marked, corpus)
            else ""
        )  # fmt: skip
        if why:
            left_out[why] += 1
            continue
        in_pattern[label_id, pattern_id] += 1
        rank = in_pattern[label_id, pattern_id]
        if rank > choice.most_per_pattern:
            left_out[f"more than {choice.most_per_pattern} of one pattern"] += 1
            continue
        candidate = Candidate(
            statement_id,
            label_id,
            TrainingExample.Role.TRAIN,
            TrainingExample.Source.PSEUDO,
            None,
            prediction_id,
            pair_of(head, tail),
            document,
            text_digest(text),
            corpus=corpus,
            marked=marked,
        )
        kept[label_id].append((rank, candidate.text_sha256, confidence, candidate))
    n_sure = {label_id: len(candidates) for label_id, candidates in kept.items()}
    for label_id, (n, why) in _most(n_sure, choice, slugs, taught, negative).items():
        if n_sure[label_id] > n:
            left_out[why] += n_sure[label_id] - n
        for _, _, confidence, candidate in heapq.nsmallest(n, kept[label_id], key=lambda one: one[:2]):
            bands[slugs[label_id]][f"{int(confidence * 100) / 100:.2f}"] += 1
            yield candidate


def _most(
    n_sure: dict[int, int], choice: Choice, slugs: dict[int, str], taught: Mapping[int, int], negative: int | None
) -> dict[int, tuple[int, str]]:
    """How many of each label may teach, and why no more: as many as the label in the middle has, by their number.

    Of two labels that is the one with fewer. Were it the rarest of many, one that a model is never sure of would keep
    all others from teaching. That nothing is related is no class beside the others: it keeps the share that it has in
    gold.
    """
    related = [label_id for label_id in n_sure if label_id != negative]
    middle = sorted(related, key=lambda label_id: n_sure[label_id])[(len(related) - 1) // 2]
    n = n_sure[middle]
    reason = MORE_THAN_RAREST if n == min(n_sure[label_id] for label_id in related) else MORE_THAN_MIDDLE
    why = reason.format(slugs[middle])
    if n > choice.most_per_class:
        n, why = choice.most_per_class, f"more than {choice.most_per_class} of one label"
    most = dict.fromkeys(related, (n, why))
    if negative in n_sure:
        n_related, n_gold = sum(min(n, n_sure[one]) for one in related), sum(taught.get(one, 0) for one in related)
        most[negative] = (n_related * taught.get(negative, 0) // max(n_gold, 1), MORE_THAN_GOLD)
    return most


def _judged(task: Task) -> set[bytes]:
    """Digests of the marked sentences with a label or a decision: their copies in other corpora are judged with them.

    Taken back ones count too, as with the statement itself.
    """
    gold = GoldLabel.objects.filter(task=task, statement=OuterRef("pk"))
    decided = Decision.objects.filter(task=task, statement=OuterRef("pk"))
    judged = Statement.objects.filter(Exists(gold) | Exists(decided)).values_list(
        "text", "head_start", "head_end", "tail_start", "tail_end"
    )
    return {marked_digest(*row) for row in judged.iterator(2_000)}


def _predictions(task: Task, model: ModelVersion, choice: Choice, slugs: dict[int, str], corpora: list[int]) -> Any:
    gold = GoldLabel.objects.filter(task=task, statement=OuterRef("statement"))
    judged = Decision.objects.filter(task=task, statement=OuterRef("statement"))
    contradicted = Flag.objects.filter(prediction=OuterRef("pk"), rule__rule=FlagRule.Rule.ATC_CONTRADICTION)
    return (
        Prediction.objects.filter(
            model_version=model,
            label__in=slugs,  # a class may have stopped being one since the model was trained
            confidence__gte=choice.at_least,
            statement__corpus__in=corpora,
            statement__split=Split.TRAIN,
        )
        .annotate(has_gold=Exists(gold), is_judged=Exists(judged), is_contradicted=Exists(contradicted))
        .values_list(*FIELDS)
        .order_by("statement_id")
    )
