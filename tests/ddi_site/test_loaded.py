"""A process that answers pages has read their code and keeps it out of garbage collection."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOOK = """
import gc, json, sys
import ddi_site.wsgi
read = "review.views.dashboard" in sys.modules
before = gc.get_freeze_count()
gc.collect()
print(json.dumps({"read": read, "frozen": before, "left": len(gc.get_objects())}))
"""


def test_the_web_process_has_read_its_pages_and_a_full_collection_passes_over_them() -> None:
    ended = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True)
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert seen["read"]
    assert seen["frozen"] > 100 * seen["left"]
