"""Gold labels out of the ledger, as of one moment, in five forms: the same moment gives the same bytes."""
