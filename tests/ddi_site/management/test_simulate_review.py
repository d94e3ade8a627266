"""`manage.py simulate_review` on a file of free text."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ddi_site.simulation.strategies import BY_PATTERN, ORDERS
from ledger.models import Corpus, Task
from ledger.record.gold import add_seed_labels
from tests.ledger import facts
from tests.modeling.conftest import write_backbone
from tests.modeling.management.test_cross_validate import papers as papers


def simulate(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("simulate_review", *arguments, "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


@pytest.fixture(autouse=True)
def backbone(db: None, tmp_path: Path, settings: Any) -> None:
    settings.DDI_BACKBONE = str(write_backbone(tmp_path / "small"))


def test_it_tells_how_many_decisions_each_order_needs_and_draws_them(papers: Path, tmp_path: Path) -> None:
    drawing = tmp_path / "courses.svg"
    told = simulate(
        "--free-text", str(papers), "--labels", "synergistic,antagonistic", "--seeds", "2", "--batch", "4",
        "--strategy", "random", "--strategy", "margin", "--svg", str(drawing),
    )  # fmt: skip
    assert (told["pool"] + told["tested"], told["seeds"], told["batch"]) == (24, [1, 2], 4)
    assert told["repeated"] == 0
    assert [one["strategy"] for one in told["strategies"]] == ["random", "margin"]
    assert len(told["courses"]) == 4
    assert drawing.stat().st_size > 1_000


def test_a_sample_is_of_whole_documents_and_the_same_each_time(papers: Path) -> None:
    arguments = ("--free-text", str(papers), "--labels", "synergistic,antagonistic", "--strategy", "random")
    first, again = (simulate(*arguments, "--seeds", "1", "--batch", "4", "--most", "17") for _ in range(2))
    assert first["pool"] + first["tested"] == 17
    assert first == again


@pytest.mark.parametrize(
    ("slug", "labels"),
    [("ddi-2013", ("effect", "advise", "none")), ("drugprot", ("activator", "inhibitor", "no-relation"))],
)
def test_gold_of_a_relation_task_is_asked_about_pair_by_pair(
    tmp_path: Path, slug: str, labels: tuple[str, str, str]
) -> None:
    task = Task.objects.get(slug=slug)
    effect, advise, none = labels
    corpus = Corpus.objects.create(task=task, name="abstracts", title="Abstracts", created_at=facts.NOW)
    for number in range(16):
        verb, related = (("reduce", advise), ("enhance", effect))[number % 2]
        for wording, tail, said_to_be in (
            (f"{{}} may {verb} {{}} and digoxin in trial {number}.", "warfarin", related),
            (f"{{}} may {verb} warfarin and {{}} in trial {number}.", "digoxin", none),
        ):
            said = facts.statement("Aspirin", tail, wording, corpus=corpus, document=f"doc{number}")
            add_seed_labels(task=task, rows=[(said.pk, task.labels.get(slug=said_to_be).pk, "seeds")], now=facts.NOW)
    arguments = ("--task", slug, "--labels", ",".join(labels), "--by", "document", "--seeds", "1", "--batch", "4")
    told = simulate(*arguments)
    assert told["pool"] + told["tested"] == 32
    drawing = tmp_path / "courses.svg"
    fewer = simulate(*arguments, "--most", "21", "--svg", str(drawing))
    assert fewer["pool"] + fewer["tested"] == 20, "ten whole documents of two pairs each"
    assert all(f"<!-- {strategy} -->" in drawing.read_text() for strategy in (*ORDERS, BY_PATTERN))
    assert [one["strategy"] for one in told["strategies"]] == [*ORDERS, BY_PATTERN]
    assert told["full"] > 0.5, "pairs of one sentence with different answers are told apart"


def test_a_sentence_that_is_held_out_is_not_asked_about_in_another_document_or_corpus(db: None) -> None:
    task = Task.objects.get(slug="ddi-2013")
    for name in ("first", "second"):
        corpus = Corpus.objects.create(task=task, name=name, title=name, created_at=facts.NOW)
        for number in range(20):
            verb, related = (("reduce", "advise"), ("enhance", "effect"))[number % 2]
            # the documents of the second corpus are the first one's; each sentence stands in two documents
            said = facts.statement(
                "Aspirin", "warfarin", f"{{}} may {verb} {{}} in trial {number // 4}.", corpus=corpus,
                document=f"doc{number}",
            )  # fmt: skip
            add_seed_labels(task=task, rows=[(said.pk, task.labels.get(slug=related).pk, "seeds")], now=facts.NOW)
    told = simulate("--task", "ddi-2013", "--labels", "effect,advise", "--seeds", "1", "--strategy", "random")
    assert told["tested"] == 8
    assert told["repeated"] > 0
    assert told["pool"] + told["tested"] + told["repeated"] == 40


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--seeds", "0"), "--seeds, --batch and --most have to be 1 or more"),
        (("--labels", "good"), "The task ddi-polarity has no label 'good'; it has synergistic, antagonistic, undeter"),
        ((), "No statement is labelled synergistic or antagonistic or undetermined: import or review some"),
    ],
)
def test_what_cannot_be_simulated_is_said_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        simulate(*arguments)
