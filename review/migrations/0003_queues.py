"""The indexes of the parts of a queue."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0002_workbench")]

    operations = [
        migrations.AddIndex(
            "reviewitem",
            models.Index(fields=["task", "state", "main_reason", "-priority", "id"], name="item_by_reason_and_place"),
        ),
        migrations.AddIndex(
            "reviewitem", models.Index(fields=["task", "main_reason", "statement"], name="item_by_reason_and_statement")
        ),
        migrations.AddIndex(
            "reviewitem",
            models.Index(fields=["assigned_to", "task", "state", "-priority", "id"], name="item_by_person_and_place"),
        ),
    ]
