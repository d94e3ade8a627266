"""`manage.py train`: open a round and see its training through."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import add_corpora_option, task_named
from ledger.models import Evaluation, ModelVersion, Run
from ledger.record.runs import UnknownCorpus, open_round
from modeling.backbones import BackboneChanged, BackboneMissing, resolve
from modeling.management.config_option import add_config_options, preset_given, settings_given
from modeling.management.figure_lines import headline_figures
from modeling.store.rounds import train_round


class Command(RunCommand):
    help = "Freeze gold and pseudo-labels, train a model on them, and test it beside the current one."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_config_options(parser)
        add_corpora_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        preset = preset_given(options, task)
        parameters = {"preset": preset, "config": settings_given(options, preset), "corpora": options["corpus"]}
        try:
            resolve(settings.DDI_BACKBONE)  # before a round is opened that could not be trained
        except (BackboneMissing, BackboneChanged) as error:
            raise CommandError(str(error)) from error

        def open_training(wake: bool) -> Run:
            try:
                opened = open_round(task=task, by=None, now=timezone.now(), parameters=parameters, wake=wake)
            except UnknownCorpus as error:
                raise CommandError(str(error)) from error
            return opened.runs.get()

        run = self.see_through(
            task,
            Run.Kind.TRAINING,
            open_training,
            train_round,
            is_wanted=lambda run: run.parameters == json.loads(json.dumps(parameters)),
        )
        version = ModelVersion.objects.get(training_set__round=run.round, derived_from=None, members=None)
        composition = version.training_set.composition
        evaluations = Evaluation.objects.filter(model_version=version, training_set=version.training_set)
        self.report(
            {
                "round": version.training_set.round.number,
                "model_version": version.number,
                "artifact": version.artifact,
                "examples": composition["examples"],
                "left_out": composition["left_out"],
                "calibration": version.calibration,
                **version.measured["adapter"],
                **version.measured["training"],
                **{
                    name: value
                    for one in evaluations
                    for name, value in headline_figures(one.view, one.metrics).items()
                },
            },
            as_json=options["json"],
        )
