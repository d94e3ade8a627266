from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from ledger import checks  # noqa: F401  registers the system checks
        from ledger.folding import teach_folding

        connection_created.connect(teach_folding)
