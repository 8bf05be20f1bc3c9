"""The phases of the month: each loops over columns and calls rules. The order is in simulation."""
