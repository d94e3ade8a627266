"""`manage.py export_onnx`: a model version as a folder that onnxruntime and tokenizers alone can serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger.management.printing import print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import ModelVersion
from ledger.record.models import AlreadyDerived, NotATrainedVersion
from modeling.management.refusals import in_one_sentence
from modeling.onnx_export import GraphDiffers
from modeling.store.exports import Exported, NoRoomForExport, NotExportable, NothingToCompareOn, NotRegistrable, export

OF_EXPORTS = (
    AlreadyDerived, GraphDiffers, NoRoomForExport, NotATrainedVersion, NotExportable, NotRegistrable,
    NothingToCompareOn,
)  # fmt: skip


class Command(BaseCommand):
    help = "Export a model version as ONNX, held against the original on the ledger's statements; int8 on demand."

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        parser.add_argument("--model", type=int, required=True, metavar="NUMBER", help="number of the model version")
        parser.add_argument(
            "--output", type=Path, metavar="FOLDER", help="a new or empty folder (default: in var/exports, by number)"
        )
        parser.add_argument("--int8", action="store_true", help="round the weights to 8 bits: faster, other answers")
        parser.add_argument(
            "--register", action="store_true", help="with --int8: add it to the ledger as a model version of its own"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        version = ModelVersion.objects.filter(task=task, number=options["model"]).first()
        if version is None:
            raise CommandError(f"The task {task.slug} has no model version {options['model']}.")
        output = options["output"]
        if output is None and not options["register"]:
            output = Path(settings.VAR_DIR) / "exports" / f"{version.number}-{'int8' if options['int8'] else 'float32'}"
            output.parent.mkdir(exist_ok=True)
        with in_one_sentence(*OF_EXPORTS):
            made = export(
                version, int8=options["int8"], output=output, register=options["register"], now=timezone.now()
            )
        facts = {
            "model_version": version.number,
            "sha256": made.sha256,
            "folder": str(made.folder) if made.folder else None,
            "registered_as": made.version.number if made.version else None,
            **made.facts,
        }
        print_facts(self.stdout, list(_lines(version, made)), facts, as_json=options["json"])


def _lines(version: ModelVersion, made: Exported) -> list[str]:
    facts = made.facts
    compared, speed, task, calibration = (facts[name] for name in ("compared", "speed", "hard_task", "calibration"))
    lines = [
        f"exported: model {version.number}, {facts['bytes']:,} bytes, sealed as {made.sha256}",
        f"folder: {made.folder or 'none'}",
        f"logits: float32 graph and torch differ by at most {compared['padded']:.1e} with padding and "
        f"{compared['unpadded']:.1e} without, on {compared['inputs']:,} inputs (limit {compared['limit']})",
        f"calibration: temperature {calibration['temperature']:.3f}, {calibration['method']} on {calibration['n']:,} "
        "validation examples",
    ]
    if agreed := facts.get("agreement"):
        sources = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in task["sources"].items())
        lines += [
            f"hard task: {task['statements']:,} statements ({sources}), {task['inputs']:,} distinct inputs",
            f"same label as model {version.number}: {_share(agreed['all'])}",
            f"… where model {version.number} is unsure (below {agreed['doubt_below']}): {_share(agreed['doubtful'])}",
            f"… in wordings that taught it nothing: {_share(agreed['untaught'])}",
            f"mean change of confidence: {agreed['all']['confidence_change']:.4f}",
        ]
    paces = ", ".join(f"{name} {pace:,.0f}" for name, pace in speed["per_second"].items())
    lines.append(
        f"inputs a second on {speed['threads']} threads: {paces}; the export is {speed['ratio']:.2f} times torch"
    )
    if made.version:
        lines.append(f"registered: as model {made.version.number}, a form of model {version.number}; not promoted")
    return lines


def _share(part: dict[str, Any]) -> str:
    if not part["n"]:
        return "none were asked, so it says nothing"
    low, high = part["interval"]
    return f"{part['share']:.3f} of {part['n']:,} ({low:.3f} to {high:.3f})"
