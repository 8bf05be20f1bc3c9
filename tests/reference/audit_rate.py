"""January: insurers that target their audits learn from last year's and set a new rate."""

from typing import TYPE_CHECKING

from agents.behaviours.default import profit_weight
from agents.insurer import best_audit_rate, estimated_share, moral_cost_most, upcoded_share
from model.codes import POLICY_CONTRACT, WEIGHT_CLASSES
from model.contracts.audit import Audit

from .rewards import rewards_for

if TYPE_CHECKING:
    from .model import ReferenceModel

HEAVIEST = len(WEIGHT_CLASSES) - 1


def targeted_audit(model: "ReferenceModel") -> Audit | None:
    """Return the audits of the scenario's contract if their rate is set each year."""
    audit = model.contracts[POLICY_CONTRACT].find(Audit)
    return audit if audit is not None and audit.targeted else None


def learn_from_audits(model: "ReferenceModel") -> None:
    """Estimate what upcoding goes against the grain at most, from what audits found."""
    audit, p, books = targeted_audit(model), model.p, model.books
    if audit is None:
        return
    weight = profit_weight(p.altruism_rho_median)
    if model.month == model.policy_month:
        books.moral_cost_most = moral_cost_most(
            p.upcode_share_at_border, p.upcode_reference_step, weight, 0.0
        )
        return
    gain = price_step(model)
    loss = audit.rate * audit.detection * (audit.repayment + audit.fine)
    expected = upcoded_share(gain, weight, loss, books.moral_cost_most)
    if expected > 0.0:
        share = estimated_share(
            books.found, books.audited, audit.detection, expected, p.audit_prior_files
        )
        books.moral_cost_most = moral_cost_most(share, gain, weight, loss)
        model.happened["learned from audits"] += 1
    else:
        model.happened["nothing to learn from audits"] += 1


def set_audit_rate(model: "ReferenceModel") -> bool:
    """Set this year's rate; return whether audits are targeted at all."""
    audit, p = targeted_audit(model), model.p
    if audit is None:
        return False
    rate = best_audit_rate(
        audit.insurer_cost,
        price_step(model),
        profit_weight(p.altruism_rho_median),
        audit.detection * (audit.repayment + audit.fine),
        model.books.moral_cost_most,
        p.audit_rate_least,
    )
    model.happened["audit rate at its least"] += rate == p.audit_rate_least
    model.happened["audit rate above its least"] += rate > p.audit_rate_least
    model.contracts = tuple(contract.audited_at(rate) for contract in model.contracts)
    return True


def price_step(model: "ReferenceModel") -> float:
    """Return what one patient in too heavy a class brings a year, EUR, at the mean insurer."""
    offering = [insurer for insurer in model.insurers if insurer.offers]
    lighter = sum(model.books.class_mix[:HEAVIEST])
    if not offering or lighter <= 0.0:
        return 0.0
    total = 0.0
    for insurer in offering:
        upgrade = rewards_for(model, POLICY_CONTRACT, insurer.number).grading[:, HEAVIEST]
        step = sum(model.books.class_mix[kind] * upgrade[kind] for kind in range(HEAVIEST))
        total += insurer.share_of_insured * step / lighter
    return total / sum(insurer.share_of_insured for insurer in offering)
