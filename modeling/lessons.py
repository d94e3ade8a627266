"""What a training is fed: the labelled examples as numbers, and the project's curated sentences beside them."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from hashlib import sha256

from tokenizers import Tokenizer

from modeling import curated
from modeling.config import TrainingConfig
from modeling.fitting import Row, input_of, row_of
from modeling.inputs import inputs_of
from modeling.records import Example, Input, Span, Statement

_MARK = re.compile("⟨([12])⟩")


class NotEnoughExamples(ValueError):
    """A label has no training example, so nothing can be learnt about it."""


class UnusableExample(ValueError):
    """An example's label is not in the label set, or its weight is not above 0."""


def check_examples(examples: Sequence[Example], validation: Sequence[Example], labels: Sequence[str]) -> None:
    """Nothing, unless an example cannot teach (UnusableExample) or a label has none (NotEnoughExamples)."""
    for example in (*examples, *validation):
        if not 0 <= example.label_index < len(labels) or not 0 < example.weight < float("inf"):
            raise UnusableExample(
                f"The example of statement {example.statement.id} has label {example.label_index} of {len(labels)} "
                f"and weight {example.weight}: give a label index below {len(labels)} and a weight above 0."
            )
    counts = Counter(example.label_index for example in examples)
    without = [label for index, label in enumerate(labels) if not counts[index]]
    if without or len(labels) < 2:
        raise NotEnoughExamples(
            f"There are {len(examples)} training examples over {len(labels)} labels and none for "
            f"{', '.join(without) or 'a second label'}: review or import some of each label first."
        )


def curated_examples(
    labels: Sequence[str], *, share: float, like: Sequence[Statement], unlike: Collection[str] = ()
) -> tuple[list[Example], list[Example]]:
    """The curated sentences that teach, and those that validate, as examples of these labels.

    Sentences with another label are left out, so a task of other labels gets none. Their drugs' names are those of
    statements in `like`, drawn by hash; patterns in `unlike` are described in `curated.sentences`.
    """
    teaching: list[Example] = []
    validating: list[Example] = []
    if share and like:
        for sentence in curated.sentences(share=share, unlike=unlike):
            if sentence.label in labels:
                example = Example(_about(sentence.pattern, like), labels.index(sentence.label))
                (validating if curated.is_held_out(sentence) else teaching).append(example)
    return teaching, validating


def _about(pattern: str, like: Sequence[Statement]) -> Statement:
    """The pattern with the two mentions of one of the statements put in."""
    chosen = like[int.from_bytes(sha256(pattern.encode()).digest()[:8], "big") % len(like)]
    names = {
        "1": chosen.text[chosen.head.start : chosen.head.end],
        "2": chosen.text[chosen.tail.start : chosen.tail.end],
    }
    spans: dict[str, Span] = {}
    text = ""
    for number, piece in enumerate(_MARK.split(pattern)):
        if number % 2:
            spans.setdefault(piece, Span(len(text), len(text) + len(names[piece])))
            piece = names[piece]
        text += piece
    return Statement(
        id=0,
        text=text,
        pattern=pattern,
        head=spans["1"],
        tail=spans["2"],
        head_kind=chosen.head_kind,
        tail_kind=chosen.tail_kind,
    )


def rows_of(examples: Sequence[Example], tokenizer: Tokenizer, config: TrainingConfig) -> list[Row]:
    """Each example as numbers, in their order. Raises what `inputs_of` raises."""
    inputs = inputs_of([example.statement for example in examples], tokenizer, config)
    return [
        row_of(one, label=example.label_index, weight=example.weight, further=example.further)
        for one, example in zip(inputs, examples, strict=True)
    ]


def weighted(rows: list[Row], config: TrainingConfig) -> list[Row]:
    """The rows as the configuration has them count: repeats merged, labels balanced; the mean weight stays 1."""
    if config.merge_repeats:
        rows = _merged(rows)
    if config.class_weights:
        by_label: defaultdict[int, float] = defaultdict(float)
        for row in rows:
            by_label[row["labels"]] += row["weights"]
        share = sum(by_label.values()) / len(by_label)
        rows = [Row(**{**row, "weights": row["weights"] * share / by_label[row["labels"]]}) for row in rows]
    if config.merge_repeats or config.class_weights:
        mean = sum(row["weights"] for row in rows) / len(rows)
        rows = [Row(**{**row, "weights": row["weights"] / mean}) for row in rows]
    return rows


def _merged(rows: Sequence[Row]) -> list[Row]:
    """One row for all of the same input and label; an input's rows together weigh the root of its examples' weight.

    So a wording with two hundred statements counts like fourteen, and one labelled both ways keeps its odds.
    """
    by_input: defaultdict[Input, defaultdict[tuple[int, ...], float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        by_input[input_of(row)][row["labels"], *row.get("further", ())] += row["weights"]
    return [
        row_of(one, label=label, weight=weight / math.sqrt(sum(weights.values())), further=tuple(further))
        for one, weights in by_input.items()
        for (label, *further), weight in weights.items()
    ]
