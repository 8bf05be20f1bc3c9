"""Behavioural theories, one a file; the default is one hypothesis among others."""
