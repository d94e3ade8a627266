"""A deployment's settings: hardened when the site opens to others, refused with one sentence when wrong."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def manage(var: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    ours = ("DDI_", "OMP_WAIT", "ONEDNN")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**environment, "DDI_VAR": str(var), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_site_open_to_others_passes_the_deployment_checks(tmp_path: Path) -> None:
    ended = manage(
        tmp_path,
        *("check", "--deploy", "--fail-level", "WARNING"),
        DDI_ALLOWED_HOSTS="ddi.example.org",
        DDI_SECRET_KEY=secrets.token_urlsafe(64),
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"DDI_ALLOWED_HOSTS": "ddi.example.org"}, "DDI_SECRET_KEY is not set"),
        ({"DDI_SECRET_KEY": "secret"}, "too short"),
        ({"DDI_ALLOWED_HOSTS": "*"}, "name the hosts"),
        ({"DDI_DATABASE_URL": "mysql://localhost/ddi"}, "only SQLite and PostgreSQL"),
        ({"DDI_REDIS_URL": "localhost:6379"}, "must start with redis://"),
    ],
)
def test_a_wrong_setting_is_refused_with_one_sentence(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    ended = manage(tmp_path, "migrate", **settings)
    assert ended.returncode == 1
    assert ended.stderr.startswith("DDI Ledger cannot start: ")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "found"),
    [({}, ("passive", "64")), ({"OMP_WAIT_POLICY": "active", "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "8"}, ("active", "8"))],
)
def test_how_the_numeric_libraries_share_a_machine_unless_told_otherwise(
    tmp_path: Path, given: dict[str, str], found: tuple[str, str]
) -> None:
    asked = "import os; print(*map(os.environ.get, ('OMP_WAIT_POLICY', 'ONEDNN_PRIMITIVE_CACHE_CAPACITY')))"
    told = manage(tmp_path, "shell", "-v0", "-c", asked, **given)
    assert told.stdout.split() == list(found), told.stderr
