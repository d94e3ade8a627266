"""`manage.py bench ledger` measures a real throwaway ledger and touches no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_the_bench_prints_one_object_and_leaves_the_ledger_alone(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DDI_DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "bench", "ledger", "--n", "1500", "--json"],
        env={**environment, "DDI_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    facts = json.loads(ended.stdout)
    rate, size = facts["rows"]
    assert rate["peer_name"] == "sqlite3.executemany"
    assert rate["ours"] > 0
    assert abs(rate["ratio"] - rate["ours"] / rate["peer"]) < 0.01
    assert rate["met"] == (rate["ratio"] >= 0.8)
    assert 30 < size["ours"] <= 200
    n_flags = facts["data"].pop("flags")
    assert 0.16 * 1500 < n_flags < 0.24 * 1500
    assert facts["data"] == {"predictions": 1500, "chunk": 1000, "rounds": 5, "database": "sqlite"}
    assert not (tmp_path / "ledger.sqlite3").exists()
