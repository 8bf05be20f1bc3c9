"""The forecast register: what the locked model expects of the real evaluations, and how it did."""
