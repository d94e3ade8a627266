"""What pharmacology expects of two drugs, from their places in the ATC classification. Pure.

A rule speaks of two classes, at any level and in either order. For each pair of codes the most specific rule speaks;
when the code pairs of two drugs have rules that disagree, nothing is expected of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEVEL_LENGTHS = (1, 3, 4, 5, 7)  # characters of a code at ATC levels 1 to 5


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One row of a rule table: two ATC prefixes and the label expected of a pair of such drugs."""

    id: int
    prefix_a: str
    prefix_b: str
    expected_label_id: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """The rules that speak of a pair of drugs; `label_id` is None when they disagree."""

    rules: tuple[ClassRule, ...]
    label_id: int | None

    @property
    def rule(self) -> ClassRule:
        """The most specific of the rules."""
        return max(self.rules, key=specificity)


def specificity(rule: ClassRule) -> tuple[int, int]:
    return len(rule.prefix_a) + len(rule.prefix_b), -rule.id


class RuleBook:
    """Looks up what a set of class rules expects of two drugs' codes."""

    def __init__(self, rules: Iterable[ClassRule]) -> None:
        self._by_prefixes: dict[tuple[str, str], list[ClassRule]] = {}
        for rule in rules:
            for pair in {(rule.prefix_a, rule.prefix_b), (rule.prefix_b, rule.prefix_a)}:
                self._by_prefixes.setdefault(pair, []).append(rule)
        self._prefixes = {prefix for pair in self._by_prefixes for prefix in pair}

    def expectation(self, codes: Sequence[str], other_codes: Sequence[str]) -> Expectation | None:
        """What is expected of a drug with `codes` beside one with `other_codes`; None when no rule speaks."""
        if not self._by_prefixes:
            return None
        speaking: dict[int, ClassRule] = {}
        other_prefixes = [known for other in other_codes if (known := self._known_prefixes(other))]
        for code in codes:
            prefixes = self._known_prefixes(code)
            for known in other_prefixes if prefixes else ():
                for rule in self._most_specific(prefixes, known):
                    speaking[rule.id] = rule
        if not speaking:
            return None
        labels = {rule.expected_label_id for rule in speaking.values()}
        rules = tuple(sorted(speaking.values(), key=lambda rule: rule.id))
        return Expectation(rules, labels.pop() if len(labels) == 1 else None)

    def _known_prefixes(self, code: str) -> list[str]:
        return [code[:length] for length in LEVEL_LENGTHS if code[:length] in self._prefixes and len(code) >= length]

    def _most_specific(self, prefixes: list[str], other_prefixes: list[str]) -> list[ClassRule]:
        found = [rule for a in prefixes for b in other_prefixes for rule in self._by_prefixes.get((a, b), ())]
        longest = max((specificity(rule)[0] for rule in found), default=0)
        return [rule for rule in found if specificity(rule)[0] == longest]
