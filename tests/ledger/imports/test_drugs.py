from __future__ import annotations

from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadRow
from ledger.imports import import_atc, import_drugs
from ledger.imports.names import AmbiguousName, DrugNames, UnknownDrug
from ledger.models import AtcCode, Drug, DrugAtc, DrugName
from ledger.record.statements import NOT_IN_INDEX
from tests.ledger.imports.files import DRUGS, NOW, counts, vocabulary, write

pytestmark = pytest.mark.django_db


def test_drugs_come_with_all_their_names(tmp_path: Path) -> None:
    report = import_drugs(path=vocabulary(tmp_path), now=NOW)
    assert (report.n_rows, report.n_added, report.extra["names_added"]) == (9, 9, 20)
    warfarin = Drug.objects.get(drugbank_id="DB00682")
    assert list(warfarin.names.order_by("id").values_list("name", "folded", "kind")) == [
        ("Warfarin", "warfarin", "common"),
        ("Coumadin", "coumadin", "synonym"),
        ("Warfarina", "warfarina", "synonym"),
    ]


def test_second_import_adds_nothing(tmp_path: Path) -> None:
    import_drugs(path=vocabulary(tmp_path), now=NOW)
    before = counts() | {"Import": 2}
    report = import_drugs(path=vocabulary(tmp_path), now=NOW)
    assert (report.n_added, report.n_already_there, report.extra["names_added"]) == (0, 9, 0)
    assert counts() == before


def test_renamed_drug_keeps_its_name_and_gains_a_synonym(tmp_path: Path) -> None:
    import_drugs(path=vocabulary(tmp_path), now=NOW)
    import_drugs(path=vocabulary(tmp_path, [("DB00682", "Warfarin sodium", "Jantoven")]), now=NOW)
    warfarin = Drug.objects.get(drugbank_id="DB00682")
    assert warfarin.name == "Warfarin"
    assert DrugNames().called("warfarin SODIUM").pk == DrugNames().called("Jantoven").pk == warfarin.pk
    assert warfarin.names.filter(kind=DrugName.Kind.COMMON).count() == 1


def test_common_name_equal_to_a_synonym_in_another_case_is_one_name(tmp_path: Path) -> None:
    import_drugs(path=vocabulary(tmp_path, [("DB00001", "Lepirudin", "lepirudin | LEPIRUDIN | Hirudin")]), now=NOW)
    assert list(DrugName.objects.values_list("name", "kind")) == [("Lepirudin", "common"), ("Hirudin", "synonym")]


def test_one_id_with_two_names_is_refused_naming_both_lines(tmp_path: Path) -> None:
    path = vocabulary(tmp_path, [*DRUGS, ("DB00682", "Heparin", "")])
    before = counts()
    with pytest.raises(BadRow) as refused:
        import_drugs(path=path, now=NOW)
    assert str(refused.value).startswith(
        f"{path}, line 11, column Common name: line 11 says DB00682 is Heparin where line 2 says DB00682 is Warfarin; "
    )
    assert counts() == before
    report = import_drugs(path=path, now=NOW, skip_bad=True)
    assert (report.n_added, report.n_rejected) == (9, 1)
    assert not Drug.objects.filter(name="Heparin").exists()


def test_looking_up_names(drugs: None) -> None:
    known = DrugNames()
    assert known.called("aspirin").drugbank_id == known.with_id("DB00945").drugbank_id == "DB00945"
    assert known.called("tmp").name == "TMP"  # a common name wins over another drug's synonym
    with pytest.raises(UnknownDrug, match="no drug has the id DB99999"):
        known.with_id("DB99999")
    with pytest.raises(UnknownDrug, match="no drug goes by the name “x”"):
        known.called("x")
    with pytest.raises(AmbiguousName, match=r"First \(DB90001\), Second \(DB90002\)"):
        known.called("shared  NAME")


INDEX_HEADER = "atc_code,atc_name,ddd,uom,adm_r,note"
INDEX_ROWS = [
    "B,BLOOD,NA,NA,NA,NA",
    "B01,ANTITHROMBOTIC AGENTS,NA,NA,NA,NA",
    "B01A,ANTITHROMBOTIC AGENTS,NA,NA,NA,NA",
    "B01AA,Vitamin K antagonists,NA,NA,NA,NA",
    "B01AA03,warfarin,7.5,mg,O,NA",
    "B01AA03,warfarin,7.5,mg,P,NA",
    "B01AC06,aspirin,1,tablet,O,NA",
    "B01AC56,aspirin and esomeprazole,NA,NA,NA,NA",
    "N02BA01,acetylsalicylic acid,3,g,O,NA",
    "X01AA01,shared name,NA,NA,NA,NA",
    "N,Warfarin,NA,NA,NA,NA",
]


