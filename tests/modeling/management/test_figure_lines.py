from __future__ import annotations

from modeling.evaluation.figures import figures
from modeling.management.figure_lines import figure_lines, headline_figures
from tests.modeling.evaluation.making import answers, held_out
from tests.review.evaluated import full_metrics
from tests.review.related import related_metrics


def test_each_fact_has_a_line_of_its_own() -> None:
    lines = list(figure_lines("test", full_metrics(against=7)))
    assert all(line.startswith("test: ") for line in lines)
    assert lines[0] == "test: 12 statements"
    assert lines[1].startswith("test: accuracy 0.833 (95 %: ")
    assert lines[1].endswith("; pretrained 0.583")
    assert any("synergistic precision 0.857, recall 0.857, F1 0.857" in line for line in lines)  # 6 of 7 both ways
    assert any(line.startswith("test: patterns seen in training, accuracy 0.833 (95 %: ") for line in lines)
    assert lines[-1].startswith("test: against model 7 on 12 statements, accuracy +0.250 (95 %: ")
    assert lines[-1].endswith("McNemar's exact test p = 0.375 (only this right 4, only the other 1)")


def test_what_has_no_number_is_said_in_words() -> None:
    alone = [held_out(1, drugs=(4, 4)), held_out(2, drugs=(4,))]
    found = figures(alone, answers([0, 0], [0.9, 0.2]), resamples=10)
    found["compared"] = {"n": 0, "model": 7}
    lines = list(figure_lines("test", found))
    assert "test: accuracy 0.500" in lines  # one drug cannot be resampled
    assert "test: macro AUC not defined: every example has the same label" in lines
    assert any(
        line.startswith("test: patterns seen in training and not, too few to part, accuracy 0.500") for line in lines
    )
    assert lines[-1] == "test: no example in common with model 7"


def test_relations_are_told_as_the_shared_tasks_score_them() -> None:
    lines = list(figure_lines("test", related_metrics(against=7)))
    assert lines[1].startswith("test: relations, micro: precision 0.800 (95 %: ")
    assert lines[1].endswith("; pretrained 0.000; 6 relations of 4 documents, 5 predicted")
    assert lines[2].startswith("test: inhibitor: precision 0.667 (95 %: ")
    assert lines[2].endswith("3 relations, 3 predicted")
    assert "test: types without a relation here: substrate" in lines
    assert any(line.startswith("test: accuracy, unrelated pairs too 0.750 (95 %: ") for line in lines)
    assert not any("none precision" in line or "macro-F1" in line for line in lines)
    assert "against model 7 on 8 statements, micro-F1 -0.182 (95 %: " in lines[-1]


def test_a_report_names_the_micro_figures_of_relations_alone() -> None:
    assert set(headline_figures("test", full_metrics())) == {"test_n", "test_accuracy", "test_macro_f1"}
    found = headline_figures("test", related_metrics())
    assert found["test_micro_precision"] == 4 / 5
    assert found["test_micro_f1"] == 8 / 11
