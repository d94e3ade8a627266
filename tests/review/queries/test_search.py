"""The search held against a plain walk through every statement."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import DrugName, GoldLabel, ModelVersion, Prediction, Run, Statement, Task
from ledger.patterns import fold
from ledger.record.gold import add_seed_labels
from review.filters import LedgerFilter
from review.models import ReviewItem
from review.queries import candidates, search
from review.queries.candidates import Place
from review.queries.search import look
from review.queries.wanted import want
from tests.ledger import facts
from tests.review.conftest import answered, live_model, predict, put_in_queue, queue_build

DRUGS = {
    "Warfarin": ("B01AA03",), "Rivaroxaban": ("B01AF01",), "Aspirin": ("B01AC06", "N02BA01"), "Naloxone": ("V03AB15",),
    "Morphine": ("N02AA01",), "Lithium": (),
}  # fmt: skip
WORDINGS = (
    "{} may increase the anticoagulant activities of {}.",
    "The risk of bleeding can be increased when {} is combined with {}.",
    "{} may decrease the Analgesic activities of {}.",
)


@pytest.fixture
def older(task: Task) -> ModelVersion:
    return facts.model_version()


@pytest.fixture
def model(task: Task, older: ModelVersion) -> ModelVersion:
    return live_model()


@pytest.fixture
def ledger(model: ModelVersion, older: ModelVersion) -> list[Statement]:
    """Sixty statements in two corpora; the live model has read all but six, many with the very same confidence."""
    draw, build, made = random.Random(3), queue_build(), []
    for name, codes in DRUGS.items():
        drug = facts.drug(name, *codes)
        DrugName.objects.create(drug=drug, name=name, folded=fold(name), kind="common")
    for number in range(60):
        head, tail = draw.sample(sorted(DRUGS), 2)
        changes = {"corpus": facts.corpus("second")} if number % 7 == 0 else {}
        one = facts.statement(head, tail, draw.choice(WORDINGS), **changes)
        made.append(one)
        label = draw.choice(["synergistic", "antagonistic"])
        predict(older, of=one, said=draw.choice(["synergistic", "antagonistic"]), confidence=0.7)
        if number % 10 == 9:
            continue
        said = predict(model, of=one, said=label, confidence=draw.choice([0.55, 0.9, 0.9, 0.9, 0.99, draw.random()]))
        if number % 4 == 0:
            reason, other = draw.choice([("audit", "flip"), ("flip", "audit"), ("flip", "low_confidence")])
            why = [
                {"rule": rule, "explanation": 'not "rule": "models_differ"', "atc_rule": None}
                for rule in (reason, other)
            ]
            put_in_queue(build, said, reason, reasons=why)
        if number % 3 == 0:
            facts.answer(one, label, reviews_needed=1)
        elif number % 11 == 0:
            add_seed_labels(task=model.task, rows=[(one.pk, facts.label(label).pk, "seeds.csv")], now=facts.NOW)
    return made


def matches(one: Statement, asked: dict[str, str], model: ModelVersion, older: ModelVersion) -> bool:
    """The filter in plain words, statement by statement."""
    said = Prediction.objects.filter(statement=one, model_version=model).first()
    once = Prediction.objects.filter(statement=one, model_version=older).first()
    drugs = [one.head_drug, one.tail_drug]
    words = one.text.lower().replace(".", " ").split()
    for word in asked.get("text", "").lower().split():
        if not any(known.startswith(word[:-1]) if word.endswith("*") else known == word for known in words):
            return False
    if "drug" in asked and not any(drug and drug.name.lower() == asked["drug"].lower() for drug in drugs):
        return False
    if "atc" in asked and not any(
        code.code.startswith(asked["atc"]) for drug in drugs if drug for code in drug.atc_codes.all()
    ):
        return False
    if "corpus" in asked and one.corpus.name != asked["corpus"]:
        return False
    item = ReviewItem.objects.filter(statement=one).first()
    if "reason" in asked and not (item and asked["reason"] in {why["rule"] for why in item.reasons}):
        return False
    gold = GoldLabel.objects.current().filter(statement=one).first()
    if gold and gold.source != "seed" and item and item.state in ReviewItem.WAITING:
        gold = None  # the reader may still be asked
    if "gold" in asked and not (gold and gold.label and gold.label.slug == asked["gold"]):
        return False
    if "source" in asked and not (gold and gold.source == asked["source"]):
        return False
    by_confidence = {"least", "most", "order"} & set(asked)
    if said is None:
        return not by_confidence and not {"label", "differs", "model"} & set(asked)
    if "label" in asked and said.label.slug != asked["label"]:
        return False
    if "differs" in asked and (once is None or once.label_id == said.label_id):
        return False
    return float(asked.get("least", 0)) <= said.confidence <= float(asked.get("most", 1))


ASKED: list[dict[str, str]] = [
    {},
    {"text": "anticoagulant activities"},
    {"text": "analg* WARFARIN"},
    {"text": "combined", "drug": "warfarin"},
    {"drug": "Aspirin"},
    {"drug": "Aspirin", "atc": "V03"},
    {"atc": "N02"},
    {"atc": "B01A", "label": "synergistic"},
    {"corpus": "second"},
    {"corpus": "second", "text": "risk"},
    {"label": "antagonistic"},
    {"label": "synergistic", "differs": "older", "text": "may"},
    {"differs": "older"},
    {"reason": "flip"},
    {"reason": "audit", "label": "synergistic", "drug": "morphine"},
    {"order": "unsure"},
    {"least": "0.6", "most": "0.9"},
    {"least": "0.9", "label": "antagonistic", "text": "increase"},
    {"most": "0.95", "drug": "Naloxone"},
    {"most": "0.95", "atc": "B", "reason": "audit"},
    {"reason": "models_differ"},
    {"reason": "low_confidence"},
    {"gold": "synergistic"},
    {"source": "single_review"},
    {"source": "seed", "gold": "antagonistic", "corpus": "second"},
    {"gold": "antagonistic", "reason": "audit"},
    {"gold": "synergistic", "least": "0.6", "text": "may"},
    {"gold": "synergistic", "drug": "Warfarin"},
]


@pytest.mark.parametrize("few_drugs", [0, 40])
@pytest.mark.parametrize("window", [7, 20_000])
def test_every_filter_finds_what_a_plain_walk_finds_in_order_page_by_page(
    ledger: list[Statement],
    model: ModelVersion,
    older: ModelVersion,
    task: Task,
    pharmacist: User,
    monkeypatch: pytest.MonkeyPatch,
    window: int,
    few_drugs: int,
) -> None:
    monkeypatch.setattr(candidates, "FEW_DRUGS", few_drugs)
    n_found = 0
    for asked in ASKED:
        values = asked | ({"differs": str(older.number)} if "differs" in asked else {})
        wanted = want(task, LedgerFilter.read(values))
        assert wanted.trouble == ""
        expected = [one for one in ledger if matches(one, asked, model, older)]
        if wanted.filter.by_confidence:
            of = {one.statement_id: one for one in Prediction.objects.filter(model_version=model)}
            expected.sort(key=lambda one: (of[one.pk].confidence, of[one.pk].pk))
        found: list[int] = []
        after: Place | None = None
        while True:
            seen = look(wanted, reader=pharmacist, after=after, n=4, window=window)
            found += [hit.statement for hit in seen.hits]
            if seen.goes_on is None:
                break
            after = Place.read(str(seen.goes_on))
        assert found == [one.pk for one in expected], asked
        n_found += len(found)
    assert n_found > 200


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 40, "0.5~", "~", "nan~x", "0.5~-3"])
def test_what_is_no_place_is_the_beginning(given: str) -> None:
    assert Place.read(given) is None


def test_a_place_survives_the_address() -> None:
    for place in (Place(12), Place(12, 0.1 + 0.2), Place(3, 1 / 3)):
        assert Place.read(str(place)) == place


def test_a_look_is_one_query_and_one_more_at_a_window_s_end(
    ledger: list[Statement], task: Task, pharmacist: User
) -> None:
    wanted = want(task, LedgerFilter.read({"label": "antagonistic"}))
    for n, n_queries in ((3, 1), (1_000, 2)):
        with CaptureQueriesContext(connection) as captured:
            look(wanted, reader=pharmacist, after=None, n=n)
        assert len(captured) == n_queries


def blind_hits(task: Task, reader: User, **asked: Any) -> set[int]:
    wanted = want(task, LedgerFilter.read(asked))
    return {hit.statement for hit in look(wanted, reader=reader, after=None, n=100).hits}


def test_in_a_blind_task_nothing_a_model_said_finds_what_one_has_yet_to_answer(
    model: ModelVersion, build: Run, task: Task, pharmacist: User, second_pharmacist: User
) -> None:
    Task.objects.update(blind=True)
    task.refresh_from_db()
    waiting, mine, settled = (put_in_queue(build, predict(model), "flip") for _ in range(3))
    free = predict(model).statement_id
    answered(mine, pharmacist)
    ReviewItem.objects.filter(pk=settled.pk).update(state="settled")
    open_to_me = {mine.statement_id, settled.statement_id, free}
    everything = open_to_me | {waiting.statement_id}
    ReviewItem.objects.filter(pk=mine.pk).update(state="awaiting_second")
    for asked in ({"label": "antagonistic"}, {"most": "0.9"}, {"order": "unsure"}):
        assert blind_hits(task, pharmacist, **asked) == open_to_me
        assert blind_hits(task, second_pharmacist, **asked) == {settled.statement_id, free}
    assert blind_hits(task, pharmacist, reason="flip") == open_to_me - {free}
    assert blind_hits(task, pharmacist) == everything
    Task.objects.update(blind=False)
    task.refresh_from_db()
    assert blind_hits(task, pharmacist, label="antagonistic") == everything


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's plan")
@pytest.mark.parametrize(
    ("asked", "seek"),
    [
        ({}, "SEARCH ledger_statement USING COVERING INDEX statement_by_corpus (corpus_id=? AND id>?)"),
        ({"order": "unsure"}, "SEARCH p USING INDEX prediction_by_confidence (model_version_id=? AND confidence=? AND"),
        ({"reason": "flip"}, "INDEX item_flip_row (task_id=? AND statement_id>?)"),
        (
            {"gold": "synergistic"},
            "INDEX one_first_gold_label_per_task_and_statement (task_id=? AND statement_id>?)",
        ),
        ({"text": "risk"}, "SCAN ledger_statement_words VIRTUAL TABLE INDEX"),
    ],
)
def test_a_page_starts_at_its_place_and_sorts_nothing(
    ledger: list[Statement], task: Task, pharmacist: User, monkeypatch: pytest.MonkeyPatch,
    asked: dict[str, str], seek: str,
) -> None:  # fmt: skip
    wanted = want(task, LedgerFilter.read(asked))
    after = Place(5, 0.5 if wanted.filter.by_confidence else None)
    narrowed = search._narrowed(
        wanted, candidates.candidates_of(wanted, after, 20_000), *search._narrowing(wanted, pharmacist)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {narrowed.text} LIMIT 26", narrowed.params)
        plan = "\n".join(row[3] for row in cursor.fetchall())
    assert seek in plan
    assert "TEMP B-TREE" not in plan


def test_a_filter_keeps_only_what_can_be_meant() -> None:
    read: Callable[..., LedgerFilter] = lambda **values: LedgerFilter.read(values)  # noqa: E731
    assert read(order="password", statement__corpus="x", lease_by__password="y") == LedgerFilter()
    assert read(atc="b01aa").atc == "B01AA"
    assert read(atc="B01A%") == read(least="-0.1", most="1.5", model="-3", reason="x") == LedgerFilter()
    assert read(text="beta-lactamase anticoag* ** '; --").words == ["beta", "lactamase", "anticoag*"]
    chosen = read(text="a b", least="0.5", model="3", order="unsure")
    assert read(**dict(chosen.given)) == chosen
    assert chosen.query == "text=a+b&model=3&least=0.5&order=unsure"
