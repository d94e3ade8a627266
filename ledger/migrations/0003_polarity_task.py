"""The task every site starts with, polarity of drug–drug interactions, and the three roles."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GUIDELINE = (
    "Answer what the sentence itself says about taking both drugs together, not what you know of the pair. "
    "When the sentence names an effect, ask whether a prescriber wants that effect: if the combination makes a wanted "
    "effect stronger, it is synergistic; if it makes treatment work less, or makes harm appear or grow, it is antagonistic. "
    "When it only tells of a changed concentration, metabolism or excretion, or of an unnamed change, it is not determinable."
)
LABELS = [
    ("synergistic", "Synergistic", "1", True, "The combination enhances an intended effect."),
    ("antagonistic", "Antagonistic", "2", True, "Efficacy is reduced, or harm arises or grows."),
    (
        "undetermined",
        "Not determinable",
        "3",
        False,
        "An interaction without a stated outcome: a concentration or metabolism changes, or an activity “may be affected”.",
    ),
]


def ship(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    task = apps.get_model("ledger", "Task").objects.create(
        slug="ddi-polarity",
        title="Drug–drug interaction polarity",
        question="What does this sentence say the combination does?",
        guideline=GUIDELINE,
    )
    label_model = apps.get_model("ledger", "Label")
    for position, (slug, title, key, trainable, meaning) in enumerate(LABELS):
        label_model.objects.create(
            task=task, slug=slug, title=title, key=key, trainable=trainable, meaning=meaning, position=position
        )
    for role in ("pharmacist", "adjudicator", "lead"):
        apps.get_model("auth", "Group").objects.get_or_create(name=role)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
