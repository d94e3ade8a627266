"""Labels are numbered in four bytes, which takes eight off each prediction on PostgreSQL."""

from django.db import migrations, models

from ledger.references import DropForeignKeys


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_comparisons")]

    operations = [
        migrations.AlterField("label", "id", models.AutoField(primary_key=True, serialize=False)),
        DropForeignKeys("ledger_prediction"),  # the step before put back the one to the label
    ]
