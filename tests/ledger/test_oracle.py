from __future__ import annotations

from ledger.oracle import Oracle, oracle


def test_each_wording_gets_the_label_most_of_its_statements_have() -> None:
    labelled = [("p", "s")] * 3 + [("p", "a")] * 2 + [("q", "a")] * 4 + [("q", "s")] + [("r", "u")]
    found = oracle(labelled)
    assert found == Oracle(n=11, n_patterns=3, n_right=3 + 4 + 1, n_alone=1, n_commonest=6)
    assert found.accuracy == 8 / 11
    assert found.share_of_commonest == 6 / 11


def test_without_labels_there_is_nothing_to_know() -> None:
    assert (oracle([]).accuracy, oracle([]).share_of_commonest) == (0.0, 0.0)
