"""Loaded before Django's settings: every test session has its own `var/` folder and no server of anybody else's."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "PYTEST_XDIST_WORKER" in os.environ or "DDI_TEST_VAR" not in os.environ:
    folder = tempfile.mkdtemp(prefix="ddi-")
    os.environ["DDI_TEST_VAR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the workers share the cores; more threads would wait for each other
os.environ["DDI_VAR"] = os.environ["DDI_TEST_VAR"]
for name in ("DDI_REDIS_URL", "DDI_BACKBONE", "DDI_SECRET_KEY", "DDI_ALLOWED_HOSTS", "DDI_EMAIL_URL"):
    os.environ.pop(name, None)
