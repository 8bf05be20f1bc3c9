"""A plain, slow, readable Mesa version of the month: the yardstick of the fast engine.

The engine (``model/``) keeps people in columns and runs compiled loops over them. Here every person
is one Mesa agent with plain attributes, every practice and insurer is one too, and each phase of
the month is a plain Python loop that can be read beside the ordered month. Both must give
*identical* lives and ledgers from the same start with the same luck: ``test_identical_lives.py``.

What is shared with the engine, and nothing else: the pure rules (``@rule``: equations on plain
numbers), the luck (``model.randomness``), the parameters, what a contract clause pays and what a
contract rewards for given figures, how an amount is shared out to the cent, and the people and
practices of the first month. No phase, no ``constants`` of a phase, and none of the engine's
arrays: register and books are plain dictionaries here. So a slip in the order of things, an index,
a sign or a forgotten reset shows as a difference.

Where to read:

========================  =====================================================================
``model.py``              the model and its month, in order
``patient.py``            one person: what is known, and what can be measured
``providers.py``          practices, therapists and insurers
``new_year.py``           January: contracts, prices, deductibles
``caseload.py``           what last year's patients would bring under a contract
``joining.py``            who holds the contract: by lot, or by what it is worth
``audit_rate.py``         how many files insurers audit this year
``prices.py``             tariffs and bundle prices, negotiated or set
``rewards.py``            what each contract rewards this year
``disease.py``            lung function, attacks, admissions, death
``access.py``             asking for care, waiting, intake
``examination.py``        profile, need and weight class
``acceptance.py``         what taking in a patient is worth
``entitlement.py``        session maxima and the file of the patient
``planning.py``           a quarter: whether, how, and how many sessions
``modes.py``              alone, in a group, at a distance or at home
``delivery.py``           attendance, drop-out, sessions, finished quarters
``training.py``           what sessions do
``measurement.py``        outcomes, as they are measured
``settlement.py``         bills of a month, line by line
``payments.py``           what a contract pays for one patient-month
``overclaims.py``         what of it an honest bill would not have brought
``coordination.py``       lump sums
``reckoning.py``          December, in order
``patient_files.py``      audits and stop-loss
``practice_accounts.py``  a practice's year at an insurer, as clauses ask for it
``spreading.py``          in whose care a practice's amount counts
``consequences.py``       who is watched, makes a plan, or loses the contract
``learning.py``           styles that spread, colleagues and audits nearby, what moves therapists
``equalisation.py``       what insurers get from the fund
``register.py``           what is measured, with case-mix norms
``books.py``              what insurers keep of practices from year to year
``ledger.py``             one line
``columns.py``            the state of both worlds in one form
``compare.py``            runs both side by side and names the first difference
``rich_contracts.py``     contracts of many clauses
``settings.py``           the worlds that are compared
========================  =====================================================================
"""