def index(folder: Path, rows: list[str] = INDEX_ROWS) -> Path:
    return write(folder / "index.csv", INDEX_HEADER, rows)


def links() -> set[tuple[str, str]]:
    return set(DrugAtc.objects.values_list("drug__drugbank_id", "code_id"))


LINKED = {("DB00682", "B01AA03"), ("DB00945", "B01AC06"), ("DB00945", "N02BA01")}


def test_index_codes_are_linked_by_common_name_and_unambiguous_synonym(tmp_path: Path, drugs: None) -> None:
    report = import_atc(path=index(tmp_path), now=NOW)
    assert (report.n_rows, report.n_added, report.n_repeated) == (11, 10, 1)
    assert report.extra == {"drug_code_links_added": 3, "codes_not_in_the_index": 0}
    assert links() == LINKED
    again = import_atc(path=index(tmp_path), now=NOW)
    assert (again.n_added, again.n_already_there, again.extra["drug_code_links_added"]) == (0, 10, 0)


def test_drugs_that_come_after_the_index_are_linked_too(tmp_path: Path) -> None:
    import_atc(path=index(tmp_path), now=NOW)
    report = import_drugs(path=vocabulary(tmp_path), now=NOW)
    assert report.extra["ATC_codes_linked_by_name"] == 3
    assert links() == LINKED


def test_index_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRow, match=r"line 4, column atc_name: line 4 says vessels where line 3 says ANTI"):
        import_atc(path=index(tmp_path, [*INDEX_ROWS[:2], "B01,vessels,NA,NA,NA,NA"]), now=NOW)
    assert not AtcCode.objects.exists()


def test_newer_index_renames_its_codes(tmp_path: Path) -> None:
    import_atc(path=index(tmp_path), now=NOW)
    report = import_atc(path=index(tmp_path, ["B,Blood and vessels,NA,NA,NA,NA"]), now=NOW)
    assert (report.n_added, report.n_already_there) == (0, 1)
    assert AtcCode.objects.get(code="B").name == "Blood and vessels"


def codes(folder: Path, rows: list[str]) -> Path:
    return write(folder / "codes.tsv", "drugbank_id\tname\tgroups\tatc_codes", rows)


def test_listed_codes_are_linked_also_where_the_index_lost_them(tmp_path: Path, drugs: None) -> None:
    import_atc(path=index(tmp_path), now=NOW)
    path = codes(tmp_path, ["DB06228\tRivaroxaban\tapproved\tB01AX06|L99ZZ99", "DB00682\tWarfarin\tapproved\tB01AA03"])
    report = import_atc(path=path, now=NOW)
    assert (report.n_rows, report.n_added, report.n_already_there) == (2, 1, 1)
    assert report.extra == {"drug_code_links_added": 2, "codes_not_in_the_index": 2}
    assert "2 codes not in the index" in report.facts()
    assert links() == LINKED | {("DB06228", "B01AX06"), ("DB06228", "L99ZZ99")}
    assert AtcCode.objects.get(code="L99ZZ99").name == NOT_IN_INDEX
    assert AtcCode.objects.get(code="B01AA03").name == "warfarin"
    # An index that has the code gives it its name.
    import_atc(path=index(tmp_path, ["L99ZZ99,late comer,NA,NA,NA,NA"]), now=NOW)
    assert AtcCode.objects.get(code="L99ZZ99").name == "late comer"


def test_listed_codes_of_an_unknown_drug_are_refused(tmp_path: Path, drugs: None) -> None:
    path = codes(tmp_path, ["DB00682\tWarfarin\tapproved\tB01AA03", "DB99999\tX\tapproved\tB01AA03"])
    before = counts()
    with pytest.raises(BadRow) as refused:
        import_atc(path=path, now=NOW)
    assert str(refused.value).startswith(
        f"{path}, line 3, column drugbank_id: no drug has the id DB99999; import a voc"
    )
    assert counts() == before
    report = import_atc(path=path, now=NOW, skip_bad=True)
    assert (report.n_added, report.n_rejected, links()) == (1, 1, {("DB00682", "B01AA03")})
