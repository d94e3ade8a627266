from __future__ import annotations

import re
from datetime import timedelta

from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import ModelVersion, Task
from tests.ledger import facts
from tests.review.conftest import sign_in
from tests.review.queries.models_beside import both_say, judged
from tests.review.queries.test_learning_curve import trained


def words(task: Task, reader: User) -> str:
    page = sign_in(reader).get(reverse("review:learning_curve", args=[task.slug])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_with_nothing_to_go_by_it_says_what_is_missing(task: Task, lead: User) -> None:
    text = words(task, lead)
    assert "No round has been evaluated yet" in text
    assert "By the rounds it cannot be said: it takes three" in text
    assert "By the audit it cannot be said: nobody has answered" in text


def test_the_rounds_say_what_forty_more_are_worth(task: Task, lead: User) -> None:
    for place, score in enumerate((0.6, 0.7, 0.75)):
        trained(2 * place, accuracy=score + 0.1, macro_f1=score)
        for _ in range(10):
            facts.answer(facts.statement(), "synergistic", now=facts.NOW + timedelta(minutes=2 * place + 1))
    text = words(task, lead)
    assert re.search(r"40 more reviews would move macro-F1 by \d+\.\d points; after \d+ more, the next 40", text)
    assert "through 3 rounds" in text
    assert re.search(r"round \d+ 10 20 0.800 0.700", text)


def test_a_flat_curve_says_stop(task: Task, lead: User) -> None:
    for place, score in enumerate((0.8, 0.801, 0.802)):
        trained(2 * place, accuracy=score, macro_f1=score)
        for _ in range(5):
            facts.answer(facts.statement(), "synergistic", now=facts.NOW + timedelta(minutes=2 * place + 1))
    assert "40 more reviews would move macro-F1 by less than one point (0.1)." in words(task, lead)
    trained(9, accuracy=0.5, macro_f1=0.5)
    assert "The rounds so far show no gain from more answers" in words(task, lead)


def test_the_audit_says_how_exact_the_estimate_is(model: ModelVersion, lead: User, pharmacist: User) -> None:
    statements = both_say(facts.model_version(), model, "synergistic", "antagonistic", n=10, audited=True)
    judged(statements[:8], "antagonistic", pharmacist)
    judged(statements[8:], "synergistic", pharmacist)
    text = words(model.task, lead)
    assert "40 more audited reviews would make the estimate 11.8 points more exact." in text
    assert "The live model is right on 0.800 of 10 statements drawn at random (95 %: 0.490 to 0.943, Wilson)" in text


def test_an_unknown_task_is_not_found(lead: User, db: None) -> None:
    assert sign_in(lead).get("/tasks/no-such/learning-curve/").status_code == 404
