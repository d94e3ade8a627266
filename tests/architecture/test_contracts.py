"""The import contracts hold, and the tests mirror the tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_no_file_outgrows_a_whole_thought() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for folder in ("ddi_site", "ledger", "modeling", "review")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and (n := len(path.read_text().splitlines())) > 250
    }
    assert long == {}
