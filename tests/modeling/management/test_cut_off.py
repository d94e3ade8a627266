"""A command whose process was killed goes on when it is given again, though no worker ever listens."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.models import ModelVersion, Prediction, Round, Run, Statement
from ledger.record.promotions import promote
from ledger.record.runs import machine_name, open_inference, open_queue_build
from tests.ledger.facts import NOW, polarity
from tests.modeling.store.conftest import QUICK, labelled, small_backbone

__all__ = ["labelled", "small_backbone"]

SETTINGS = [f"--set={name}={json.dumps(value)}" for name, value in QUICK["config"].items()]


def given(*words: str) -> tuple[dict[str, Any], str]:
    """What a command printed: its facts, and what it said meanwhile."""
    out, said = StringIO(), StringIO()
    call_command(*words, "--json", stdout=out, stderr=said)
    return json.loads(out.getvalue()), said.getvalue()


def cut_off(run: Run) -> None:
    """The run's row as a process leaves it that is killed while it works."""
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    Run.objects.filter(pk=run.pk).update(
        status="running", claim=f"{machine_name()}:{killed.pid}:abc", heartbeat_at=NOW, n_claims=1, started_at=NOW
    )


@pytest.fixture
def interrupted(committed_db: str, labelled: list[Statement]) -> Run:
    """A training that was killed."""
    call_command("open_round", "--json", stdout=StringIO())
    run = Run.objects.get()
    run.parameters = {"preset": polarity().preset, "config": QUICK["config"], "corpora": []}
    run.save()
    cut_off(run)
    return run


@pytest.fixture
def live(interrupted: Run) -> ModelVersion:
    """The model of that training, promoted."""
    given("train", *SETTINGS)
    version = ModelVersion.objects.get()
    promote(model_version=version, by=None, reason="first", now=NOW)
    return version


def test_a_training_is_gone_on_with(interrupted: Run) -> None:
    facts, said = given("train", *SETTINGS)
    assert f"Going on with the training run {interrupted.pk}, which waits for a worker or was cut off." in said
    assert (facts["round"], facts["model_version"]) == (1, 1)
    assert Round.objects.count() == 1
    interrupted.refresh_from_db()
    assert (interrupted.status, interrupted.n_claims) == ("finished", 2)
    assert given("train", *SETTINGS)[0]["round"] == 2, "what has ended is not gone on with"


def test_a_training_with_other_settings_is_not(interrupted: Run) -> None:
    with pytest.raises(CommandError, match="waiting or running already"):
        given("train", *SETTINGS, "--set", "max_epochs=2")
    interrupted.refresh_from_db()
    assert interrupted.status == "queued", "a worker may take it up"
    assert not ModelVersion.objects.exists()


def test_a_training_that_another_process_works_on_is_left_to_it(interrupted: Run) -> None:
    alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    Run.objects.update(claim=f"{machine_name()}:{alive.pid}:abc", heartbeat_at="9999-01-01T00:00Z")
    with pytest.raises(CommandError, match="waiting or running already"):
        given("train", *SETTINGS)
    alive.communicate(b"\n")


def test_an_inference_run_is_gone_on_with(live: ModelVersion) -> None:
    run = open_inference(task=polarity(), model_version=live, by=None, now=NOW, wake=False)
    cut_off(run)
    with pytest.raises(CommandError, match="waiting or running already"):
        given("infer", "--leave-out-seed")
    facts, _ = given("infer")
    assert facts["run"] == run.pk
    assert Prediction.objects.count() == Statement.objects.count() == facts["predictions"]


def test_a_queue_being_built_is_gone_on_with(live: ModelVersion) -> None:
    given("infer")
    run = open_queue_build(task=polarity(), by=None, now=NOW, wake=False)
    cut_off(run)
    assert given("build_queue")[0]["run"] == run.pk


def test_a_second_queue_is_refused_in_a_sentence(live: ModelVersion) -> None:
    run = open_queue_build(task=polarity(), by=None, now=NOW, wake=False)
    Run.objects.filter(pk=run.pk).update(status="running", claim="elsewhere:1:abc", heartbeat_at="9999-01-01T00:00Z")
    with pytest.raises(CommandError, match="waiting or running already"):
        given("build_queue")
