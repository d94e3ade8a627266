"""Taking out what a rationale points at costs a model more than taking out random words."""

from __future__ import annotations

import numpy as np
import pytest
from tokenizers import Tokenizer

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.deletion import DRAWS, Drop, TooFewPatterns, deletion_test, drop_of, summary
from modeling.inference import LoadedModel
from modeling.records import Example, Input
from modeling.training import train
from tests.modeling.conftest import DRUGS, make_statement

VERBS = ("enhance", "reduce", "is")
FRAMES = (
    "⟨1⟩ may {verb} the {what} activities of ⟨2⟩ .",
    "the {what} activity of ⟨1⟩ and ⟨2⟩ will {verb} very much .",
    "when combined with ⟨1⟩ , ⟨2⟩ can {verb} more {what} efficacy .",
    "a {what} risk of ⟨1⟩ will {verb} when combined with the ⟨2⟩ .",
)
WHATS = ("anticoagulant", "analgesic", "bleeding")


def of_three_labels(n: int) -> list[Example]:
    """The verb alone decides among three labels, so that without it no label is left to fall back on."""
    made = []
    for number in range(n):
        label = number % 3
        template = FRAMES[number // 3 % 4].format(verb=VERBS[label], what=WHATS[number // 12 % 3])
        made.append(Example(make_statement(number + 1, template, DRUGS[number % 4], DRUGS[(number + 1) % 4]), label))
    return made


@pytest.fixture(scope="module")
def three_way(backbone: Backbone, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """The small encoder after it has really learnt which verb means which label."""
    trained = train(
        of_three_labels(144),
        of_three_labels(36),
        labels=VERBS,
        backbone=backbone,
        config=TrainingConfig(
            seed=7, learning_rate=1e-2, alpha=64, lora_dropout=0.0, batch_size=8, max_tokens=32, max_epochs=8,
            mentions="masked", pooling="mean", threads=1,
        ),
        out_dir=tmp_path_factory.mktemp("three-way"),
    )  # fmt: skip
    model = LoadedModel.load(trained.folder, backbone, sha256=trained.sha256, device="cpu")
    asked = of_three_labels(36)
    said = model.answer([example.statement for example in asked])
    assert [one.label_index for one in said] == [example.label_index for example in asked]
    return model


def test_the_words_a_rationale_points_at_cost_more_than_random_ones(three_way: LoadedModel) -> None:
    statements = [example.statement for example in of_three_labels(36)]
    result = deletion_test(three_way, statements, seed=1)
    assert (result.n_statements, result.n_patterns) == (36, 36)
    assert result.difference.low > 0.1
    assert result.chosen.mean > 1.5 * result.random.mean
    assert result.wins > 0.7
    assert result.median_completeness_error < 0.01


def test_words_that_move_the_model_least_do_not_beat_random_ones(
    three_way: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test can fail: turned upside down, the same figures lose."""
    from modeling import deletion

    right = deletion.movements

    def upside_down(*args: object, **kwargs: object) -> object:
        moved = right(*args, **kwargs)  # type: ignore[arg-type]
        return type(moved)(-moved.log_odds, moved.completeness_error, moved.steps)

    monkeypatch.setattr(deletion, "movements", upside_down)
    result = deletion_test(three_way, [example.statement for example in of_three_labels(36)], seed=1)
    assert result.difference.high < 0


def test_the_same_seed_draws_the_same_words(three_way: LoadedModel) -> None:
    statements = [example.statement for example in of_three_labels(9)]
    assert deletion_test(three_way, statements, seed=3) == deletion_test(three_way, statements, seed=3)
    assert deletion_test(three_way, statements, seed=3).random != deletion_test(three_way, statements, seed=4).random


def test_special_tokens_stay_and_a_fifth_of_the_others_goes(
    three_way: LoadedModel, tokenizer_of: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modeling import deletion

    asked: list[list[Input]] = []
    answer = deletion.logits_of

    def noting(network: object, inputs: list[Input], **options: object) -> object:
        asked.append(inputs)
        return answer(network, inputs, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(deletion, "logits_of", noting)
    drop = drop_of(three_way, of_three_labels(1)[0].statement, np.random.default_rng(1))
    (whole,), (again, *shorter) = ([one.ids for one in inputs] for inputs in asked)
    assert whole == again
    assert len(shorter) == 1 + DRAWS
    assert drop.n_deleted == round((len(whole) - 2) / 5) == 2
    for ids in shorter:
        assert len(ids) == len(whole) - 2
        assert [tokenizer_of.id_to_token(number) for number in (ids[0], ids[-1])] == ["[CLS]", "[SEP]"]


@pytest.fixture
def tokenizer_of(three_way: LoadedModel) -> Tokenizer:
    return three_way.tokenizer


def drop(pattern: str, chosen: float, random: float, error: float = 0.0) -> Drop:
    return Drop(1, pattern, 2, chosen, random, error)


def test_figures_by_hand_every_pattern_counting_the_same() -> None:
    drops = [
        drop("a", 0.5, 0.1, 0.01), drop("a", 0.3, 0.1, 0.02), drop("b", 0.2, 0.3, 0.06), drop("c", 0.0, 0.0, 0.03),
    ]  # fmt: skip
    result = summary(drops, np.random.default_rng(0))
    assert (result.n_statements, result.n_patterns) == (4, 3)
    assert result.chosen.mean == pytest.approx((0.4 + 0.2 + 0.0) / 3)
    assert result.random.mean == pytest.approx((0.1 + 0.3 + 0.0) / 3)
    assert result.difference.mean == pytest.approx((0.3 - 0.1 + 0.0) / 3)
    assert result.wins == 0.5  # the third is lost, and a draw is no win
    assert result.median_completeness_error == pytest.approx(0.025)
    assert result.largest_completeness_error == 0.06
    for interval in (result.chosen, result.random, result.difference):
        assert interval.low <= interval.mean <= interval.high


def test_an_interval_over_patterns_that_agree_is_a_point() -> None:
    result = summary([drop(name, 0.5, 0.25) for name in "abc"], np.random.default_rng(0))
    assert (result.chosen.low, result.chosen.mean, result.chosen.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("drops", [[], [drop("a", 0.5, 0.1), drop("a", 0.4, 0.1)]])
def test_one_wording_is_not_enough(drops: list[Drop]) -> None:
    with pytest.raises(TooFewPatterns, match="take statements of several wordings"):
        summary(drops, np.random.default_rng(0))
