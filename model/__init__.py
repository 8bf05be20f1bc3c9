"""The world: parameters, population, disease, therapy, contracts, ledger and the month."""
