"""The ledger's tables, one noun a file."""

from __future__ import annotations

from ledger.models.any_of import Among, AnyOf
from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet, LedgerIsAppendOnly
from ledger.models.chain import ChainLink
from ledger.models.comment import Comment, DisagreementCause
from ledger.models.decision import Decision, GoldEvidence, GoldLabel
from ledger.models.drug import AtcCode, Drug, DrugAtc, DrugName
from ledger.models.model_version import Comparison, EnsembleMember, Evaluation, ModelVersion, Promotion
from ledger.models.pattern_decision import PatternDecision, PatternEvidence, SpotCheck
from ledger.models.prediction import (
    AtcRule,
    Flag,
    FlagRule,
    Prediction,
    pack_all_scores,
    pack_scores,
    said_beside,
    unpack_scores,
)
from ledger.models.proposal import Approval, Proposal
from ledger.models.rationale import Rationale
from ledger.models.run import PredictionChunk, Run
from ledger.models.statement import Corpus, Import, Pattern, Split, Statement
from ledger.models.task import Label, Task
from ledger.models.training import Round, TrainingExample, TrainingSet

__all__ = [
    "Among",
    "AnyOf",
    "AppendOnlyModel",
    "AppendOnlyQuerySet",
    "Approval",
    "AtcCode",
    "AtcRule",
    "ChainLink",
    "Comment",
    "Comparison",
    "Corpus",
    "Decision",
    "DisagreementCause",
    "Drug",
    "DrugAtc",
    "DrugName",
    "EnsembleMember",
    "Evaluation",
    "Flag",
    "FlagRule",
    "GoldEvidence",
    "GoldLabel",
    "Import",
    "Label",
    "LedgerIsAppendOnly",
    "ModelVersion",
    "Pattern",
    "PatternDecision",
    "PatternEvidence",
    "Prediction",
    "PredictionChunk",
    "Promotion",
    "Proposal",
    "Rationale",
    "Round",
    "Run",
    "Split",
    "SpotCheck",
    "Statement",
    "Task",
    "TrainingExample",
    "TrainingSet",
    "pack_all_scores",
    "pack_scores",
    "said_beside",
    "unpack_scores",
]
