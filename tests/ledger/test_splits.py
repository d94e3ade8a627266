from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest

from ledger.splits import drug_group, is_held_out, split_of_document, split_of_pair

IDS = [f"DB{number:05d}" for number in range(20_000)]


def test_shares_are_80_10_10() -> None:
    shares = Counter(drug_group(drugbank_id) for drugbank_id in IDS)
    assert shares["train"] / len(IDS) == pytest.approx(0.8, abs=0.01)
    assert shares["validation"] / len(IDS) == pytest.approx(0.1, abs=0.01)
    assert shares["test"] / len(IDS) == pytest.approx(0.1, abs=0.01)


def test_groups_are_fixed_for_ever() -> None:
    """Stored statements carry these: another hash would let test drugs teach."""
    assert [drug_group(drugbank_id) for drugbank_id in ("DB00682", "DB06228", "DB00945")] == [
        _by_hand("DB00682"),
        _by_hand("DB06228"),
        _by_hand("DB00945"),
    ]
    assert (
        sha256("".join(drug_group(drugbank_id)[0] for drugbank_id in IDS).encode()).hexdigest()[:12] == "4a6a8de8d5c0"
    )


def _by_hand(drugbank_id: str) -> str:
    percent = int(sha256(b"ddi-split-v1:" + drugbank_id.encode()).hexdigest(), 16) % 100
    return "train" if percent < 80 else "validation" if percent < 90 else "test"


def test_a_pair_belongs_to_the_group_it_shares_and_is_a_bridge_otherwise() -> None:
    first = {
        group: next(drug for drug in IDS if drug_group(drug) == group) for group in ("train", "validation", "test")
    }
    for head_group, head in first.items():
        for tail_group, tail in first.items():
            expected = head_group if head_group == tail_group else "bridge"
            assert split_of_pair(head, tail) == split_of_pair(tail, head) == expected


def test_documents_have_groups_and_no_bridge() -> None:
    shares = Counter(split_of_document(str(number)) for number in range(5_000))
    assert set(shares) == {"train", "validation", "test"}
    assert shares["train"] / 5_000 == pytest.approx(0.8, abs=0.02)


def test_a_held_out_part_is_fixed_by_its_seed_and_of_the_share_asked_for() -> None:
    names = [str(number) for number in range(5_000)]
    held_out = {name for name in names if is_held_out(name, share=0.2, seed=1)}
    assert len(held_out) / 5_000 == pytest.approx(0.2, abs=0.02)
    assert held_out == {name for name in names if is_held_out(name, share=0.2, seed=1)}
    assert held_out != {name for name in names if is_held_out(name, share=0.2, seed=2)}
    assert not any(is_held_out(name, share=0.0, seed=1) for name in names[:100])
    assert all(is_held_out(name, share=1.0, seed=1) for name in names[:100])
