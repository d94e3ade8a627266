"""Small sources, written into a test's folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

SYNERGISTIC = ("Alpha,Beta", "Gamma,Alphaine", "DELTA sodium,alpha", "Omega,Psi", "Omega,Alpha")
ANTAGONISTIC = ("Gamma,Beta", "DB00003,DB00007", "Valde,Alpha")


def pair_list(path: Path, pairs: Sequence[str]) -> Path:
    path.write_text("\n".join(["drug1,drug2", *pairs]) + "\n", encoding="utf-8")
    return path


def screen(path: Path, rows: Sequence[str], score: str = "loewe") -> Path:
    path.write_text("\n".join([f"drug1,drug2,cell_line,{score}", *rows]) + "\n", encoding="utf-8")
    return path


def free_text(path: Path, lines: Sequence[tuple[str, str, Sequence[tuple[str, Sequence[str]]]]]) -> Path:
    """Lines as (document, sentence, [(class, drugs)]); `POS?` is POS whose sentence does not decide alone."""
    written = []
    for number, (document, sentence, relations) in enumerate(lines):
        drugs = sorted({drug for _, members in relations for drug in members})
        starts = {drug: sentence.index(drug) for drug in drugs}
        record = {
            "doc_id": f"sentence-{number}",
            "sentence": sentence,
            "source": document,
            "spans": [
                {"span_id": place, "text": drug, "start": starts[drug], "end": starts[drug] + len(drug)}
                for place, drug in enumerate(drugs)
            ],
            "rels": [
                {
                    "class": outcome.rstrip("?"),
                    "spans": [drugs.index(drug) for drug in members],
                    "is_context_needed": outcome.endswith("?"),
                }
                for outcome, members in relations
            ],
        }
        written.append(json.dumps(record))
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    return path
