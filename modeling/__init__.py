"""Numbers: what models read, learn and say. Only `store`, `jobs`, `api` and `management` know Django or the ledger."""
