"""A site that has a task under a shipped name before the migration that ships it keeps its own."""

from __future__ import annotations

from ledger.checks import append_only_guards_stand
from tests.ledger.migrating import migrated


def test_a_sites_own_task_of_a_shipped_name_stays_as_it_is(committed_db: str) -> None:
    before = migrated("0008_relations")
    tasks, labels = before.get_model("ledger", "Task"), before.get_model("ledger", "Label")
    labels.objects.filter(task__slug__in=["drugprot", "ddi-2013"]).delete()
    tasks.objects.filter(slug__in=["drugprot", "ddi-2013"]).delete()
    own = tasks.objects.create(slug="drugprot", title="Our proteins", question="Which?", head_kind="x", tail_kind="y")
    labels.objects.create(task=own, slug="binds", title="Binds", key="b", meaning="It binds.", position=0)

    after = migrated("0011_preset_of_relations").get_model("ledger", "Task")
    task = after.objects.get(slug="drugprot")
    assert (task.pk, task.title, task.head_kind, task.preset) == (own.pk, "Our proteins", "x", "default")
    assert list(task.labels.values_list("slug", flat=True)) == ["binds"]
    shipped = after.objects.get(slug="ddi-2013")
    assert (shipped.labels.count(), shipped.preset) == (5, "relations")
    assert after.objects.get(slug="ddi-polarity").preset == "default"
    assert append_only_guards_stand(["default"]) == []
