"""Face validity: one small experiment per danger and countermeasure, and what to expect of it.

Each YAML file beside this one is an experiment of ten lines. ``python -m
experiments.face_validity`` runs them and writes the narrated documents with their figures
(docs/face-validity.en.md and docs/gezichtsvaliditeit.md); a test runs them again and holds numbers
and directions together.
"""
