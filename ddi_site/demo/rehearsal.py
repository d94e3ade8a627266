"""The whole loop without a browser: scripted reviewers, an adjudicator and a lead work through the demonstration."""

from __future__ import annotations

import csv
import io
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from ddi_site.demo.accounts import accounts
from ddi_site.demo.preparation import FILES, Say, build_queue, predict, prepare, task, train
from ledger.integrity import problems
from ledger.models import (
    Decision,
    DisagreementCause,
    Evaluation,
    Flag,
    GoldLabel,
    Label,
    Prediction,
    Promotion,
    Statement,
)
from ledger.queries import current_model
from ledger.record.promotions import promote
from review.actions.adjudicate import adjudicate
from review.actions.claim import claim_next
from review.actions.decide import decide
from review.models import ReviewItem

DECISIONS = 60
EVERY_NTH_SECOND_OPINION_DIFFERS = 3


class Answers:
    """What the scripted reviewers answer: the label of the wording; the second reviewer reads some otherwise."""

    def __init__(self) -> None:
        self.labels = {label.slug: label for label in Label.objects.filter(task=task())}
        self.n_seconds = 0
        with (FILES / "wordings.csv").open(encoding="utf-8", newline="") as file:
            self.by_wording = {row["text"]: row["label"] for row in csv.DictReader(file)}

    def of(self, statement: Statement) -> Label:
        """The right answer: what the statement's wording says."""
        wording = statement.pattern.text.replace("⟨1⟩", "{1}").replace("⟨2⟩", "{2}")
        return self.labels[self.by_wording[wording]]

    def by(self, item: ReviewItem) -> Label:
        """An answer to an item; every third second opinion differs from the right one."""
        right = self.of(item.statement)
        if item.state != ReviewItem.State.AWAITING_SECOND:
            return right
        self.n_seconds += 1
        if self.n_seconds % EVERY_NTH_SECOND_OPINION_DIFFERS != 1:
            return right
        return next(label for label in self.labels.values() if label != right)


def rehearse(var: Path, say: Say) -> dict[str, Any]:
    """Run every stage on the running worker; returns the counts of each, and what is wrong under `problems`."""
    facts: dict[str, Any] = {"import": prepare(say)}
    people = {account.username: User.objects.get(username=account.username) for account in accounts(var)}
    first = current_model(task())
    assert first is not None
    facts["train"] = {"model": first.number, "composition": first.training_set.composition["examples"]}
    facts["infer"] = {"predictions": Prediction.objects.filter(model_version=first).count()}
    facts["flags"] = dict(Counter(Flag.objects.values_list("rule__rule", flat=True).order_by()))
    say("two reviewers answer")
    answers = Answers()
    facts["review"] = review(people["ana"], people["ben"], answers)
    facts["adjudication"] = {"settled": settle(people["dana"], answers)}
    version = train(say)
    facts["round"] = {
        "number": version.training_set.round.number,
        "composition": version.training_set.composition["examples"],
        "evaluations": [
            {
                "model": one.model_version.number,
                "view": one.view,
                "n": one.n_examples,
                "accuracy": one.metrics["accuracy"],
            }
            for one in Evaluation.objects.filter(training_set=version.training_set).select_related("model_version")
        ],
    }
    promote(model_version=version, by=people["lea"], reason="rehearsal", now=timezone.now())
    facts["promote"] = {"live_model": version.number, "promotions": Promotion.objects.count()}
    predict(say)
    build_queue(say)
    facts["infer_again"] = {"predictions": Prediction.objects.filter(model_version=version).count()}
    facts["export"] = export(var / "curated.csv")
    facts["verify"] = {"problems": list(problems())}
    facts["problems"] = shortcomings(facts)
    return facts


def accuracy_of(evaluation: Evaluation) -> dict[str, float]:
    return {name: round(evaluation.metrics[name], 4) for name in ("accuracy", "macro_f1")}


def review(first: User, second: User, answers: Answers) -> dict[str, int]:
    """Sixty decisions, the two taking turns; each takes what the queue gives them."""
    people = [first, second]
    outcomes: Counter[str] = Counter()
    for turn in range(DECISIONS):
        by = people[turn % 2]
        item = claim_next(reviewer=by, task=task(), now=timezone.now())
        if item is None:
            break
        outcome = decide(
            item=item,
            by=by,
            label=answers.by(item),
            comment="",
            prediction_seen=item.prediction,
            seconds_spent=4.0,
            idempotency_key=uuid.uuid4(),
            now=timezone.now(),
        )
        outcomes[outcome.status] += 1
    return {
        "decisions": Decision.objects.filter(kind=Decision.Kind.ANSWER).count(),
        "disagreements": ReviewItem.objects.filter(state=ReviewItem.State.ADJUDICATION).count(),
        **outcomes,
    }


def settle(adjudicator: User, answers: Answers) -> int:
    """The adjudicator gives the right answer to everything in disagreement; returns how many."""
    disputed = list(ReviewItem.objects.filter(state=ReviewItem.State.ADJUDICATION).select_related("statement__pattern"))
    for item in disputed:
        adjudicate(
            item=item,
            by=adjudicator,
            label=answers.of(item.statement),
            cause=DisagreementCause.Cause.SLIP,
            comment="The sentence names the outcome.",
            idempotency_key=uuid.uuid4(),
            now=timezone.now(),
        )
    return len(disputed)


def export(path: Path) -> dict[str, int]:
    """Export the curated labels and read the file back."""
    call_command("export_gold", output=str(path), stdout=io.StringIO())
    with path.open(encoding="utf-8", newline="") as file:
        exported = {int(row["gold_id"]) for row in csv.DictReader(file)}
    gold = set(GoldLabel.objects.current().values_list("id", flat=True))
    return {"rows": len(exported), "gold_labels": len(gold), "rows_without_gold": len(exported ^ gold)}


def shortcomings(facts: dict[str, Any]) -> list[str]:
    """What the rehearsal shows that should not be so."""
    found = list(facts["verify"]["problems"])
    export = facts["export"]
    if export["rows_without_gold"] or export["rows"] != export["gold_labels"]:
        found.append(f"The export has {export['rows']} rows for {export['gold_labels']} gold labels.")
    if facts["review"]["decisions"] != DECISIONS:
        found.append(f"The reviewers made {facts['review']['decisions']} of {DECISIONS} decisions.")
    if not facts["review"]["disagreements"]:
        found.append("The reviewers never disagreed.")
    for stage in ("infer", "infer_again"):
        if facts[stage]["predictions"] != facts["import"]["statements"]:
            found.append(f"{facts[stage]['predictions']} of {facts['import']['statements']} statements were predicted.")
    return found
