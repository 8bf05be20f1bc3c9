"""The class game: tables of four roles design one contract each, with the same luck.

- ``questions``: what each role decides in each round, from ``questions.yaml``.
- ``rooms``: rooms, seats, decisions and results in one SQLite file.
- ``rounds``: decisions to contract, contract to run.
- ``scores``: the board of several measures, with no single winner.
- ``debrief``: what was decision and what was chance.
"""
