"""`manage.py score_relations`: predicted relations against the gold standard, as the shared task scores them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.corpora import drugprot
from ledger.corpora.bad_input import BadInput
from ledger.corpora.submission import read_documents, read_entity_kinds, read_submission
from ledger.management.printing import print_facts
from modeling.relation_scores import Entities, Related, RelationScores, Tally, micro_intervals, score_relations

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
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, gold: Path, predictions: Path, json: bool, **options: Any) -> None:
        types = [type_.strip() for type_ in options["types"].split(",") if type_.strip()]
        if not types:
            raise CommandError("There is no type to score; name some with --types, such as INHIBITOR,AGONIST.")
        try:
            scores = score_relations(
                _relations(gold),
                _relations(predictions),
                types=types,
                entities=_entities(options["entities"]),
                documents=read_documents(options["documents"]) if options["documents"] else None,
            )
        except BadInput as error:
            raise CommandError(str(error)) from error
        intervals = micro_intervals(scores)
        print_facts(self.stdout, _table(scores, intervals), scores.as_dict() | {"intervals": intervals}, as_json=json)


def _relations(path: Path) -> list[Related]:
    return [Related(one.document, one.type, one.head, one.tail) for one in read_submission(path)]


def _entities(path: Path) -> dict[str, Entities]:
    head, tail = drugprot.KINDS
    return {
        document: Entities(
            frozenset(name for name, kind in kinds.items() if kind == head),
            frozenset(name for name, kind in kinds.items() if kind == tail),
        )
        for document, kinds in read_entity_kinds(path).items()
    }


def _table(scores: RelationScores, intervals: dict[str, list[float] | None]) -> list[str]:
    lines = [f"{'relation':<{WIDTH}}     P     R    F1   gold  predicted"]
    lines += [_line(type_, tally) for type_, tally in scores.by_type.items()]
    lines.append(_line("all (micro)", scores.micro))
    if (f1 := intervals["f1"]) is not None:
        lines.append(f"F1 over resampled documents, middle 95 %: {f1[0]:.3f} to {f1[1]:.3f}")
    if scores.not_in_gold:
        lines.append(f"not in the gold standard: {', '.join(scores.not_in_gold)}")
    if scores.not_predicted:
        lines.append(f"not predicted: {', '.join(scores.not_predicted)}")
    lines += [f"left out: {n:,} rows {reason}" for reason, n in scores.left_out.items()]
    return lines


def _line(name: str, tally: Tally) -> str:
    figures = f"{tally.precision:.3f} {tally.recall:.3f} {tally.f1:.3f} {tally.n_gold:>6,} {tally.n_predicted:>10,}"
    return f"{name:<{WIDTH}} {figures}"
