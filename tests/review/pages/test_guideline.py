from __future__ import annotations

from django.contrib.auth.models import User

from ledger.models import Task
from tests.review.conftest import sign_in


def test_it_says_what_each_answer_means(task: Task, pharmacist: User) -> None:
    page = sign_in(pharmacist).get("/tasks/ddi-polarity/guideline/").content.decode()
    for label in task.labels.all():
        assert label.title in page
    assert "whether a prescriber wants that effect" in page


def test_an_unknown_task_is_not_found(task: Task, pharmacist: User) -> None:
    assert sign_in(pharmacist).get("/tasks/none/guideline/").status_code == 404
