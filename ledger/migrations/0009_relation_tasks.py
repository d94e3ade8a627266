"""The tasks of annotated documents: how a chemical acts on a gene product, and how two drugs interact."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

DRUGPROT = {
    "slug": "drugprot",
    "title": "Drug–protein relations",
    "question": "How does this sentence say the chemical and the gene product are related?",
    "guideline": (
        "Answer what the sentence itself says of the two marked mentions, not what you know of them, and not what it says of "
        "another mention with the same name. Direct means that the chemical binds or acts on the protein itself; indirect that "
        "its amount or activity changes by way of something else, such as expression. When the sentence denies the relation, or "
        "names both without relating them, there is no relation. Where two answers fit, give the more specific one."
    ),
    "head_kind": "chemical",
    "tail_kind": "gene",
}
DRUGPROT_LABELS = [
    ("antagonist", "Antagonist", "1", "The chemical binds a receptor and keeps others from acting on it."),
    ("inhibitor", "Inhibitor", "2", "The chemical binds the protein and lowers its activity, or blocks it."),
    ("agonist", "Agonist", "3", "The chemical binds a receptor and makes it respond."),
    ("activator", "Activator", "4", "The chemical binds the protein and raises its activity."),
    (
        "indirect-upregulator",
        "Indirect upregulator",
        "5",
        "The chemical raises the protein's amount or activity without acting on it directly.",
    ),
    (
        "indirect-downregulator",
        "Indirect downregulator",
        "6",
        "The chemical lowers the protein's amount or activity without acting on it directly.",
    ),
    ("part-of", "Part of", "7", "The chemical is a part of the protein: an amino acid, a residue, a bound metal."),
    ("direct-regulator", "Direct regulator", "8", "The chemical binds the protein; which way it acts is not said."),
    ("substrate", "Substrate", "9", "The protein acts on the chemical: changes it, or carries it."),
    ("product-of", "Product of", "0", "The chemical is what the protein makes."),
    ("no-relation", "No relation", "n", "The sentence relates the two in none of these ways."),
]
DDI = {
    "slug": "ddi-2013",
    "title": "Drug–drug interaction types",
    "question": "How does this sentence say the two drugs interact?",
    "guideline": (
        "Answer what the sentence itself says of the two marked mentions. When it both gives advice and describes the interaction, "
        "it is advice; when it gives both how an interaction comes about and what it does, it is the mechanism. Two drugs that "
        "are merely listed together, compared, or said not to interact do not interact."
    ),
    "head_kind": "drug",
    "tail_kind": "drug",
}
DDI_LABELS = [
    ("mechanism", "Mechanism", "1", "How the interaction comes about: absorption, metabolism, concentration change."),
    ("effect", "Effect", "2", "What the interaction does: a clinical finding, a sign, a changed or failing action."),
    ("advise", "Advice", "3", "A recommendation or warning about taking the two together."),
    ("int", "Interaction", "4", "That the two interact, and nothing more."),
    ("none", "No interaction", "n", "The sentence states no interaction of these two."),
]


def ship(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A task that a site has under one of these names already stays as it is, with its own labels."""
    tasks = apps.get_model("ledger", "Task").objects
    for facts, labels in ((DRUGPROT, DRUGPROT_LABELS), (DDI, DDI_LABELS)):
        if tasks.filter(slug=facts["slug"]).exists():
            continue
        task = tasks.create(**facts)
        for position, (slug, title, key, meaning) in enumerate(labels):
            apps.get_model("ledger", "Label").objects.create(
                task=task,
                slug=slug,
                title=title,
                key=key,
                meaning=meaning,
                position=position,
                negative=key == "n",
            )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_relations")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
