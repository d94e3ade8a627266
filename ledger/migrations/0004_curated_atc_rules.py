"""Ship the first edition of the curated ATC class rules."""

from __future__ import annotations

import csv
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = Path(__file__).parent.parent / "curated" / "atc_rules.csv"
EDITION = "curated 1"


def ship(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    task = apps.get_model("ledger", "Task").objects.get(slug="ddi-polarity")
    labels = {label.slug: label for label in apps.get_model("ledger", "Label").objects.filter(task=task)}
    rule = apps.get_model("ledger", "AtcRule")
    with TABLE.open(encoding="utf-8", newline="") as file:
        rule.objects.bulk_create(
            rule(
                task=task,
                table=EDITION,
                prefix_a=row["prefix_a"],
                prefix_b=row["prefix_b"],
                expected=labels[row["expected_label"]],
                mechanism=row["mechanism"],
                reference=row["reference"],
                source="curated",
            )
            for row in csv.DictReader(file)
        )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_polarity_task")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
