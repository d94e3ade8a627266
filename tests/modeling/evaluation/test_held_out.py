from __future__ import annotations

from tests.modeling.evaluation.making import held_out


def test_sentences_hang_together_by_their_drugs_else_by_their_document_else_not_at_all() -> None:
    assert held_out(1, drugs=(4, 7)).clusters == (("drug", 4), ("drug", 7))
    assert held_out(1, drugs=(4,), document="23").clusters == (("drug", 4),)
    assert held_out(1, drugs=(4, 4)).clusters == (("drug", 4),)
    assert held_out(1, drugs=(), document="23").clusters == (("document", "23"),)
    assert held_out(1, drugs=(), document="23", corpus="another").clusters == (("document", "23"),)
    assert held_out(9, drugs=()).clusters == (("statement", 9),)
