"""Rounds of scripted answers with a small real encoder, and what they come to."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from ddi_site.simulation.drawing import draw
from ddi_site.simulation.running import Course, Point, simulate
from ddi_site.simulation.strategies import BY_PATTERN, ORDERS
from ddi_site.simulation.summary import lines, mean_curve, summarised
from modeling.backbones import resolve
from modeling.cross_validation.learner import Learner
from modeling.evaluation.held_out import HeldOut
from tests.modeling.conftest import make_sentences, write_backbone


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> list[Course]:
    folder = tmp_path_factory.mktemp("backbone")
    examples = [
        HeldOut(example, (), (), f"PMID{at % 9}", "papers", "seed", is_known_pattern=False)
        for at, example in enumerate(make_sentences(90))
    ]
    learner = Learner(examples, ("synergistic", "antagonistic"), resolve(str(write_backbone(folder / "small"))))
    return simulate(learner, "document", seeds=(1, 2), batch=8)


def test_every_strategy_is_tried_with_every_seed(courses: list[Course]) -> None:
    assert [(one.strategy, one.seed) for one in courses] == [
        (strategy, seed) for seed in (1, 2) for strategy in (*ORDERS, BY_PATTERN)
    ]


def test_every_strategy_begins_with_the_same_answers_and_ends_with_all(courses: list[Course]) -> None:
    for seed in (1, 2):
        of_seed = [one for one in courses if one.seed == seed and one.strategy != BY_PATTERN]
        assert len({one.points[0] for one in of_seed}) == 1
        assert len({one.points[-1] for one in of_seed}) == 1
        assert of_seed[0].points[-1].macro_f1 == of_seed[0].full
        assert [point.decisions for point in of_seed[0].points][:3] == [8, 16, 24]


def course(*macro_f1: float, full: float = 1.0, strategy: str = "random", seed: int = 1) -> Course:
    points = tuple(Point(10 * (place + 1), figure, figure) for place, figure in enumerate(macro_f1))
    return Course(strategy, seed, points, full)


def test_one_lucky_round_does_not_count_as_having_got_there() -> None:
    assert course(0.5, 0.96, 0.5, 0.94, 0.96, 0.97).reached() == 40
    assert course(0.5, 0.6, 0.7).reached() is None
    assert course(0.5, 0.48, 0.49, 0.5, full=0.5).reached() == 10


def test_the_summary_is_mean_spread_and_ratio_to_random_order() -> None:
    found = summarised(
        [
            course(0.1, 0.1, 0.96, 0.96, 0.96),
            course(0.1, 0.96, 0.96, 0.96, seed=2),
            course(0.96, 0.96, 0.96, strategy="margin"),
            course(0.1, 0.1, strategy="margin", seed=2),
        ]
    )
    assert [(one["strategy"], one["by_seed"], one["n_never"]) for one in found] == [
        ("random", [30, 20], 0),
        ("margin", [10, 20], 1),
    ]
    assert (found[0]["decisions"], found[0]["spread"], found[0]["ratio"]) == (25.0, 7.1, 1.0)
    assert found[1]["ratio"] == 0.6


def test_the_curve_is_over_what_all_seeds_reached() -> None:
    both = [course(0.2, 0.4, 0.6), course(0.4, 0.8, seed=2)]
    assert mean_curve(both, "random", 10) == [
        (10, pytest.approx(0.3), pytest.approx(0.1)),
        (20, 0.6000000000000001, 0.2),
    ]


def test_people_are_told_the_same(courses: list[Course]) -> None:
    facts = {
        "pool": 70,
        "tested": 20,
        "repeated": 3,
        "by": "document",
        "seeds": [1, 2],
        "full": 0.9,
        "strategies": summarised(courses),
    }
    said = list(lines(facts))
    assert said[0] == "70 statements to ask about, 20 held out by document, 2 seeds; all labels teach macro-F1 0.900"
    assert said[1] == "3 statements left out, whose very sentence is held out"
    assert len(said) == 3 + len(ORDERS) + 1
    assert "100% of random order's" in said[3]


def test_the_drawing_is_an_svg_that_names_every_strategy(courses: list[Course], tmp_path: Path) -> None:
    draw(courses, tmp_path / "courses.svg", step=8)
    text = (tmp_path / "courses.svg").read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    assert all(f"<!-- {strategy} -->" in text for strategy in (*ORDERS, BY_PATTERN))
