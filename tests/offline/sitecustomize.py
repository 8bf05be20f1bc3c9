"""Loaded by every Python process that a tested server starts: its workers are watched too."""

import outside

outside.guard()
