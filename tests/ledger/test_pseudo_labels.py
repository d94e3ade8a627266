"""How many of each label may teach by what the live model is sure of, where there are more than two labels."""

from __future__ import annotations

from collections import Counter

from ledger.candidates import Choice
from ledger.models import Label, ModelVersion
from ledger.training_sets import choose
from tests.ledger.facts import polarity
from tests.ledger.whole import Says, finished_run, seed, statements

LATER = 50  # pairs of drugs from here on are in no statement that teaches by gold


def says(**n: int) -> list[Says]:
    """So many sure predictions of each label, each on a statement of its own."""
    slugs = [slug for slug, times in n.items() for _ in range(times)]
    return [Says(said, slug) for said, slug in zip(statements(len(slugs), start=LATER), slugs, strict=True)]


def chosen() -> tuple[Counter[str], dict[str, int]]:
    """How many pseudo-labels of each label the next training set has, and what was left out."""
    slugs = dict(Label.objects.values_list("id", "slug"))
    candidates, composition = choose(polarity(), Choice(at_least=0.98))
    return Counter(slugs[one.label_id] for one in candidates if one.source == "pseudo"), composition.left_out


def three_labels(*, negative: bool = False) -> None:
    Label.objects.filter(slug="undetermined").update(trainable=True, negative=negative)


def test_a_label_the_model_is_never_sure_of_does_not_keep_the_others_from_teaching(live: ModelVersion) -> None:
    three_labels()
    finished_run(live, says(synergistic=5, antagonistic=3))
    assert chosen() == (
        {"synergistic": 3, "antagonistic": 3},
        {"more than antagonistic has, the label in the middle": 2},
    )


def test_what_has_fewer_than_the_middle_teaches_all_it_has(live: ModelVersion) -> None:
    three_labels()
    finished_run(live, says(synergistic=5, antagonistic=3, undetermined=1))
    pseudo, left_out = chosen()
    assert pseudo == {"synergistic": 3, "antagonistic": 3, "undetermined": 1}
    assert left_out == {"more than antagonistic has, the label in the middle": 2}


def test_that_nothing_is_related_keeps_the_share_it_has_in_gold(live: ModelVersion) -> None:
    three_labels(negative=True)
    for said in statements(6, start=20, wording="{} was given beside {}."):
        seed(said, "undetermined")  # six of no relation beside the four that teach one
    finished_run(live, says(synergistic=3, antagonistic=1, undetermined=20))
    pseudo, left_out = chosen()
    assert pseudo == {"synergistic": 1, "antagonistic": 1, "undetermined": 3}
    assert left_out == {
        "more than antagonistic has, the label with the fewest": 2,
        "more that say nothing is related than gold has beside the others": 17,
    }


def test_no_relation_alone_teaches_nothing(live: ModelVersion) -> None:
    three_labels(negative=True)
    seed(statements(1, start=20)[0], "undetermined")
    finished_run(live, says(undetermined=20))
    assert chosen() == ({}, {"more that say nothing is related than gold has beside the others": 20})
