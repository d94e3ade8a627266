"""A made-up annotated corpus in DrugProt's form: abstracts whose sentences name several chemicals and genes."""

from __future__ import annotations

import random
from itertools import islice, permutations
from pathlib import Path

VERBS = {
    "inhibited": "INHIBITOR", "activated": "ACTIVATOR", "was an agonist of": "AGONIST", "blocked": "ANTAGONIST",
    "was cleaved by": "SUBSTRATE", "was formed by": "PRODUCT-OF", "bound": "DIRECT-REGULATOR",
    "was a part of": "PART-OF", "raised the expression of": "INDIRECT-UPREGULATOR",
    "lowered the expression of": "INDIRECT-DOWNREGULATOR", "did not change": "",
}  # fmt: skip
SYLLABLES = ("ta", "ro", "min", "pra", "zol", "vex", "lin", "dor")
PADDING = ("In cultured cells", "After a washout of two weeks", "In a dose-dependent manner", "As shown before")
SENTENCES = 6  # of each abstract


def write_corpus(folder: Path, *, n_documents: int, seed: int = 1) -> None:
    """Three files of `n_documents` abstracts, each with six sentences of two chemicals and two genes."""
    chance = random.Random(seed)  # noqa: S311 - text, not a secret
    names = ["".join(parts) for parts in islice(permutations(SYLLABLES, 3), 300)]
    abstracts, entities, relations = [], [], []
    for number in range(n_documents):
        document = str(30_000_000 + number)
        title = "A study."
        text = ""
        n = 0
        for _ in range(SENTENCES):
            mentions = []
            words = f" {chance.choice(PADDING)}, "
            for joint in (" and ", "."):
                verb = chance.choice(list(VERBS))
                chemical, gene = chance.choice(names), chance.choice(names).upper()
                at = len(title) + 1 + len(text) + len(words)
                words += f"{chemical} {verb} {gene}{joint}"
                mentions += [("CHEMICAL", at, chemical), ("GENE-Y", at + len(chemical) + len(verb) + 2, gene)]
                if VERBS[verb]:
                    relations.append(f"{document}\t{VERBS[verb]}\tArg1:T{n + 1}\tArg2:T{n + 2}")
                for kind, start, name in mentions[-2:]:
                    n += 1
                    entities.append(f"{document}\tT{n}\t{kind}\t{start}\t{start + len(name)}\t{name}")
            text += words
        abstracts.append(f"{document}\t{title}\t{text}")
    for name, rows in (("abstracs", abstracts), ("entities", entities), ("relations", relations)):
        (folder / f"made_up_{name}.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
