"""`manage.py infer`: predict every statement the model has not spoken of."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import task_named
from ledger.models import ModelVersion, Run, Task
from ledger.queries import current_model
from ledger.record.runs import NothingToPredict, UnknownCorpus, corpora_named, open_inference
from modeling.store.predictions import predict_pending


class Command(RunCommand):
    help = "Predict every statement of a task with its live model, or with the one named."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--model", type=int, help="number of the model version; the live one by default")
        parser.add_argument("--corpus", action="append", default=[], help="only this corpus; may be repeated")
        parser.add_argument(
            "--leave-out-seed", action="store_true", help="not the pairs of drugs that seed labels are about"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        model = self._model(task, options["model"])

        def open_run(wake: bool) -> Run:
            try:
                return open_inference(
                    task=task,
                    model_version=model,
                    corpora=tuple(options["corpus"]),
                    leave_out_seed=options["leave_out_seed"],
                    by=None,
                    now=timezone.now(),
                    wake=wake,
                )
            except (NothingToPredict, UnknownCorpus) as error:
                raise CommandError(str(error)) from error

        run = self.see_through(
            task,
            Run.Kind.INFERENCE,
            open_run,
            predict_pending,
            is_wanted=lambda run: (
                run.model_version_id == model.pk
                and run.parameters["corpora"] == list(corpora_named(task, options["corpus"]).values())
                and ("seed_left_out_up_to" in run.parameters) is options["leave_out_seed"]
            ),
        )
        detail = dict(run.detail)
        unread = [why for _, why in detail.pop("unread", [])]
        self.report(
            {
                "run": run.pk,
                "model_version": model.number,
                "predictions": run.n_done,
                "flags": run.n_flags,
                "root_hash": run.root_hash,
                **detail,
                **({"unread": unread} if unread else {}),
            },
            as_json=options["json"],
        )

    def _model(self, task: Task, number: int | None) -> ModelVersion:
        if number is None:
            model = current_model(task)
            if model is None:
                raise CommandError(f"The task {task.slug} has no live model; promote one, or name one with --model.")
            return model
        named = ModelVersion.objects.filter(task=task, number=number).first()
        if named is None:
            raise CommandError(f"The task {task.slug} has no model version {number}.")
        return named
