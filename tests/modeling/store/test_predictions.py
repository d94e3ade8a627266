"""An inference run: every statement predicted once, flagged by the rules, and resumed where it stopped."""

from __future__ import annotations

import pytest

from ledger.integrity import problems
from ledger.models import AtcRule, Flag, ModelVersion, Pattern, Prediction, Round, Run, Statement, Task
from ledger.record.promotions import promote
from ledger.record.runs import NothingToPredict, open_inference, pending_statements, request_cancel, resume
from modeling.chunks import Reading
from modeling.encode import MentionCutOff
from modeling.ensemble import Ensemble
from modeling.inference import LoadedModel
from modeling.jobs import run_inference, run_training
from modeling.records import Input
from modeling.records import Statement as Read
from modeling.store import predictions, unread
from modeling.store.models import load
from tests.ledger.facts import NOW, label, polarity, statement


@pytest.fixture
def version(opened: Round, monkeypatch: pytest.MonkeyPatch) -> ModelVersion:
    run_training(opened.runs.get().pk)
    monkeypatch.setattr(predictions, "CHUNK_SIZE", 20)
    return ModelVersion.objects.get()


def opened_run(version: ModelVersion) -> Run:
    return open_inference(task=polarity(), model_version=version, by=None, now=NOW, wake=False)


def test_every_statement_is_predicted_once_and_the_run_is_sealed(version: ModelVersion) -> None:
    run = opened_run(version)
    run_inference(run.pk)

    run.refresh_from_db()
    assert (run.status, run.n_done) == (Run.Status.FINISHED, Statement.objects.count())
    assert Prediction.objects.count() == Prediction.objects.values("statement").distinct().count() == run.n_done
    assert run.detail["number_format"] == load(version).number_format
    assert [chunk.n_predictions for chunk in run.chunks.order_by("id")] == [10, 10, 10, 10, 6]
    for prediction in Prediction.objects.select_related("label"):
        scores = dict(zip(version.labels, prediction.class_scores, strict=True))
        assert prediction.confidence == max(scores.values()) == scores[prediction.label.slug]
        assert sum(scores.values()) == pytest.approx(1)
    assert list(problems()) == []
    with pytest.raises(NothingToPredict):
        opened_run(version)


def test_statements_imported_later_are_all_that_a_second_run_predicts(version: ModelVersion) -> None:
    run_inference(opened_run(version).pk)
    statement("Late", "Comer", "{} can enhance the activity of {}.")
    second = opened_run(version)
    run_inference(second.pk)
    second.refresh_from_db()
    assert (second.n_total, second.n_done) == (1, 1)


