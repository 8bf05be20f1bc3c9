"""Memory over many runs."""
