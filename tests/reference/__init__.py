"""A plain, slow, readable Mesa version of the month: the yardstick of the fast engine.

The engine (``model/``) keeps people in columns and runs compiled loops over them. Here every person
is one Mesa agent with plain attributes, every practice and insurer is one too, and each phase of
the month is a plain Python loop that can be read beside the ordered month. Both must give
*identical* lives and ledgers from the same start with the same luck: ``test_identical_lives.py``.

What is shared with the engine, and nothing else: the pure rules (``@rule``: equations on plain
numbers), the luck (``model.randomness``), the parameters, what a contract clause pays for one row,
and the people and practices of the first month. No phase and no ``constants`` of a phase is used,
so a slip in the order of things, an index, a sign or a forgotten reset shows as a difference.

Where to read:

=================  ==================================================================
``model.py``       the model and its month, in order
``patient.py``     one person: what is known, and what can be measured
``providers.py``   practices, therapists and insurers
``new_year.py``    January: contracts, prices, deductibles
``disease.py``     lung function, attacks, admissions, death
``access.py``      asking for care, waiting, intake, grading
``treatment.py``   planning, delivery, training, measurement
``settlement.py``  bills, deductible and other care, line by line
``compare.py``     runs both worlds side by side and names the first difference
``settings.py``    the worlds that are compared
=================  ==================================================================
"""
