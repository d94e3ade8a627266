"""What the seed corpus is made of, in numbers and as the paper's Table 2."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from ledger.corpora.bad_input import printable
from ledger.oracle import Oracle, oracle
from ledger.polarity import Polarity
from ledger.seed_corpus.labelled import Labelled
from ledger.seed_corpus.pairs import SourceTally

CLASSES: tuple[str, ...] = get_args(Polarity)
LISTED = 20  # unresolved names printed; JSON has them all

VIEWS = (
    ("train", "Training"),
    ("test", "Testing"),
    ("validation", "Validation"),
    ("one_unseen", "One drug unseen"),
    ("bridge", "Other bridges"),
)
SPLITS = ("train", "test", "validation")  # shown even where they are empty

Table = dict[str, dict[str, int]]
"""Row → label → number of statements, or of wordings."""


@dataclass(frozen=True, slots=True)
class Names:
    """How the names of one kind of source led to drugs: distinct names by step, and those that led to none."""

    steps: dict[str, int]
    unresolved: list[str]


@dataclass(frozen=True, slots=True)
class SeedReport:
    """The composition of a seed corpus. Tables are by corpus; oracles are over the labels kept, but for `_before`.

    `wordings` counts by corpus the distinct ones of each label: what `cross_validate --by pattern` leaves out in turn.
    """

    sources: list[SourceTally]
    bad_rows: dict[str, int]
    names: dict[str, Names]
    dropped: dict[str, int]
    n_before: int
    left_out_to_balance: int
    views: dict[str, Table]
    wordings: Table
    oracle: Oracle
    oracle_before: Oracle
    oracle_by_source: dict[str, Oracle]

    @property
    def n_kept(self) -> int:
        return self.oracle.n

    def as_dict(self) -> dict[str, Any]:
        return {
            "sources": [tally.as_dict() for tally in self.sources],
            "bad_rows": self.bad_rows,
            "names": {kind: asdict(names) for kind, names in self.names.items()},
            "dropped": self.dropped,
            "n_before": self.n_before,
            "n_kept": self.n_kept,
            "left_out_to_balance": self.left_out_to_balance,
            "views": self.views,
            "wordings": self.wordings,
            "oracle": self.oracle.as_dict(),
            "oracle_before": self.oracle_before.as_dict(),
            "oracle_by_source": {source: one.as_dict() for source, one in self.oracle_by_source.items()},
        }

    def facts(self) -> list[str]:
        """One line per fact, then the tables."""
        lines = [line for tally in self.sources for line in _source_facts(tally)]
        lines += [f"{file}: {_n(n, 'row')} left out as bad" for file, n in self.bad_rows.items()]
        for kind, names in self.names.items():
            lines.append(f"{kind}: names resolved by {_counts(names.steps)}")
            if names.unresolved:
                more = f" and {len(names.unresolved) - LISTED:,} more" if len(names.unresolved) > LISTED else ""
                listed = ", ".join(printable(name[:60]) for name in names.unresolved[:LISTED])
                lines.append(f"{kind}: {len(names.unresolved):,} unresolved: {listed}{more}")
        if self.dropped:
            lines.append(f"dropped when put together for: {_counts(self.dropped)}")
        lines.append(f"{self.n_kept:,} statements labelled, {self.left_out_to_balance:,} left out to balance")
        for corpus, table in self.views.items():
            shown = [(title, table.get(view, {})) for view, title in VIEWS if view in table or view in SPLITS]
            lines += _table(corpus, shown)
        lines += [f"{corpus}: distinct wordings: {_counts(labels)}" for corpus, labels in self.wordings.items()]
        lines.append(_oracle_fact("per-pattern oracle", self.oracle))
        if self.left_out_to_balance:
            lines.append(_oracle_fact("per-pattern oracle before balancing", self.oracle_before))
        return lines + [
            _oracle_fact(f"per-pattern oracle of {name}", one) for name, one in self.oracle_by_source.items()
        ]


def report_on(
    *,
    before: Sequence[Labelled],
    kept: Sequence[Labelled],
    sources: list[SourceTally],
    bad_rows: Mapping[str, int],
    names: dict[str, Names],
    dropped: Mapping[str, int],
) -> SeedReport:
    """The report on the labels `kept` of those there were `before` balancing."""
    views: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    wordings: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    by_source: dict[str, list[Labelled]] = defaultdict(list)
    for one in kept:
        views[one.corpus][one.view][one.label] += 1
        wordings[one.corpus][one.label].add(one.pattern)
        by_source[one.source].append(one)
    return SeedReport(
        sources=sources,
        bad_rows=dict(bad_rows),
        names=names,
        dropped=dict(dropped),
        n_before=len(before),
        left_out_to_balance=len(before) - len(kept),
        views={corpus: {view: dict(labels) for view, labels in table.items()} for corpus, table in views.items()},
        wordings={
            corpus: {label: len(by_label[label]) for label in sorted(by_label, key=_label_order)}
            for corpus, by_label in wordings.items()
        },
        oracle=_oracle(kept),
        oracle_before=_oracle(before),
        oracle_by_source={source: _oracle(rows) for source, rows in by_source.items()},
    )


def _label_order(label: str) -> tuple[bool, str]:
    """The two classes first."""
    return label not in CLASSES, label


def _oracle(rows: Iterable[Labelled]) -> Oracle:
    return oracle((one.pattern, one.label) for one in rows)


def _source_facts(tally: SourceTally) -> list[str]:
    lines = [
        f"{tally.source} ({tally.kind}): {_n(tally.n_rows, 'row')}"
        + (f", {_n(tally.n_pairs, 'pair')}" if tally.n_pairs else "")
        + (f"; {_counts(tally.labels)}" if tally.labels else "")
    ]
    reasons = {"rows": tally.rows_dropped, "a pair's cell lines": tally.lines_dropped, "pairs": tally.pairs_dropped}
    for what, dropped in reasons.items():
        if dropped:
            lines.append(f"{tally.source}: {what} dropped for: {_counts(dropped)}")
    return lines


def _table(title: str, rows: Sequence[tuple[str, dict[str, int]]]) -> list[str]:
    """A table of counts; further labels than the two classes get a column where there are any."""
    others = sorted({label for _, labels in rows for label in labels} - set(CLASSES))
    columns = [*CLASSES, *others]
    lines = ["".join([f"{title:<20}", *(f"{column.capitalize():>14}" for column in columns), f"{'Total':>10}"])]
    for name, labels in rows:
        counts = [labels.get(column, 0) for column in columns]
        lines.append("".join([f"{name:<20}", *(f"{count:>14,}" for count in counts), f"{sum(counts):>10,}"]))
    return lines


def _oracle_fact(name: str, one: Oracle) -> str:
    return (
        f"{name}: {one.accuracy:.1%} of {one.n:,} ({one.n_patterns:,} patterns, {one.n_alone:,} of them once; "
        f"the commonest label alone: {one.share_of_commonest:.1%})"
    )


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {n:,}" for what, n in counts.items())


def _n(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
