"""What the ledger keeps and errors say in English is said in the reader's language where it is shown."""

from __future__ import annotations

import ast
import csv
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from ledger.atc import ClassRule, Expectation
from ledger.enqueue import Asked
from ledger.flagging import Said, Thresholds, flags_of
from ledger.models import GoldLabel, Label, Run, Task, TrainingExample
from ledger.record import runs
from ledger.record.ensembles import NotJoinable
from ledger.record.labels import TooFewToLearn, TrainingUnderWay, set_trainable
from modeling.evaluation import slices
from review.actions.pattern_items import EXPLANATION
from review.mechanisms import MECHANISMS
from review.sentences import KEPT_IN_ENGLISH
from review.wording import WHOLE, worded
from tests.ledger import facts

ROOT = settings.BASE_DIR
WITH_VALUES = {"NotJoinable", "TooFewToLearn", "TrainingUnderWay"}  # their sentences name what they met, see below


@pytest.fixture
def romanian() -> Iterator[None]:
    with translation.override("ro"):
        yield


def shown_errors() -> Iterator[type[Exception]]:
    """Every error of ours that a view catches to say it on a page."""
    for path in sorted((ROOT / "review" / "views").glob("*.py")):
        module = importlib.import_module(f"review.views.{path.stem}")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)):
            said = ast.unparse(handler)
            if handler.type is None or not ("worded(" in said or "conflict(" in said):
                continue
            caught = eval(ast.unparse(handler.type), vars(module))
            yield from caught if isinstance(caught, tuple) else (caught,)


def test_every_error_a_page_shows_is_in_the_list() -> None:
    errors = set(shown_errors())
    assert len(errors) > 30
    missing = {one.__name__ for one in errors if one.__doc__ not in WHOLE}
    assert missing == WITH_VALUES


@pytest.mark.parametrize(
    ("said", "in_romanian"),
    [
        ("Model 3 is itself an ensemble: choose its members in its place.", "Modelul 3 este el însuși un ansamblu:"),
        ("These models answer together already: as model 4.", "Aceste modele răspund deja împreună: ca modelul 4."),
        ("Models 1 and 2 have learnt other labels: choose models that have learnt the same.", "Modelele 1 și 2 "),
        ("An ensemble needs at least two models, each once: choose others.", "Un ansamblu are nevoie de cel puțin"),
    ],
)
@pytest.mark.usefixtures("romanian")
def test_why_models_cannot_be_joined_is_said_with_its_numbers(said: str, in_romanian: str) -> None:
    assert worded(NotJoinable(said)).startswith(in_romanian)


@pytest.mark.usefixtures("romanian")
def test_errors_with_values_keep_them(db: None) -> None:
    task = facts.polarity()
    synergistic = facts.label("synergistic")
    with pytest.raises(TooFewToLearn) as few:
        set_trainable(label=synergistic, trainable=False)
    assert worded(few.value) == (
        "Fără synergistic, sarcina ddi-polarity ar avea mai puțin de 2 etichete de învățat: faceți mai întâi alta "
        "învățabilă."
    )
    runs.open_round(task=task, by=facts.user("lea"), now=facts.NOW)
    with pytest.raises(TrainingUnderWay) as under_way:
        set_trainable(label=synergistic, trainable=False)
    assert worded(under_way.value).startswith("O antrenare pentru ddi-polarity este în curs:")


def test_the_rows_a_site_starts_with_are_in_the_list(db: None) -> None:
    for task in Task.objects.all():
        assert {task.title, task.question, task.guideline} <= WHOLE
    for label in Label.objects.all():
        assert {label.title, label.meaning, label.slug} <= WHOLE, label.slug


def test_the_mechanisms_are_those_of_the_shipped_table() -> None:
    with (ROOT / "ledger" / "curated" / "atc_rules.csv").open(encoding="utf-8", newline="") as file:
        assert {row["mechanism"] for row in csv.DictReader(file)} == set(MECHANISMS)


