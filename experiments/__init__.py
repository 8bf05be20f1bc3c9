"""Experiments: paired runs, statistics, reports and the command line."""
