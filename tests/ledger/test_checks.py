"""The check of the guards lets an older database be migrated, and speaks up once it is."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def manage(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        env={**os.environ, "DDI_VAR": str(var), "DDI_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_that_lacks_a_later_guard_can_be_migrated(tmp_path: Path) -> None:
    assert manage(tmp_path, "migrate", "ledger", "0006", "-v0").returncode == 0
    went_on = manage(tmp_path, "migrate", "-v0")
    assert (went_on.returncode, went_on.stderr) == (0, "")
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as ledger:
        ledger.execute("DROP TRIGGER ledger_statement_is_searchable")
    checked = manage(tmp_path, "check", "--database", "default")
    assert "ledger_statement_is_searchable is missing" in checked.stderr