def test_a_cancelled_run_keeps_its_chunks_and_resumes_after_them(
    version: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = opened_run(version)
    commit = predictions.commit_chunk

    def commit_and_cancel(**facts: object) -> int:
        n_flags = commit(**facts)
        request_cancel(run=run, now=NOW)
        return n_flags

    with monkeypatch.context() as patched:
        patched.setattr(predictions, "commit_chunk", commit_and_cancel)
        run_inference(run.pk)
    run.refresh_from_db()
    assert (run.status, run.n_done, Prediction.objects.count()) == (Run.Status.CANCELLED, 10, 10)

    resume(run=run, now=NOW)
    run_inference(run.pk)
    run.refresh_from_db()
    assert (run.status, run.n_done) == (Run.Status.FINISHED, Statement.objects.count())
    assert list(problems()) == []


def test_the_rules_flag_what_the_model_said(version: ModelVersion) -> None:
    Task.objects.update(doubt_threshold=1.0, audit_share=1.0)
    AtcRule.objects.create(
        task=polarity(), table="test", prefix_a="Z01", prefix_b="Z02", expected=label("antagonistic"),
        mechanism="Made up for this test.", reference="none", source="curated",
    )  # fmt: skip
    said = Statement.objects.filter(text__contains="enhance").latest("id")
    for drug, code in ((said.head_drug, "Z01AA01"), (said.tail_drug, "Z02AA01")):
        drug.atc_codes.create(code=code, name="made up")
    run_inference(opened_run(version).pk)

    prediction = Prediction.objects.get(statement=said)
    rules = {flag.rule.rule for flag in Flag.objects.filter(prediction=prediction)}
    assert {"low_confidence", "audit"} <= rules
    assert ("atc_contradiction" in rules) == (prediction.label.slug == "synergistic")
    assert Flag.objects.filter(rule__rule="audit").count() == Statement.objects.count()


def test_a_new_model_that_changes_its_mind_is_flagged(version: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    promote(model_version=version, by=None, reason="first", now=NOW)
    run_inference(opened_run(version).pk)
    facts = {
        field.attname: getattr(version, field.attname) for field in ModelVersion._meta.fields if field.name != "id"
    }
    contrary = ModelVersion.objects.create(**(facts | {"number": 2}))
    answer = predictions.Context.predicted

    def the_other_way_round(self: predictions.Context, scored: object, slugs: tuple[str, ...]) -> object:
        return answer(self, scored, slugs[::-1])

    monkeypatch.setattr(predictions.Context, "predicted", the_other_way_round)
    run_inference(opened_run(contrary).pk)
    flips = Flag.objects.filter(rule__rule="flip", prediction__model_version=contrary)
    assert flips.count() == Statement.objects.count()
    assert "The model before said" in flips[0].explanation


def test_a_model_on_a_changed_file_is_refused_and_the_run_says_so(version: ModelVersion) -> None:
    run = opened_run(version)
    adapter = predictions.load.__globals__["local_folder"](version.artifact) / "adapter" / "adapter_config.json"
    original = adapter.read_bytes()
    adapter.write_bytes(original + b" ")
    try:
        with pytest.raises(Exception, match=r"adapter_config\.json was changed"):
            run_inference(run.pk)
    finally:
        adapter.write_bytes(original)
    run.refresh_from_db()
    assert run.status == Run.Status.FAILED
    assert "adapter_config.json was changed" in run.error


def sentence_without_places(head: str) -> Statement:
    """A statement whose pattern lacks a mark, as none that is imported does: no model can read it."""
    said = statement(head, "Drug0b", "{} can enhance the activity of {}.")
    broken, _ = Pattern.objects.get_or_create(text="⟨1⟩ alone.", defaults={"sha256": "0" * 64})
    facts = {
        field.attname: getattr(said, field.attname) for field in Statement._meta.concrete_fields if field.name != "id"
    }
    changes = {"pattern_id": broken.pk, "external_id": f"broken:{head}"}
    return Statement.objects.create(**(facts | changes))


@pytest.fixture
def unreadable(version: ModelVersion) -> list[Statement]:
    """Three statements that no model can read, among others; the last comes after all of these."""
    made = [sentence_without_places("Twist"), sentence_without_places("Turn")]
    for number in range(12):
        statement(f"Later{number}a", f"Later{number}b", "{} can enhance the activity of {}.")
    return [*made, sentence_without_places("Last")]


def test_what_cannot_be_read_is_passed_over_and_named(version: ModelVersion, unreadable: list[Statement]) -> None:
    run = opened_run(version)
    run_inference(run.pk)
    run.refresh_from_db()
    n = Statement.objects.count() - 3
    assert (run.status, run.error, run.n_total, run.n_done) == (Run.Status.FINISHED, "", n + 3, n)
    assert Prediction.objects.count() == n
    assert not Prediction.objects.filter(statement__in=unreadable).exists()
    assert run.detail["could_not_be_read"] == 3
    assert run.detail["unread"] == [
        [one.pk, f"The pattern of statement {one.pk} has no ⟨2⟩: import it again."] for one in unreadable
    ]
    assert list(problems()) == []


def test_a_later_run_asks_about_them_once_more_and_ends(version: ModelVersion, unreadable: list[Statement]) -> None:
    run_inference(opened_run(version).pk)
    again = opened_run(version)
    run_inference(again.pk)
    again.refresh_from_db()
    assert (again.status, again.n_total, again.n_done) == (Run.Status.FINISHED, 3, 0)
    assert again.detail["could_not_be_read"] == 3
    assert not again.chunks.exists()
    assert list(problems()) == []


@pytest.mark.parametrize("n_commits", [1, 4, 5, 6, 7])
def test_each_is_counted_once_wherever_the_run_was_cut_off(
    version: ModelVersion, unreadable: list[Statement], monkeypatch: pytest.MonkeyPatch, n_commits: int
) -> None:
    run = opened_run(version)
    commit, calls = predictions.commit_chunk, []

    def cut_off(**facts: object) -> int:
        calls.append(facts)
        if len(calls) == n_commits:
            raise MemoryError("cut off")
        return commit(**facts)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(predictions, "commit_chunk", cut_off)
        with pytest.raises(MemoryError):
            run_inference(run.pk)
    resume(run=run, now=NOW)
    run_inference(run.pk)
    run.refresh_from_db()
    assert (run.status, run.n_done) == (Run.Status.FINISHED, run.n_total - 3)
    assert run.detail["could_not_be_read"] == 3
    assert [number for number, _ in run.detail["unread"]] == [one.pk for one in unreadable]
    assert pending_statements(run).count() == 3
    assert list(problems()) == []


def test_of_many_the_first_are_named(
    version: ModelVersion,
    unreadable: list[Statement],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(unread, "MOST_NAMED", 2)
    run = opened_run(version)
    run_inference(run.pk)
    run.refresh_from_db()
    assert (run.detail["could_not_be_read"], len(run.detail["unread"])) == (3, 2)
    for one in unreadable:
        assert f"Run {run.pk} makes no prediction: The pattern of statement {one.pk} has no ⟨2⟩" in caplog.text


def test_an_ensemble_passes_over_what_one_member_cannot_read(
    version: ModelVersion, unreadable: list[Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = [load(version), load(version)]
    members = tuple(one for one in loaded if isinstance(one, LoadedModel))
    read, late = Reading.__call__, Statement.objects.get(head_drug__name="Later3a")

    def too_long(self: Reading, statements: list[Read]) -> list[Input]:
        """The second member's longest input is shorter than one statement's mentions."""
        if self.config is members[1].config and any(one.id == late.pk for one in statements):
            raise MentionCutOff(f"The mentions of statement {late.pk} are too long.")
        return read(self, statements)

    monkeypatch.setattr(Reading, "__call__", too_long)
    monkeypatch.setattr(predictions, "load", lambda version: Ensemble(members))
    run = opened_run(version)
    run_inference(run.pk)
    run.refresh_from_db()
    assert (run.status, run.n_done) == (Run.Status.FINISHED, run.n_total - 4)
    assert run.detail["could_not_be_read"] == 4
    assert sorted(number for number, _ in run.detail["unread"]) == sorted([late.pk, *(one.pk for one in unreadable)])
