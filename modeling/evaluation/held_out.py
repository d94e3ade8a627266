"""Labelled statements a model is tested on, with what their results are broken down by."""

from __future__ import annotations

from dataclasses import dataclass

from modeling.records import Example


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One example and its circumstances.

    `further` are the other labels that its corpus gives it. `drugs` are the known drugs among its two entities;
    `atc_groups` holds, for each of these, the ATC main groups of its codes ("B Blood and blood forming organs"), empty
    where it has no code. `is_known_pattern` says whether its pattern occurs among the training examples of the model
    that is asked.
    """

    example: Example
    drugs: tuple[int, ...]
    atc_groups: tuple[tuple[str, ...], ...]
    document: str
    corpus: str
    gold_source: str
    is_known_pattern: bool
    further: tuple[int, ...] = ()

    @property
    def clusters(self) -> tuple[tuple[str, object], ...]:
        """What it shares with other examples, one or two of them: its drugs; else its document; else only itself.

        A document that stands in two corpora is one.
        """
        if self.drugs:
            return tuple(("drug", drug) for drug in dict.fromkeys(self.drugs))
        if self.document:
            return (("document", self.document),)
        return (("statement", self.example.statement.id),)
