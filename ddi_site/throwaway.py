"""Run a command of this program again in a DDI_VAR of its own, so that it touches nobody's ledger."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from django.conf import settings

MARK = "LEDGER_IS_THROWN_AWAY"  # set in the process that has the throwaway folder


def in_throwaway_folder() -> bool:
    """Whether this process has a folder that will be thrown away."""
    return bool(os.environ.get(MARK))


def run_again(*arguments: str) -> None:
    """Run `manage.py` with these arguments in a throwaway folder; ends this process when that fails."""
    with tempfile.TemporaryDirectory(prefix="ddi-") as folder:
        ended = subprocess.run(  # noqa: S603  this program again
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
            env={**os.environ, "DDI_VAR": folder, MARK: "1"},
            check=False,
        )
    if ended.returncode:
        sys.exit(ended.returncode)
