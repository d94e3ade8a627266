"""Tasks with a label for "no relation" are trained as relations are, unless somebody asks for another way."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def train_as_relations(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with_negative = apps.get_model("ledger", "Label").objects.filter(negative=True).values_list("task_id", flat=True)
    apps.get_model("ledger", "Task").objects.filter(pk__in=list(with_negative)).update(preset="relations")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_relation_settings")]

    operations = [migrations.RunPython(train_as_relations, migrations.RunPython.noop)]
