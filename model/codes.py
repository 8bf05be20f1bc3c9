"""Small numbers that stand for words in the columns of the state."""

# Where a person stands towards physiotherapy (column ``care.status``).
OUTSIDE, WAITING, TREATED = 0, 1, 2

# Whether a person is in the population (column ``health.alive``).
NOT_YET, ALIVE, DEAD = 0, 1, 2

# Entitlement classes of 2019-2024, lightest first (column ``care.entitlement_class``).
CLASS_A, CLASS_B1, CLASS_B2, CLASS_C, CLASS_D = 0, 1, 2, 3, 4
ENTITLEMENT_CLASSES = ("A", "B1", "B2", "C", "D")

# KNGF guideline profiles with supervised exercise; a weight class is the profile minus 3.
PROFILE_ADVICE, PROFILE_3, PROFILE_4, PROFILE_5 = 2, 3, 4, 5
WEIGHT_CLASSES = ("profile_3", "profile_4", "profile_5")
HEAVIEST = len(WEIGHT_CLASSES) - 1

# Ways to grade a patient (``agents.behaviours.default.grading_choice``).
HONEST, UPCODE_DETECTABLE, UPCODE_UNDETECTABLE, DOWNGRADED = 0, 1, 2, 3

# Contract numbers: every practice holds the regular one; a scenario adds at most one other.
REGULAR_CONTRACT, POLICY_CONTRACT = 0, 1
#: Who had no quarter under the policy's contract this year (column ``care.policy_account``).
NO_ACCOUNT = -1

# Not a contract but a memory: what the regular contract brought in the last year of history.
# Nobody signs it; theories that look back reckon with it (``model.rewards``).
HABIT_CONTRACT = 2

# What therapists are taken to be moved by (``agents.behaviours.theory``).
DEFAULT, PURE_PROFESSIONAL, PURE_PROFIT, TARGET_INCOME, INERTIA, MONOTONE_BENEFIT = 0, 1, 2, 3, 4, 5
THEORIES = (
    "default",
    "pure_professional",
    "pure_profit",
    "target_income",
    "inertia",
    "monotone_benefit",
)

PRACTICE_SIZES = ("small", "large")
GOLD_STAGES = (2, 3, 4)

# Groups of age: up to the first of these ages, from there to the second, and from the second on.
AGE_BOUNDS = (65, 75)
AGE_GROUPS = ("under_65", "65_to_74", "75_and_over")
INSURERS = ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J")

# How a session is given (column ``care.mode``).
INDIVIDUAL, GROUP, DIGITAL, HOME = 0, 1, 2, 3
MODES = ("individual", "group", "digital", "home")

# Phases of an episode: which quarters each holds is ``model.contracts.quarter_bundle.phase_of``.
INTENSIVE, TAPERING, MAINTENANCE = 0, 1, 2
PHASES = ("intensive", "tapering", "maintenance")
