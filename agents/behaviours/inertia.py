"""Inertia: decides as it always did, whatever the contract says now.

Hypothesis: habit, or a payment too small a part of the work to think about. A cut in a flat
rate changed nothing in one experiment (Keser et al. 2020, Health Econ Rev 10); people in general
stay with what they do (Samuelson and Zeckhauser 1988, J Risk Uncertain 1:7).

Equation: the default theory, with the regular contract as it was in the last year of history in the
place of the contract that holds. Clauses of a new contract (a floor, a price step) do not move it;
its bills are paid under the new contract all the same, and a quarter opened without need holds the
contacts from which it may be billed. A practice in which everybody is like that neither signs a
contract nor leaves one by itself.
"""

from model.codes import HABIT_CONTRACT, INERTIA
from model.rules import rule


@rule
def contract_in_mind(theory: int, contract: int) -> int:
    """Return the number of the contract that a therapist reckons with.

    Args:
        theory: The therapist's theory (``model.codes``).
        contract: Number of the contract that holds.
    """
    return HABIT_CONTRACT if theory == INERTIA else contract


@rule
def weighs_contracts(theory: int) -> bool:
    """Return whether a therapist compares contracts at all."""
    return theory != INERTIA
