"""An inference run: pending statements in, chunks of predictions and flags out."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.utils import timezone

from ledger.atc import ClassRule, RuleBook
from ledger.flagging import Said, Thresholds
from ledger.models import AtcRule, Drug, DrugAtc, GoldLabel, Label, Prediction, Run, Statement
from ledger.queries import predecessor_of
from ledger.record.predictions import Predicted, close_run, commit_chunk, flag_rules
from ledger.running import Work
from modeling.records import Scored
from modeling.store.models import load
from modeling.store.statements import pending_records

CHUNK_SIZE = 1_000  # statements a transaction: the most that is worked out twice after a kill


class Context:
    """What the flag rules compare a run's predictions to; loaded once for a run."""

    def __init__(self, run: Run) -> None:
        task = run.task
        assert run.model_version is not None
        self.run = run
        self.version = run.model_version
        self.labels = {label.slug: label for label in Label.objects.filter(task=task)}
        self.titles = {label.pk: label.title for label in self.labels.values()}
        rules = list(AtcRule.objects.filter(task=task).order_by("id"))
        self.rule_book = RuleBook(ClassRule(rule.pk, rule.prefix_a, rule.prefix_b, rule.expected_id) for rule in rules)
        self.thresholds = Thresholds(
            doubt=task.doubt_threshold,
            sure=task.pseudo_label_threshold,
            audit_share=task.audit_share,
            atc_tables=tuple(sorted({rule.table for rule in rules})),
        )
        self.rules = flag_rules(task, self.thresholds)
        self.predecessor = predecessor_of(task, run.model_version)
        self.codes: dict[int, list[str]] = {drug_id: [] for drug_id in Drug.objects.values_list("id", flat=True)}
        for drug_id, code in DrugAtc.objects.order_by("drug_id", "code_id").values_list("drug_id", "code_id"):
            self.codes[drug_id].append(code)

    def predicted(self, scored: Sequence[Scored], slugs: Sequence[str]) -> list[Predicted]:
        return [
            Predicted(one.statement_id, self.labels[slugs[one.label_index]].pk, one.confidence, one.scores)
            for one in scored
        ]

    def said(self, predicted: Sequence[Predicted]) -> list[Said]:
        """Each prediction beside its drugs' classes, the predecessor's answer and the gold label (three queries).

        A gold label that is no class of the model disputes nothing: the model could not have said it.
        """
        ids = [one.statement_id for one in predicted]
        pairs = {
            pk: (head, tail)
            for pk, head, tail in Statement.objects.filter(id__in=ids).values_list("id", "head_drug_id", "tail_drug_id")
        }
        before = dict(
            Prediction.objects.filter(model_version=self.predecessor, statement__in=ids).values_list(
                "statement_id", "label_id"
            )
            if self.predecessor
            else ()
        )
        gold = dict(
            GoldLabel.objects.current()
            .filter(task=self.run.task, statement__in=ids, label__slug__in=self.version.labels)
            .values_list("statement_id", "label_id")
        )
        said = []
        for one in predicted:
            head, tail = pairs[one.statement_id]
            expectation = self.rule_book.expectation(self.codes.get(head, ()), self.codes.get(tail, ()))
            said.append(
                Said(
                    one.statement_id,
                    one.label_id,
                    one.confidence,
                    expectation,
                    before.get(one.statement_id),
                    gold.get(one.statement_id),
                )
            )
        return said


def predict_pending(work: Work) -> None:
    """Ask the run's model about every statement it has not spoken of, chunk by chunk, and close the run.

    Killed at any instant, the next call goes on after the last committed chunk. Raises RunCancelled, RunTakenOver,
    and what loading and asking the model raise.
    """
    run = work.run
    assert run.model_version is not None
    work.report(stage="loading the model")
    model = load(run.model_version)
    context = Context(run)
    work.report(stage="predicting")
    started, n_here = time.monotonic(), 0
    for scored in model.predict(pending_records(run), chunk_size=CHUNK_SIZE, should_stop=work.should_stop):
        predicted = context.predicted(scored, model.labels)
        commit_chunk(
            run=run,
            claim=work.claim,
            predicted=predicted,
            said=context.said(predicted),
            thresholds=context.thresholds,
            rules=context.rules,
            titles=context.titles,
            now=timezone.now(),
        )
        n_here += len(scored)
        work.report(
            detail={
                "statements_per_second": round(n_here / (time.monotonic() - started), 1),
                "computed_once": model.cache.misses,
                "answered_from_cache": model.cache.hits,
            }
        )
    work.stop_if_asked()
    close_run(run=run, claim=work.claim, now=timezone.now())
