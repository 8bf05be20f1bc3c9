"""January: insurers that target their audits learn from last year's and set a new rate."""

from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.default import profit_weight
from agents.insurer import best_audit_rate, estimated_share, moral_cost_most, upcoded_share
from model.codes import HEAVIEST, POLICY_CONTRACT
from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.population import insurer_shares

if TYPE_CHECKING:
    from model.simulation import World


def targeted(contract: Contract) -> Audit | None:
    """Return the audits of a contract if their rate is set anew each year, else None."""
    audit = contract.find(Audit)
    return audit if audit is not None and audit.targeted else None


def learn_from_audits(world: "World") -> None:
    """Estimate the highest moral cost, hmax of U1, from what last year's audits found.

    Before anything is known it is the value at which the share that was seen elsewhere upcodes.
    Where the rate deterred everybody, or heavier grading brought nothing, findings say nothing.
    """
    audit, p, books = targeted(world.contracts[POLICY_CONTRACT]), world.p, world.books
    if audit is None:
        return
    weight = profit_weight(p.altruism_rho_median)
    if world.month == world.contract_month:
        books.moral_cost_most = moral_cost_most(
            p.upcode_share_at_border, p.upcode_reference_step, weight, 0.0
        )
        return
    gain, loss = price_step(world), audit.rate * audit.loss_per_audit
    expected = upcoded_share(gain, weight, loss, books.moral_cost_most)
    if expected > 0.0:
        share = estimated_share(
            books.found, books.audited, audit.detection, expected, p.audit_prior_files
        )
        books.moral_cost_most = moral_cost_most(share, gain, weight, loss)


def set_audit_rate(world: "World") -> bool:
    """Set the year's audit rate by U4; return whether it changed, so rewards are to be read again.

    Args:
        world: A world whose rewards of the year are known: they say what upcoding would gain.
    """
    audit, p = targeted(world.contracts[POLICY_CONTRACT]), world.p
    if audit is None:
        return False
    rate = best_audit_rate(
        audit.insurer_cost, price_step(world), profit_weight(p.altruism_rho_median),
        audit.loss_per_audit, world.books.moral_cost_most, p.audit_rate_least,
    )  # fmt: skip
    world.contracts = tuple(contract.audited_at(rate) for contract in world.contracts)
    return True


def price_step(world: "World") -> float:
    """Return what one patient in too heavy a class brings a year, EUR, at the mean insurer.

    Over the classes below the heaviest as they occur, and the offering insurers by their size.
    """
    offering = np.array([insurer.offers for insurer in world.insurers])
    share = np.where(offering, insurer_shares(world.p), 0.0)
    mix = world.books.class_mix[:HEAVIEST]
    if share.sum() <= 0.0 or mix.sum() <= 0.0:
        return 0.0
    upgrade = world.rewards.grading[POLICY_CONTRACT][:, :HEAVIEST, HEAVIEST]
    return float(share @ upgrade @ mix / share.sum() / mix.sum())
