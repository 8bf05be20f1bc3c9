"""Ways to decide which practices take part in the experiment."""

from dataclasses import replace

from model.contracts.joint_contracting import JointContracting
from model.policy import Policy

#: Beside a share between 0 and 1, by lot: each practice chooses; chooses together with neighbours;
#: half of them by lot; all of them, in waves by lot; all at once.
CHOSEN, POOLED, LOT, STAGGERED, ALL = "chosen", "pooled", "lot", "staggered", "all"
WAYS = (CHOSEN, POOLED, LOT, STAGGERED, ALL)

#: Share of practices by lot if no other is named: half and half tells most.
HALF = 0.5
#: Practices that contract together where small ones are pooled.
GROUP = 10


def allocation(policy: Policy, uptake: str, years: int) -> tuple[Policy, int]:
    """Return the policy under one way to decide who takes part, and its number of waves.

    The regulator only watches, or an early verdict would end what is to be evaluated.

    Args:
        policy: The scenario's policy.
        uptake: One of ``WAYS``, or a share of practices by lot, as text.
        years: Years of the evaluation. In waves one part of the practices waits until after it, or
            there would be nobody left to compare with.
    """
    plain = replace(policy, regulator_acts=False, by_choice=False, only_practices=None)
    if uptake in (CHOSEN, POOLED):
        chosen = replace(plain, by_choice=True, practices_share=1.0)
        if uptake == CHOSEN:
            return chosen, 1
        others = [one for one in policy.clauses if not isinstance(one, JointContracting)]
        return replace(chosen, clauses=(*others, JointContracting(practices=GROUP))), 1
    if uptake == STAGGERED:
        return replace(plain, practices_share=1.0 / (years + 1)), years + 1
    share = {LOT: HALF, ALL: 1.0}.get(uptake)
    return replace(plain, practices_share=float(uptake) if share is None else share), 1
