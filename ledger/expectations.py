"""What a task's class rules expect of the drugs of its statements."""

from __future__ import annotations

from collections import defaultdict

from ledger.atc import ClassRule, Expectation, RuleBook
from ledger.models import AtcRule, DrugAtc, Task


class Expectations:
    """The task's rules and every drug's ATC codes, read once (two queries; some thousand codes in all)."""

    def __init__(self, task: Task) -> None:
        self.rules = {rule.pk: rule for rule in AtcRule.objects.filter(task=task).order_by("id")}
        self.book = RuleBook(
            ClassRule(rule.pk, rule.prefix_a, rule.prefix_b, rule.expected_id) for rule in self.rules.values()
        )
        codes: dict[int | None, list[str]] = defaultdict(list)
        for drug_id, code in DrugAtc.objects.order_by("drug_id", "code_id").values_list("drug_id", "code_id"):
            codes[drug_id].append(code)
        self._classes = {drug_id: self.book.classes(of_drug) for drug_id, of_drug in codes.items()}
        self._groups = {drug_id: "".join(sorted({code[0] for code in of_drug})) for drug_id, of_drug in codes.items()}

    @property
    def tables(self) -> tuple[str, ...]:
        """The editions the rules come from."""
        return tuple(sorted({rule.table for rule in self.rules.values()}))

    def of(self, head: int | None, tail: int | None) -> Expectation | None:
        """What is expected of two drugs, by their keys; None where no rule speaks or a drug is not known."""
        return self.book.between(self._classes.get(head, ()), self._classes.get(tail, ()))

    def group(self, drug: int | None) -> str:
        """The letters of the drug's anatomical main groups; empty where no code is known."""
        return self._groups.get(drug, "")
