"""What relation tasks ask of a site: a way of training of their own, thresholds by label, and models joined."""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from ledger.triggers import GuardAppendOnly


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_relation_tasks")]

    operations = [
        migrations.AddField(
            "task",
            "preset",
            models.CharField(
                default="default",
                help_text="The way its models are trained unless somebody asks for another.",
                max_length=40,
            ),
        ),
        migrations.AddField(
            "label",
            "doubt_threshold",
            models.FloatField(
                blank=True,
                help_text="Predictions of this label below it go to a person; without one the task's threshold holds.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0.0),
                    django.core.validators.MaxValueValidator(1.0),
                ],
            ),
        ),
        migrations.AddConstraint(
            "label",
            models.UniqueConstraint(
                condition=models.Q(negative=True), fields=("task",), name="one_negative_label_per_task"
            ),
        ),
        migrations.AddConstraint(
            "label",
            models.CheckConstraint(
                condition=models.Q(doubt_threshold__isnull=True) | models.Q(doubt_threshold__range=(0, 1)),
                name="label_threshold_lies_between_0_and_1",
            ),
        ),
        migrations.CreateModel(
            name="EnsembleMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "ensemble",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="ledger.modelversion"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="ledger.modelversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "ensemble member",
                "ordering": ["ensemble_id", "position"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ensemble", "member"), name="one_membership_per_ensemble_and_member"
                    ),
                    models.UniqueConstraint(
                        fields=("ensemble", "position"), name="one_member_per_ensemble_and_position"
                    ),
                ],
            },
        ),
        GuardAppendOnly("ledger_ensemblemember"),
        migrations.AlterField(
            "chainlink",
            "kind",
            models.CharField(
                choices=[
                    ("run_root", "run root"),
                    ("decision", "decision"),
                    ("gold", "gold label"),
                    ("model_version", "model version"),
                    ("training_set", "training set"),
                    ("evaluation", "evaluation"),
                    ("promotion", "promotion"),
                    ("pattern", "pattern decision"),
                    ("comment", "comment"),
                    ("proposal", "proposal"),
                    ("approval", "approval"),
                    ("cause", "cause of a disagreement"),
                    ("member", "ensemble member"),
                ],
                max_length=13,
            ),
        ),
        migrations.AlterField(
            "run",
            "kind",
            models.CharField(
                choices=[
                    ("training", "training"),
                    ("inference", "inference"),
                    ("queue", "queue building"),
                    ("ensemble", "ensemble"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("run", "run_has_what_its_kind_needs"),
        migrations.AddConstraint(
            "run",
            models.CheckConstraint(
                condition=models.Q(kind="training", round__isnull=False)
                | models.Q(kind="inference", model_version__isnull=False)
                | models.Q(kind__in=["queue", "ensemble"]),
                name="run_has_what_its_kind_needs",
            ),
        ),
        migrations.AddConstraint(
            "run",
            models.UniqueConstraint(
                condition=models.Q(kind="ensemble", status__in=["queued", "running"]),
                fields=("task",),
                name="one_active_ensemble_making_per_task",
            ),
        ),
    ]
