"""The indexes by which a ledger of millions of statements is searched page by page."""

from __future__ import annotations

from django.db import migrations, models

from ledger.searchable import MakeSearchable


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_workbench")]

    operations = [
        migrations.AddIndex("statement", models.Index(fields=["corpus", "id"], name="statement_by_corpus")),
        migrations.AddIndex(
            "statement", models.Index(fields=["corpus", "pattern"], name="statement_by_wording")
        ),
        migrations.RemoveIndex("prediction", "prediction_by_confidence"),
        migrations.AddIndex(
            "prediction", models.Index(fields=["model_version", "confidence", "id"], name="prediction_by_confidence")
        ),
        migrations.AddIndex("decision", models.Index(fields=["decided_at"], name="decision_by_time")),
        MakeSearchable(),
    ]
