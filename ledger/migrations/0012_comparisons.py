"""Comparisons of an evaluated model with another one, found after its evaluation; and evaluations on validation."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from ledger.triggers import GuardAppendOnly


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_preset_of_relations")]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metrics", models.JSONField()),
                ("compared_at", models.DateTimeField()),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comparisons",
                        to="ledger.evaluation",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.modelversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "comparison",
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation", "other"), name="one_comparison_per_evaluation_and_other_model"
                    )
                ],
            },
        ),
        GuardAppendOnly("ledger_comparison"),
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
                    ("comparison", "comparison"),
                ],
                max_length=13,
            ),
        ),
        migrations.AlterField(
            "evaluation",
            "view",
            models.CharField(help_text="Which examples: test, one drug unseen, or validation.", max_length=10),
        ),
    ]
