"""View models: results to words, tables and charts. No Solara in here, and no state."""
