"""A ledger of any size, made up by set-based inserts: wordings, drugs, answers and reviews as a real one has them.

The wordings follow DrugBank's: few, very unequally frequent, each with a confidence of its own. Two models have read
everything; the live one doubts 7 % and is contradicted on 0.5 %, 1 % are drawn for audit. The queue over these flags
is built by the project's own action; people have answered an eighth of it.
"""

from __future__ import annotations

import time
from hashlib import sha256

from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.utils import timezone

from ddi_site.bench.made_up import WORDINGS, atc_codes, drug_names
from ledger.flagging import Thresholds
from ledger.models import (
    AtcCode,
    Corpus,
    Drug,
    DrugAtc,
    DrugName,
    Label,
    ModelVersion,
    Pattern,
    PredictionChunk,
    Promotion,
    Round,
    Run,
    Task,
    TrainingSet,
)
from ledger.patterns import fold
from ledger.record.predictions import flag_rules
from review.actions.build_queue import build_queue

N_DRUGS = 2_000
N_REVIEWERS = 50
# A number in [0, 1) as good as random for the i-th statement, the same on both databases.
CHANCE = "(((i * {odd}) % 4294967296) / 4294967296.0)"
WORDING, HEAD, TAIL = 2654435761, 2246822519, 3266489917
LABEL, DOUBT, CONFIDENCE = (668265263, 2870177451), (374761393, 3347812629), (2971215073, 1640531527)  # by model
NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM numbers WHERE i < {last})",
    "postgresql": "WITH numbers AS (SELECT i::bigint AS i FROM generate_series({first}, {last}) AS i)",
}
PADDED = {"sqlite": "substr('{zeros}' || i, -64)", "postgresql": "lpad(i::text, 64, '0')"}
DAYS_AGO = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', '{moment}', '-' || (id % 300) || ' days')",
    "postgresql": "'{moment}'::timestamptz - (id % 300) * interval '1 day'",
}
KEY = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
SCORES = {"sqlite": "zeroblob(8)", "postgresql": r"'\x0000000000000000'::bytea"}


