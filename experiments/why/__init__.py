"""From a number to its source: what a measure, parameter or figure is made of and leans on.

The interface for others: ``experiments.why.answer.why(name, language)`` returns an ``Answer`` of
plain texts; ``experiments.why.subjects.names()`` gives all names that have one, and ``kind_of``
what a name stands for (None: no answer). Nothing is imported here: the command line loads fast.
"""
