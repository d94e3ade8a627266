"""`manage.py score_relations`: predicted relations against the gold standard, as the shared task scores them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.corpora import drugprot
from ledger.corpora.bad_input import BadInput
from ledger.corpora.submission import read_documents, read_entity_kinds, read_submission
from ledger.management.printing import print_facts
from modeling.relation_scores import (
    Entities,
    Intervals,
    Related,
    RelationScores,
    Tally,
    micro_intervals,
    score_relations,
    type_intervals,
)

WIDTH = 24


class Command(BaseCommand):
    help = "Score predicted relations against gold ones: micro precision, recall and F1, and for each type."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("gold", type=Path, help="gold relations (document, type, Arg1:T1, Arg2:T2)")
        parser.add_argument("predictions", type=Path, help="predicted relations in the same form")
        parser.add_argument("--entities", type=Path, required=True, metavar="FILE", help="the documents' entities")
        parser.add_argument(
            "--documents", type=Path, metavar="FILE", help="the documents to score (default: all that have entities)"
        )
        parser.add_argument(
            "--types",
            metavar="TYPES",
            default=",".join(drugprot.TYPES),
            help="relation types to score, joined by commas (default: DrugProt's thirteen)",
        )
        parser.add_argument(
            "--kinds",
            metavar="HEAD,TAIL",
            default=",".join(drugprot.KINDS),
            help="kinds of the two entities, as the task has them (default: chemical,gene)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, gold: Path, predictions: Path, json: bool, **options: Any) -> None:
        types = [type_.strip() for type_ in options["types"].split(",") if type_.strip()]
        if not types:
            raise CommandError("There is no type to score; name some with --types, such as INHIBITOR,AGONIST.")
        head, tail = _kinds(options["kinds"])
        try:
            scores = score_relations(
                _relations(gold, either_way=head == tail),
                _relations(predictions, either_way=head == tail),
                types=types,
                entities=_entities(options["entities"], head, tail),
                documents=read_documents(options["documents"]) if options["documents"] else None,
            )
        except BadInput as error:
            raise CommandError(str(error)) from error
        intervals = micro_intervals(scores)
        by_type = type_intervals(scores)
        facts = scores.as_dict() | {"intervals": {**intervals, "by_type": by_type}}
        print_facts(self.stdout, _table(scores, intervals, by_type), facts, as_json=json)


def _kinds(written: str) -> tuple[str, str]:
    kinds = [kind.strip().casefold() for kind in written.split(",")]
    if len(kinds) != 2 or not all(kinds):
        raise CommandError(f"“{written}” does not name two kinds; give them like --kinds drug,drug.")
    return kinds[0], kinds[1]


def _relations(path: Path, *, either_way: bool) -> list[Related]:
    """The rows; `either_way` where both kinds are the same: then the order of the ids tells head from tail."""
    rows = ((one.document, one.type, one.head, one.tail) for one in read_submission(path))
    return [
        Related(document, type_, *(sorted((head, tail)) if either_way else (head, tail)))
        for document, type_, head, tail in rows
    ]


def _entities(path: Path, head: str, tail: str) -> dict[str, Entities]:
    """Each document's heads and tails; refuses kinds of which the file has none."""
    read = read_entity_kinds(path)
    met = {kind for kinds in read.values() for kind in kinds.values()}
    if absent := sorted({head, tail} - met):
        known = ", ".join(sorted(met)) or "none"
        raise CommandError(
            f"{path}: no entity is a {' or '.join(absent)}; the kinds there are: {known}. Name two with --kinds."
        )
    return {
        document: Entities(
            frozenset(name for name, kind in kinds.items() if kind == head),
            frozenset(name for name, kind in kinds.items() if kind == tail),
        )
        for document, kinds in read.items()
    }


def _table(scores: RelationScores, intervals: Intervals, by_type: dict[str, Intervals]) -> list[str]:
    lines = [f"{'relation':<{WIDTH}}     P     R    F1   gold  predicted"]
    lines += [_line(type_, tally) for type_, tally in scores.by_type.items()]
    lines.append(_line("all (micro)", scores.micro))
    for name, over_documents in {"all": intervals, **by_type}.items():
        if bounds := _bounds(over_documents):
            lines.append(f"{name}, middle 95 % over resampled documents: {bounds}")
    if scores.not_in_gold:
        lines.append(f"not in the gold standard: {', '.join(scores.not_in_gold)}")
    if scores.not_predicted:
        lines.append(f"not predicted: {', '.join(scores.not_predicted)}")
    lines += [f"left out: {n:,} rows {reason}" for reason, n in scores.left_out.items()]
    return lines


def _bounds(intervals: Intervals) -> str:
    return ", ".join(
        f"{words} {bounds[0]:.3f} to {bounds[1]:.3f}"
        for words, name in (("P", "precision"), ("R", "recall"), ("F1", "f1"))
        if (bounds := intervals[name]) is not None
    )


def _line(name: str, tally: Tally) -> str:
    figures = f"{tally.precision:.3f} {tally.recall:.3f} {tally.f1:.3f} {tally.n_gold:>6,} {tally.n_predicted:>10,}"
    return f"{name:<{WIDTH}} {figures}"
