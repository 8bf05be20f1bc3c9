"""January: contracts are offered, signed and ended; what was paid ahead is counted."""

from typing import TYPE_CHECKING

from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT, TREATED
from model.randomness import ONCE

from .entitlement import self_paid_left
from .learning import set_drives
from .patient import ReferencePatient
from .prices import set_prices
from .providers import Claims, ReferencePractice
from .rewards import read_rewards

if TYPE_CHECKING:
    from .model import ReferenceModel


def open_year(model: "ReferenceModel") -> None:
    """Start a calendar year; in the first policy year the policy comes into force."""
    if model.month == model.policy_month:
        enter_policy(model)
    end_lost_contracts(model)
    model.books.note_usual(model.claims)
    set_drives(model)
    set_prices(model)
    read_rewards(model)
    model.books.open_year()
    model.claims = [Claims(), Claims()]
    for practice in model.practices:
        practice.tally.revenue += practice.deferred
        practice.deferred = 0
    for patient in model.patients:
        bring_forward(model, patient)
        renew_deductible(model, patient)


def enter_policy(model: "ReferenceModel") -> None:
    """Let the levers, the entitlement and the contract of the policy hold from now on."""
    model.p = model.p.replace(model.policy.levers)
    model.contracts = tuple(contract.filled(model.p) for contract in model.policy.contracts)
    model.entitlement = model.policy.entitlement
    for patient in model.patients:
        if patient.status == TREATED:
            # Who is in treatment when the chronic list starts is past its first sessions.
            past = patient.lifetime_sessions + self_paid_left(model, patient)
            model.happened["past the first sessions"] += past > patient.lifetime_sessions
            patient.lifetime_sessions = past
    if model.policy.offers_contract:
        offer(model)
        for practice in model.practices:
            sign(model, practice)


def offer(model: "ReferenceModel") -> None:
    """Let insurers, in the order of a lottery, offer the contract up to a share of all insured.

    Each takes part if that brings the share of people covered closer to what the policy says.
    """
    wanted = model.policy.insurers_share
    covered = 0.0
    for insurer in sorted(
        model.insurers, key=lambda one: model.luck("offer contract", one.number, ONCE)
    ):
        share = insurer.share_of_insured
        insurer.offers = abs(covered + share - wanted) < wanted - covered
        if insurer.offers:
            covered += share


def sign(model: "ReferenceModel", practice: ReferencePractice) -> None:
    """Let a practice take the scenario's contract where it is offered, or leave it."""
    policy = model.policy
    if policy.only_practices is not None:
        takes_it = practice.number in policy.only_practices
    else:
        lot = model.luck("take contract", practice.number, ONCE)
        takes_it = lot < policy.practices_share
    if takes_it and model.contracts[POLICY_CONTRACT].terms.network_only and not practice.in_network:
        model.happened["no member of the network"] += 1
        takes_it = False
    for insurer in model.insurers:
        if takes_it and insurer.offers:
            practice.contract_with[insurer.number] = POLICY_CONTRACT
            model.happened["contract signed"] += 1


def end_lost_contracts(model: "ReferenceModel") -> None:
    """Put practices that lost the contract in December back on the regular one."""
    for (practice, insurer), account in model.books.accounts.items():
        if account.lost:
            model.practices[practice].contract_with[insurer] = REGULAR_CONTRACT
            account.lost = False
            model.happened["contract ended"] += 1


def bring_forward(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Count what was paid last year for months of this year; no money changes hands now."""
    if patient.deferred == 0:
        return
    patient.count_care(patient.deferred)
    patient.month_cost += patient.deferred
    patient.account.revenue += patient.deferred
    patient.deferred = 0
    model.happened["counted in the next year"] += 1


def renew_deductible(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Open the deductible, unless other care of the year uses it up anyway."""
    used_elsewhere = patient.luck("deductible used elsewhere")
    exhausted = used_elsewhere < model.p.deductible_exhausted_anyway_share
    patient.deductible_left = 0 if exhausted else patient.deductible