class LargeLedger:
    """A ledger in an empty migrated database, with its people, drugs and wordings; `grow` fills it."""

    def __init__(self) -> None:
        self.task = Task.objects.get(slug="ddi-polarity")
        self.now = timezone.now()
        self.n = 0
        self.seconds_to_build_the_queue = 0.0
        with transaction.atomic():
            self._people()
            self._drugs()
            self.corpora = [
                Corpus.objects.create(name=name, title=name, task=self.task, created_at=self.now)
                for name in ("drugbank", "labels")
            ]
            self.models = [self._model(number) for number in (1, 2)]
            for replaced, model in zip((None, *self.models), self.models, strict=False):
                before = Promotion.objects.filter(model_version=replaced).first() if replaced else None
                Promotion.objects.create(
                    task=self.task, model_version=model, at=self.now, reason="bench", replaces=before
                )
            self._wordings()

    def _people(self) -> None:
        pharmacists = Group.objects.get(name="pharmacist")
        names = [f"reviewer-{number}" for number in range(N_REVIEWERS)]
        self.reviewers = User.objects.bulk_create([User(username=name) for name in names])
        pharmacists.user_set.add(*self.reviewers)
        self.lead = User.objects.create(username="the-lead")
        self.lead.groups.add(Group.objects.get(name="lead"))

    def _drugs(self) -> None:
        drugs = Drug.objects.bulk_create(
            [Drug(drugbank_id=f"DB{number:05d}", name=name) for number, name in enumerate(drug_names(N_DRUGS))]
        )
        DrugName.objects.bulk_create(
            [DrugName(drug=drug, name=drug.name, folded=fold(drug.name), kind="common") for drug in drugs]
        )
        codes = atc_codes(N_DRUGS)
        AtcCode.objects.bulk_create([AtcCode(code=code, name=code) for code in sorted(set(codes))])
        DrugAtc.objects.bulk_create([DrugAtc(drug=drug, code_id=code) for drug, code in zip(drugs, codes, strict=True)])
        self.first_drug = drugs[0].pk

    def _model(self, number: int) -> ModelVersion:
        opened = Round.objects.create(task=self.task, number=number, opened_at=self.now)
        training_set = TrainingSet.objects.create(
            round=opened, content_hash="0" * 64, parameters={}, composition={}, frozen_at=self.now
        )
        return ModelVersion.objects.create(
            task=self.task, number=number, training_set=training_set, architecture="none", backbone="none",
            backbone_sha256="0" * 64, artifact=str(number) * 64, files={}, labels=["synergistic", "antagonistic"],
            config={}, calibration={}, code_version="bench", trained_at=self.now,
        )  # fmt: skip

    def _wordings(self) -> None:
        patterns = Pattern.objects.bulk_create(
            [
                Pattern(text=text, sha256=sha256(text.encode()).hexdigest())
                for text in (f"{before}⟨1⟩{between}⟨2⟩{after}" for before, between, after in WORDINGS)
            ]
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_wording (place integer PRIMARY KEY, pattern_id bigint, before text, between_ text,"
                " after_ text)"
            )
            cursor.executemany(
                "INSERT INTO bench_wording VALUES (%s, %s, %s, %s, %s)",
                [(place, patterns[place].pk, *wording) for place, wording in enumerate(WORDINGS)],
            )

    def grow(self, n: int) -> None:
        """Add statements up to `n`, what both models say of them, flags, the queue and people's answers."""
        first, self.n = self.n + 1, n
        with transaction.atomic():
            self._statements(first, n)
            for place, model in enumerate(self.models):
                self._predictions(model, first, n, place)
            self._flags(first, n)
        self._refresh_statistics()
        started = time.perf_counter()
        build = Run.objects.create(kind=Run.Kind.QUEUE, task=self.task, status="finished", created_at=self.now)
        build_queue(run=build, now=self.now)
        self.seconds_to_build_the_queue = time.perf_counter() - started
        with transaction.atomic():
            self._answers(first)
        self._refresh_statistics()

    def _refresh_statistics(self) -> None:
        """What PostgreSQL's own housekeeping does in the minutes after."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def _execute(self, sql: str, **names: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(**names))

    def _numbers(self, first: int, last: int) -> str:
        return NUMBERS[connection.vendor].format(first=first, last=last)

    def _statements(self, first: int, last: int) -> None:
        zeros, chance = "0" * 64, CHANCE.format(odd=WORDING)
        drawn = f"CAST({len(WORDINGS) - 1} * {chance} * {chance} * {chance} AS integer)"
        integer = "CAST({} AS integer)"
        self._execute(
            "{numbers} INSERT INTO ledger_statement (id, corpus_id, external_id, content_hash, text, pattern_id, "
            "document, split, head_kind, head_start, head_end, head_drug_id, tail_kind, tail_start, tail_end, "
            "tail_drug_id) SELECT i, CASE WHEN i % 10 = 0 THEN {labels} ELSE {drugbank} END, 's' || i, {padded}, "
            "before || head || between_ || tail || after_, pattern_id, '', 'train', 'drug', length(before), "
            "length(before) + length(head), head_id, 'drug', length(before) + length(head) + length(between_), "
            "length(before) + length(head) + length(between_) + length(tail), tail_id FROM ("
            "SELECT i, w.*, h.name AS head, h.id AS head_id, t.name AS tail, t.id AS tail_id FROM numbers "
            "JOIN bench_wording w ON w.place = {drawn} "
            "JOIN ledger_drug h ON h.id = {drug} + {head} "
            "JOIN ledger_drug t ON t.id = {drug} + {tail}) AS made ORDER BY i",
            numbers=self._numbers(first, last), labels=self.corpora[1].pk, drugbank=self.corpora[0].pk,
            padded=PADDED[connection.vendor].format(zeros=zeros), drawn=drawn, drug=self.first_drug,
            head=integer.format(f"{N_DRUGS} * {CHANCE.format(odd=HEAD)}"),
            tail=integer.format(f"{N_DRUGS} * {CHANCE.format(odd=TAIL)}"),
        )  # fmt: skip
        if connection.vendor == "postgresql":
            self._execute("SELECT setval(pg_get_serial_sequence('ledger_statement', 'id'), {last})", last=last)

    def _predictions(self, model: ModelVersion, first: int, last: int, place: int) -> None:
        """Two thirds of the sure answers have their wording's own confidence, as masked texts do."""
        run = Run.objects.filter(model_version=model).first() or Run.objects.create(
            kind=Run.Kind.INFERENCE, task=self.task, model_version=model, status="finished", created_at=self.now,
            started_at=self.now, finished_at=self.now,
        )  # fmt: skip
        chunk = PredictionChunk.objects.create(
            run=run, first_statement=first, last_statement=last, n_predictions=last - first + 1, n_flags=0,
            sha256="0" * 64, committed_at=self.now,
        )  # fmt: skip
        Run.objects.filter(pk=run.pk).update(n_done=last, n_total=last)
        synergistic, antagonistic = (
            Label.objects.get(task=self.task, slug=slug).pk for slug in ("synergistic", "antagonistic")
        )
        self._execute(
            "INSERT INTO ledger_prediction (statement_id, model_version_id, chunk_id, label_id, confidence, scores) "
            "SELECT i, {model}, {chunk}, "
            "CASE WHEN (pattern_id % 2 = 0) = ({label_chance} < 0.97) THEN {synergistic} ELSE {antagonistic} END, "
            "CASE WHEN {doubt_chance} < 0.07 THEN 0.5 + 0.4 * {confidence_chance} "
            "WHEN i % 3 > 0 THEN 0.9 + 0.0003 * (pattern_id % 300) ELSE 0.9 + 0.1 * {confidence_chance} END, {scores} "
            "FROM (SELECT id AS i, pattern_id FROM ledger_statement WHERE id BETWEEN {first} AND {last} ORDER BY id) "
            "AS read",
            model=model.pk, chunk=chunk.pk, synergistic=synergistic, antagonistic=antagonistic,
            label_chance=CHANCE.format(odd=LABEL[place]), doubt_chance=CHANCE.format(odd=DOUBT[place]),
            confidence_chance=CHANCE.format(odd=CONFIDENCE[place]), scores=SCORES[connection.vendor], first=first,
            last=last,
        )  # fmt: skip

    def _flags(self, first: int, last: int) -> None:
        rules = flag_rules(self.task, Thresholds(doubt=0.9, sure=0.98, audit_share=0.01, atc_tables=()))
        for rule, condition in (
            ("low_confidence", "confidence < 0.9"),
            ("atc_contradiction", "statement_id % 200 = 7"),
            ("audit", "statement_id % 100 = 11"),
        ):
            self._execute(
                "INSERT INTO ledger_flag (prediction_id, rule_id, explanation) SELECT id, {rule}, '{name}: made up' "
                "FROM ledger_prediction WHERE model_version_id = {model} AND statement_id BETWEEN {first} AND {last} "
                "AND {condition}",
                rule=rules[rule].pk, name=rule, model=self.models[-1].pk, first=first, last=last, condition=condition,
            )  # fmt: skip

    def _answers(self, first: int) -> None:
        """One item in eight is settled by one review, one in forty waits for a second; in the last 300 days."""
        labels = dict(Label.objects.filter(task=self.task).values_list("slug", "pk"))
        label = f"CASE WHEN statement_id % 6 = 0 THEN {labels['synergistic']} ELSE {labels['antagonistic']} END"
        moment = connection.ops.adapt_datetimefield_value(self.now)
        reviewer = f"{self.reviewers[0].pk} + (statement_id % {N_REVIEWERS})"
        answered = f"task_id = {self.task.pk} AND statement_id >= {first} AND (id % 8 = 0 OR id % 40 = 1)"
        self._execute(
            "INSERT INTO ledger_decision (task_id, statement_id, reviewer_id, kind, label_id, comment, "
            "prediction_seen_id, seconds_spent, idempotency_key, decided_at) SELECT task_id, statement_id, {reviewer}, "
            "'answer', {label}, '', prediction_id, 5.0, {key}, {day} FROM review_reviewitem WHERE {answered}",
            reviewer=reviewer, label=label, key=KEY[connection.vendor], answered=answered,
            day=DAYS_AGO[connection.vendor].format(moment=moment),
        )  # fmt: skip
        self._execute(
            "INSERT INTO ledger_goldlabel (task_id, statement_id, label_id, source, origin, round_number, "
            "confirmed_at) SELECT task_id, statement_id, {label}, 'single_review', '', 2, '{moment}' "
            "FROM review_reviewitem WHERE {answered} AND id % 8 = 0",
            label=label, moment=moment, answered=answered,
        )  # fmt: skip
        self._execute(
            "UPDATE review_reviewitem SET state = CASE WHEN id % 8 = 0 THEN 'settled' ELSE 'awaiting_second' END, "
            "reviews_needed = CASE WHEN id % 8 = 0 THEN 1 ELSE 2 END WHERE {answered}",
            answered=answered,
        )
