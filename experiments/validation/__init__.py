"""Validation: patterns that the model must show, each one small function with a band and a source.

Three groups: *calibrated* (facts that the calibration uses), *emergent* (patterns nothing was
fitted to) and *cross-model* (other published models, cohorts and closed forms). The command
``zorgbundel validate`` prints them all; ``tests/validation`` asserts on the same functions.
"""
