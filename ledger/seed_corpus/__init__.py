"""Building the seed corpus: what screens, lists, label files and labelled free text say, met with statements."""

from __future__ import annotations

from ledger.seed_corpus.build import Seed, Sources, build_seed
from ledger.seed_corpus.report import SeedReport
from ledger.seed_corpus.write import Written, write_seed

__all__ = ["Seed", "SeedReport", "Sources", "Written", "build_seed", "write_seed"]
