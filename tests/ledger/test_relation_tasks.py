"""The tasks of annotated documents, as they are shipped."""

from __future__ import annotations

import pytest

from ledger.corpora.ddi_sentence import TYPES as DDI_TYPES
from ledger.corpora.drugprot import KINDS, TYPES
from ledger.labels import KEYS
from ledger.models import Label, Task
from review.keys import can_be_a_labels

RARE = {"AGONIST-ACTIVATOR", "AGONIST-INHIBITOR", "SUBSTRATE_PRODUCT-OF"}  # left out by the paper: too few to learn


@pytest.mark.django_db
def test_each_type_has_a_label_and_one_label_denies_them_all() -> None:
    for slug, types in (("drugprot", set(TYPES) - RARE), ("ddi-2013", set(DDI_TYPES))):
        labels = list(Task.objects.get(slug=slug).labels.all())
        assert {label.slug for label in labels if not label.negative} == {type_.casefold() for type_ in types}
        assert [label.key for label in labels if label.negative] == ["n"]
        assert all(label.trainable and can_be_a_labels(label.key) for label in labels)
    drugprot = Task.objects.get(slug="drugprot")
    assert (drugprot.head_kind, drugprot.tail_kind) == KINDS
    assert not Label.objects.filter(task__slug="ddi-polarity", negative=True).exists()


def test_every_key_that_may_be_given_is_free_on_an_item_page() -> None:
    assert all(can_be_a_labels(key) for key in KEYS)
    assert len(set(KEYS)) == len(KEYS)
