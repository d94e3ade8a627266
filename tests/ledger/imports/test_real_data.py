"""The importers on the public files themselves, with the counts and quirks those are known to have."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ledger.imports import import_atc, import_drugs, import_labels, import_statements
from ledger.models import AtcCode, Drug, DrugAtc, GoldLabel, Pattern, Statement, Task
from tests.ledger.imports.files import NOW

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.django_db]


def test_everything_is_imported_and_a_second_time_adds_nothing(real_data: Path, tmp_path: Path) -> None:
    task = Task.objects.get(slug="ddi-polarity")
    drugbank = real_data / "drugbank"

    report = import_drugs(path=drugbank / "drugbank_vocabulary.csv", now=NOW)
    assert (report.n_rows, report.n_added, Drug.objects.count()) == (15_235, 15_235, 15_235)

    report = import_atc(path=real_data / "atc" / "WHO_ATC-DDD_2024-07-31.csv", now=NOW)
    assert (report.n_rows, report.n_added, report.n_repeated) == (7_345, 6_807, 538)
    codes = tmp_path / "codes.tsv"
    shutil.copy(drugbank / "drugbank_atc_2016.tsv", codes)
    report = import_atc(path=codes, now=NOW, skip_bad=True)
    assert (report.n_rows, report.n_rejected, report.extra["codes_not_in_the_index"]) == (1_480, 5, 62)
    assert AtcCode.objects.count() == 6_807 + 62
    assert DrugAtc.objects.count() > 4_000

    interactions = drugbank / "interactions.csv.gz"
    report = import_statements(path=interactions, corpus_name="drugbank", task=task, now=NOW)
    assert (report.n_rows, report.n_added, report.n_repeated) == (108_887, 108_887, 0)
    # Masking the shorter name first leaves 86: two are "⟨1⟩ enacarbil" and "⟨2⟩ sulfate", pieces of a longer name.
    assert Pattern.objects.count() == 84
    assert all("⟨1⟩" in pattern.text and "⟨2⟩" in pattern.text for pattern in Pattern.objects.all())

    verbatim = drugbank / "db_drug_interactions_verbatim.csv"
    report = import_statements(path=verbatim, corpus_name="drugbank", task=task, now=NOW)
    assert (report.n_rows, report.n_added, report.n_already_there) == (4_187, 193, 3_994)

    report = import_labels(path=drugbank / "seed_labels.csv", task=task, now=NOW)
    assert (report.n_rows, report.n_added, GoldLabel.objects.count()) == (2_767, 2_767, 2_767)
    by_label = {slug: GoldLabel.objects.filter(label__slug=slug).count() for slug in ("synergistic", "antagonistic")}
    assert by_label == {"synergistic": 705, "antagonistic": 1_582}

    report = import_statements(path=interactions, corpus_name="drugbank", task=task, now=NOW)
    assert (report.n_added, report.n_already_there) == (0, 108_887)
    assert Statement.objects.count() == 108_887 + 193
    for statement in Statement.objects.select_related("head_drug", "tail_drug").iterator():
        assert statement.head_drug is not None
        assert statement.tail_drug is not None
        assert (statement.head_text, statement.tail_text) == (statement.head_drug.name, statement.tail_drug.name)