def test_stages_and_parts_are_in_the_list() -> None:
    for path in ("modeling/store/rounds.py", "modeling/store/predictions.py", "review/jobs.py"):
        assert set(re.findall(r'stage="([^"]+)"', (ROOT / path).read_text(encoding="utf-8"))) <= WHOLE
    for path in Path(ROOT / "modeling").glob("*.py"):
        assert set(re.findall(r'Progress\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))) <= WHOLE, path
    assert {*GoldLabel.Source.values, slices.NO_CODE, EXPLANATION} <= WHOLE
    with translation.override("ro"):
        assert [worded(band) for band in slices.BANDS] == [
            "sub 60 de caractere", "60–89 de caractere", "90–119 de caractere", "120–149 de caractere",
            "150–199 de caractere", "200 de caractere și mai mult",
        ]  # fmt: skip


def flags(said: Said) -> dict[str, str]:
    thresholds = Thresholds(doubt=0.9, sure=0.9, audit_share=1.0, atc_tables=())
    titles = {1: "Synergistic", 2: "Antagonistic"}
    return {flag.rule: worded(flag.explanation) for flag in flags_of(said, thresholds, titles)}


@pytest.mark.usefixtures("romanian")
def test_explanations_of_flags_are_said_again_with_their_values(db: None) -> None:
    rule = ClassRule(id=1, prefix_a="V03AB", prefix_b="N02A", expected_label_id=1)
    assert flags(Said(5, 2, 0.8999, Expectation((rule,), 1), 1, None)) == {
        "low_confidence": "Încrederea 0,899 este sub pragul sarcinii, 0,9.",
        "atc_contradiction": "Pentru clasele V03AB și N02A se așteaptă: sinergic; modelul spune: antagonic.",
        "flip": "Modelul dinainte a spus: sinergic; acesta spune: antagonic.",
        "audit": "Tras la sorți (100 % din toate enunțurile), pentru a estima acuratețea.",
    }
    assert flags(Said(5, 2, 0.95, None, None, 1))["suspect_gold"] == (
        "Eticheta de referință este: sinergic; modelul spune: antagonic, cu încrederea 0,950."
    )


@pytest.mark.usefixtures("romanian")
@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("ana asks: is it?", "ana întreabă: is it?"),
        ("ana asks for an answer.", "ana cere un răspuns."),
        (
            "Model 3 says synergistic (0.91), model 2 antagonistic (0.80). ana asks: why?",
            "Modelul 3 spune: sinergic (0,91), modelul 2: antagonic (0,80). ana întreabă: why?",
        ),
        ("invited as lead, pharmacist", "invitat ca coordonator, farmacist"),
        ("roles: none → lead", "roluri: niciunul → coordonator"),
        ("better (proposal 4, approved by lea)", "better (propunerea 4, aprobată de lea)"),
        ("The worker that had it has been silent since 10:02:03.", None),
    ],
)
def test_what_people_and_workers_left_is_said_again(kept: str, said: str | None) -> None:
    assert worded(kept) == said if said else worded(kept).endswith("de la 10:02:03.")


@pytest.mark.usefixtures("romanian")
@pytest.mark.parametrize("kept", ["", "A site's own label", "asks", "open", "%(n)s", "Save", "The lead asks: why?"])
def test_what_is_not_in_the_list_stays_as_it_was_written(kept: str) -> None:
    """Also where the catalogue has the word for something else: a label titled “Save” is a name."""
    assert worded(kept) == kept


@pytest.mark.usefixtures("romanian")
def test_hostile_text_in_a_value_stays_text() -> None:
    assert worded("<b>%(x)s</b> asks: \\g<0> %s\nmore") == "<b>%(x)s</b> întreabă: \\g<0> %s\nmore"


def test_english_is_left_alone() -> None:
    with translation.override("en"):
        assert all(worded(one) == one for one in KEPT_IN_ENGLISH)
    with translation.override(None):
        assert worded("Synergistic") == "Synergistic"


def test_every_sentence_is_its_own() -> None:
    """A sentence that fits two patterns would be said again as the first of them."""
    filled = {one: re.sub(r"%\((\w+)\)s", r"<\1>", one.replace("%%", "%")) for one in KEPT_IN_ENGLISH}
    with translation.override("ro"):
        for sentence, example in filled.items():
            expected = translation.gettext(sentence)
            if "%(" in sentence:
                values = {name: f"<{name}>" for name in re.findall(r"%\((\w+)\)s", sentence)}
                expected = expected % values
            assert worded(example) == expected


@pytest.mark.usefixtures("romanian")
def test_a_failed_rationale_says_why_in_romanian() -> None:
    assert worded(Asked("failed", "The worker process that had it died.").why).startswith("Procesul de lucru")


def test_names_of_rows_follow_the_language(db: None) -> None:
    run = Run(kind="training", pk=4)
    assert str(run) == "training run 4"
    with translation.override("ro"):
        assert str(run) == "rularea 4 (antrenare)"
        assert [str(role.label) for role in TrainingExample.Role][:2] == ["antrenare", "validare"]
