"""The README names only commands, targets and settings that exist."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", README))
    assert {"import_drugs", "import_statements", "train", "infer", "export_gold", "verify_ledger"} <= named
    assert named <= set(get_commands())


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", README, re.MULTILINE))
    assert {name for pair in named for name in pair if name} <= targets


def test_every_setting_the_code_reads_is_in_the_readme() -> None:
    code = "".join(path.read_text() for path in (ROOT / "ddi_site").glob("*.py"))
    assert set(re.findall(r'"(DDI_[A-Z_]+)"', code)) <= set(re.findall(r"`(DDI_[A-Z_]+)`", README))


def test_every_file_the_readme_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target
