"""The whole loop by one command: import, train, predict, review, adjudicate, retrain, promote, export."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.modeling.conftest import write_backbone


@pytest.mark.slow
@pytest.mark.xdist_group("loop")
def test_the_rehearsal_of_the_demonstration_comes_out_right(tmp_path: Path) -> None:
    """With a small backbone, so that two trainings take seconds; `manage.py demo --check` itself uses the real one."""
    backbone = write_backbone(tmp_path / "small-bert", positions=256)
    environment = {**os.environ, "DDI_BACKBONE": str(backbone)}
    environment.pop("DDI_DATABASE_URL", None)
    ended = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "demo", "--check", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    facts = json.loads(ended.stdout)
    assert facts["problems"] == []
    n_statements = facts["import"]["statements"]
    assert n_statements >= 3_000
    assert facts["infer"]["predictions"] == facts["infer_again"]["predictions"] == n_statements
    assert facts["review"]["decisions"] == 60
    assert facts["adjudication"]["settled"] == facts["review"]["disagreements"] > 0
    assert facts["promote"] == {"live_model": 2, "promotions": 2}
    assert {one["model"] for one in facts["round"]["evaluations"]} == {1, 2}
    assert facts["export"]["rows"] == facts["export"]["gold_labels"] > facts["import"]["seed_labels"]
