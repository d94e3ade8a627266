from __future__ import annotations

import pytest
from django.db import connection

from ledger.folding import folded
from ledger.patterns import fold


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Δ9-THC  acid", "ΒLock", "Ibuprofen\n\tSodium", "β-Blocker", "warfarin"])
def test_the_database_folds_as_python_does(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {folded('%s', connection.vendor)}", [name])
        assert cursor.fetchone() == (fold(name),)
