"""Items are found by any of their reasons: an index for each, of its items alone, instead of those by the main one."""

from __future__ import annotations

from django.db import migrations, models

import review.reasons  # noqa: F401  the look-up that the indexes are made of

REASONS = (
    "low_confidence", "atc_contradiction", "flip", "suspect_gold", "audit", "spot_check", "models_differ", "requested"
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("review", "0003_queues")]

    operations = [
        migrations.RemoveIndex("reviewitem", "item_by_reason_and_place"),
        migrations.RemoveIndex("reviewitem", "item_by_reason_and_statement"),
        *(
            migrations.AddIndex(
                "reviewitem",
                models.Index(
                    fields=["task", "state", "-priority", "id"],
                    name=f"item_{reason}_place",
                    condition=models.Q(reasons__names_rule=reason),
                ),
            )
            for reason in REASONS
        ),
        *(
            migrations.AddIndex(
                "reviewitem",
                models.Index(
                    fields=["task", "statement"],
                    name=f"item_{reason}_row",
                    condition=models.Q(reasons__names_rule=reason),
                ),
            )
            for reason in REASONS
        ),
    ]
