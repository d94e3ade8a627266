"""What the flag rules compare a run's predictions to."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.expectations import Expectations
from ledger.flagging import Beside, Thresholds
from ledger.models import Among, GoldLabel, Label, Prediction, Run, Statement
from ledger.queries import own_thresholds, predecessor_of
from ledger.record.predictions import Predicted, flag_rules
from modeling.records import Scored


class Context:
    """What the flag rules compare a run's predictions to; loaded once for a run."""

    def __init__(self, run: Run) -> None:
        task = run.task
        assert run.model_version is not None
        self.run = run
        self.version = run.model_version
        self.labels = {label.slug: label for label in Label.objects.filter(task=task)}
        self.titles = {label.pk: label.title for label in self.labels.values()}
        self.slugs = {label.pk: label.slug for label in self.labels.values()}
        self.expectations = Expectations(task)
        self.thresholds = Thresholds(
            doubt=task.doubt_threshold,
            sure=task.pseudo_label_threshold,
            audit_share=task.audit_share,
            atc_tables=self.expectations.tables,
            doubt_by_label=own_thresholds(task),
        )
        self.rules = flag_rules(task, self.thresholds)
        self.predecessor = predecessor_of(task, run.model_version)

    def predicted(self, scored: Sequence[Scored], slugs: Sequence[str]) -> list[Predicted]:
        label_ids = [self.labels[slug].pk for slug in slugs]
        return [Predicted(one.statement_id, label_ids[one.label_index], one.confidence, one.scores) for one in scored]

    def beside(self, predicted: Sequence[Predicted]) -> Beside:
        """The drugs' classes, the predecessor's answers and the gold labels of these statements (three queries).

        A gold label that is no class of the model disputes nothing: the model could not have said it. Nor does the gold
        of a pair with several types where the model says one of the others.
        """
        ids = Among([one.statement_id for one in predicted])
        said = {one.statement_id: self.slugs.get(one.label_id) for one in predicted}
        pairs = Statement.objects.filter(id__any_of=ids).values_list("id", "head_drug_id", "tail_drug_id")
        before = Prediction.objects.filter(model_version=self.predecessor, statement_id__any_of=ids)
        gold = GoldLabel.objects.current().filter(
            task=self.run.task, statement_id__any_of=ids, label__slug__in=self.version.labels
        )
        return Beside(
            expectations={
                statement_id: expectation
                for statement_id, head, tail in pairs
                if (expectation := self.expectations.of(head, tail))
            },
            previous_label_ids=dict(before.values_list("statement_id", "label_id") if self.predecessor else ()),
            gold_label_ids={
                statement_id: label_id
                for statement_id, label_id, further in gold.values_list("statement_id", "label_id", "further")
                if said[statement_id] not in (further or ())
            },
        )
