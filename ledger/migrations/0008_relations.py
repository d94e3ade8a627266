"""What annotated documents bring: the other mentions of a sentence, pairs of several types, and the label for none.

Columns that may be empty are added to append-only tables in place, so their guards stay; they are asked for once more.
"""

from __future__ import annotations

from django.db import migrations, models

from ledger.triggers import GuardAppendOnly


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_search")]

    operations = [
        migrations.AddField(
            "goldlabel",
            "further",
            models.JSONField(
                help_text="For seed labels: slugs of the other labels that the corpus gives the same pair, if any.",
                null=True,
            ),
        ),
        migrations.AddField(
            "label",
            "negative",
            models.BooleanField(
                default=False,
                help_text="Says that no relation holds: in no submission, and left out of scores over relation types.",
            ),
        ),
        migrations.AddField(
            "statement",
            "other_mentions",
            models.JSONField(
                help_text="[start, end, kind] of the sentence's mentions beside head and tail, where it has any.",
                null=True,
            ),
        ),
        migrations.AlterField(
            "statement",
            "split",
            models.CharField(
                choices=[
                    ("train", "train"),
                    ("validation", "validation"),
                    ("test", "test"),
                    ("bridge", "bridge (its drugs, or the documents of its text, are in different groups)"),
                ],
                max_length=10,
            ),
        ),
        GuardAppendOnly("ledger_goldlabel"),
        GuardAppendOnly("ledger_statement"),
    ]
