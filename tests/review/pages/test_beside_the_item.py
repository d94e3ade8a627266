"""What stands beside the sentence: other statements, history, progress, one's latest answers."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.urls import reverse

from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered, item_page, predict, sign_in


def test_the_same_two_drugs_elsewhere_and_the_same_wording_as_people_judged_them(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    pair = make_item(prediction={"wording": "{} is safer than {} alone."})
    alike = make_item(prediction={"head": "Apixaban", "tail": "Heparin"})
    unjudged = make_item(prediction={"head": "Aspirin", "tail": "Heparin"})
    answered(pair, second_pharmacist, "undetermined")
    answered(alike, second_pharmacist, "synergistic")
    page = item_page(make_item(), pharmacist)
    elsewhere = page[page.index("The same two drugs elsewhere") : page.index("The same wording, answered lately")]
    wording = page[page.index("The same wording, answered lately") :]
    assert "not determinable</span>" in elsewhere
    assert f">#{pair.pk}</a>" in elsewhere
    assert "single review" in wording
    assert f">#{alike.pk}</a>" in wording
    assert f">#{unjudged.pk}</a>" not in page


def test_a_spot_check_is_answered_by_itself(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> None:
    answered(make_item(prediction={"head": "Apixaban", "tail": "Heparin"}), second_pharmacist)
    page = item_page(make_item(main_reason="spot_check"), pharmacist)
    assert "answered lately" not in page
    assert "All statements with this wording" not in page


def test_history_has_every_models_answer_and_every_decision(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    other = predict(facts.model_version(), of=item.statement, said="synergistic", confidence=0.875)
    answered(item, second_pharmacist, "synergistic", comment="the effect grows")
    answered(item, pharmacist, "antagonistic")
    page = item_page(item, pharmacist)
    history = page[page.index('id="history"') : page.index('id="guideline"')]
    for shown in ("the effect grows", f"saw model {item.prediction.model_version.number} say antagonistic", "0.88"):
        assert shown in history
    assert f'<th scope="row">{other.model_version.number}</th>' in history
    assert "(asked about)" in history


def test_progress_counts_todays_batch(make_item: MakeItem, pharmacist: User) -> None:
    for _ in range(27):
        answered(make_item(), pharmacist)
    page = item_page(make_item(), pharmacist)
    assert '<progress max="25" value="2"' in page
    assert page.count("<dd>27</dd>") == 2


def test_ones_latest_answers_can_be_undone_and_looked_at(make_item: MakeItem, pharmacist: User) -> None:
    items = [make_item() for _ in range(12)]
    given = [answered(item, pharmacist) for item in items]
    page = item_page(items[5], pharmacist)
    for decision in given[2:]:
        assert reverse("review:undo", args=[decision.pk]) in page
    assert reverse("review:undo", args=[given[1].pk]) not in page
    assert f'data-key="k" href="{reverse("review:item", args=[items[4].pk])}"' in page
    assert f'data-key="j" href="{reverse("review:item", args=[items[6].pk])}"' in page


def test_the_first_visit_is_offered_a_tour_until_it_is_taken_or_declined(item: ReviewItem, pharmacist: User) -> None:
    assert "Your first visit?" in item_page(item, pharmacist)
    sign_in(pharmacist).post(reverse("review:end_tour"))
    assert "Your first visit?" not in item_page(item, pharmacist)
