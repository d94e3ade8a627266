"""The demonstration corpus: statements about real drugs, composed from the facts kept beside this file.

`effects.csv` says what each drug does; `relations.csv` pairs effects that meet in an interaction; `wordings.csv` holds
the sentences; `contradictions.csv` pairs a relation with a sentence that says the opposite of it. The choice among all
possible statements is a hash, so the same facts always give the same files.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.splits import PairSplit, split_of_pair

FOLDER = Path(__file__).parent
STATEMENT_COLUMNS = ("drug1_id", "drug1_name", "drug2_id", "drug2_name", "sentence")
STATEMENTS_PER_PAIR = 2
HELD_OUT_PER_WORDING = 9  # statements of a wording asked of each of validation and test
TRAIN_SHARE = 0.7  # of what is left of a wording after its held-out statements; the rest are bridges
TRAIN_LABELS_PER_WORDING = 12


class MissingFacts(Exception):
    """A fact file names an effect, relation or wording that no other fact file defines."""


@dataclass(frozen=True, slots=True)
class Drug:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to state an interaction; `{1}` is the head drug and `{2}` the tail.

    seed: "everywhere" is labelled in every split, "unseen" is composed and labelled in validation and test alone,
    "none" is never labelled.
    """

    slug: str
    label: str
    seed: str
    relations: tuple[str, ...]
    statements: int
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    head: Drug
    tail: Drug
    wording: Wording
    contradicts: str = ""  # the label pharmacology expects, where the sentence says the opposite on purpose

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.head.id, self.tail.id))

    @property
    def split(self) -> PairSplit:
        return split_of_pair(self.head.id, self.tail.id)

    @property
    def row(self) -> tuple[str, ...]:
        sentence = self.wording.text.replace("{1}", self.head.name).replace("{2}", self.tail.name)
        return (self.head.id, self.head.name, self.tail.id, self.tail.name, sentence)


@dataclass(frozen=True, slots=True)
class Corpus:
    statements: tuple[Statement, ...]
    labelled: tuple[Statement, ...]

    @property
    def planted(self) -> tuple[Statement, ...]:
        """The statements that contradict pharmacology on purpose; none of them is labelled."""
        return tuple(s for s in self.statements if s.contradicts)


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def drugs_by_effect() -> dict[str, list[Drug]]:
    holders: dict[str, list[Drug]] = defaultdict(list)
    for row in read("effects.csv"):
        drug = Drug(row["drugbank_id"], row["name"])
        for effect in row["effects"].split("|"):
            holders[effect].append(drug)
    return dict(holders)


def pairs_by_relation() -> dict[str, list[tuple[Drug, Drug]]]:
    """Every ordered pair of drugs in which the relation holds from head to tail."""
    holders = drugs_by_effect()
    pairs: dict[str, dict[tuple[Drug, Drug], None]] = defaultdict(dict)
    for row in read("relations.csv"):
        firsts, seconds = (row[side].split("|") for side in ("first", "second"))
        for effect in (*firsts, *seconds):
            if effect not in holders:
                raise MissingFacts(
                    f"relations.csv names effect {effect!r} under {row['relation']!r}, effects.csv gives it to no drug"
                )
        for one in (d for e in firsts for d in holders[e]):
            for other in (d for e in seconds for d in holders[e] if d != one):
                pairs[row["relation"]][one, other] = None
                if row["either_order"] == "yes":
                    pairs[row["relation"]][other, one] = None
    return {relation: list(found) for relation, found in pairs.items()}


def wordings() -> list[Wording]:
    return [
        Wording(r["wording"], r["label"], r["seed"], tuple(r["relations"].split("|")), int(r["statements"]), r["text"])
        for r in read("wordings.csv")
    ]


def in_hashed_order(statements: Iterable[Statement]) -> list[Statement]:
    """The same statements in an order that looks drawn by lot and never changes."""
    return sorted(
        statements, key=lambda s: hashlib.sha256(f"{s.wording.slug}:{s.head.id}:{s.tail.id}".encode()).digest()
    )


def planted_statements(pairs: dict[str, list[tuple[Drug, Drug]]]) -> Iterator[Statement]:
    known = {wording.slug: wording for wording in wordings()}
    for row in read("contradictions.csv"):
        if row["wording"] not in known or row["relation"] not in pairs:
            raise MissingFacts(
                f"contradictions.csv names {row['relation']!r} with {row['wording']!r}; one is undefined"
            )
        wording = known[row["wording"]]
        chosen = in_hashed_order(Statement(a, b, wording, row["expected"]) for a, b in pairs[row["relation"]])
        yield from chosen[: int(row["statements"])]


def share_out(wording: Wording, candidates: Iterable[Statement]) -> Iterator[Statement]:
    """At most `wording.statements` of the candidates, held-out pairs first, then train pairs, then bridges."""
    by_split: dict[str, list[Statement]] = defaultdict(list)
    drawn: set[frozenset[str]] = set()
    for statement in in_hashed_order(candidates):
        if statement.pair not in drawn:
            drawn.add(statement.pair)
            by_split[statement.split].append(statement)
    held_out = wording.statements // 2 if wording.seed == "unseen" else HELD_OUT_PER_WORDING
    chosen = by_split["validation"][:held_out] + by_split["test"][:held_out]
    if wording.seed != "unseen":
        n_train = round((wording.statements - len(chosen)) * TRAIN_SHARE)
        chosen += by_split["train"][:n_train]
        chosen += by_split["bridge"][: max(0, wording.statements - len(chosen))]
    yield from chosen[: wording.statements]


def compose() -> Corpus:
    """All statements in file order, and those of them that carry a seed label."""
    pairs = pairs_by_relation()
    statements = list(planted_statements(pairs))
    n_of_pair = Counter(statement.pair for statement in statements)
    # A pair has room for STATEMENTS_PER_PAIR statements: the wordings with the fewest pairs to choose from go first.
    for wording in sorted(wordings(), key=lambda w: (w.seed != "unseen", sum(len(pairs[r]) for r in w.relations))):
        candidates = (Statement(a, b, wording) for relation in wording.relations for a, b in pairs[relation])
        for statement in share_out(wording, (c for c in candidates if n_of_pair[c.pair] < STATEMENTS_PER_PAIR)):
            statements.append(statement)
            n_of_pair[statement.pair] += 1
    ordered = tuple(sorted(statements, key=lambda s: s.row))
    return Corpus(statements=ordered, labelled=tuple(sorted(seed_labelled(statements), key=lambda s: s.row)))


def seed_labelled(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Of each labelled wording all held-out statements and the first few of train: no bridge, nothing planted."""
    n_train: Counter[str] = Counter()
    for statement in statements:
        if statement.wording.seed == "none" or statement.contradicts or statement.split == "bridge":
            continue
        n_train[statement.wording.slug] += statement.split == "train"
        if statement.split != "train" or n_train[statement.wording.slug] <= TRAIN_LABELS_PER_WORDING:
            yield statement


def write(name: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    corpus = compose()
    write("interactions.csv", STATEMENT_COLUMNS, (s.row for s in corpus.statements))
    write("seed_labels.csv", (*STATEMENT_COLUMNS, "label"), ((*s.row, s.wording.label) for s in corpus.labelled))
    write("planted.csv", (*STATEMENT_COLUMNS, "expected"), ((*s.row, s.contradicts) for s in corpus.planted))
    print(f"{len(corpus.statements)} statements, {len(corpus.labelled)} labelled, {len(corpus.planted)} planted")
