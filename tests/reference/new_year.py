"""January: contracts are offered, signed and ended; what was paid ahead is counted."""

from typing import TYPE_CHECKING

import numpy as np

from agents.patient import other_insurer, switches_insurer
from model.codes import ALIVE, POLICY_CONTRACT, REGULAR_CONTRACT, TREATED
from model.randomness import ONCE

from .audit_rate import learn_from_audits, set_audit_rate
from .caseload import Key
from .choice import renew_reputations
from .entitlement import self_paid_left
from .gaps import note_what_is_lacking
from .joining import choose, contracts_held, on_offer, sign_by_lot
from .learning import set_drives
from .patient import ReferencePatient
from .prices import set_prices
from .providers import no_claims
from .rewards import read_rewards, remember

if TYPE_CHECKING:
    from .model import ReferenceModel


def open_year(model: "ReferenceModel") -> None:
    """Start a calendar year; in the first policy year the policy comes into force."""
    if model.month == model.policy_month:
        enter_policy(model)
    held = contracts_held(model)
    end_lost_contracts(model)
    if model.policy_holds:
        learn_from_audits(model)
    model.books.note_usual([one for of_contract in model.claims for one in of_contract])
    set_drives(model)
    set_prices(model)
    read_rewards(model)
    remember(model)
    if model.policy_holds:
        if set_audit_rate(model):
            read_rewards(model)
        sign(model, held)
    note_what_is_lacking(model)
    renew_reputations(model)
    model.asked.open_year()
    model.books.open_year()
    model.claims = no_claims()
    for practice in model.practices:
        practice.tally.revenue += practice.deferred
        practice.deferred = 0
    for patient in model.patients:
        keep_running_quarter(patient)
        bring_forward(model, patient)
        renew_deductible(model, patient)
    switch_insurers(model)


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
        if not model.policy.by_choice:
            draw_lots(model)


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


def draw_lots(model: "ReferenceModel") -> None:
    """Let a lot decide, once, which practices take the contract; or let the policy name them."""
    policy = model.policy
    for practice in model.practices:
        if policy.only_practices is not None:
            practice.willing = practice.number in policy.only_practices
        else:
            lot = model.luck("take contract", practice.number, ONCE)
            practice.willing = lot < policy.practices_share


def sign(model: "ReferenceModel", held: dict[Key, bool]) -> None:
    """Sign the year's contracts.

    Args:
        model: The model in January, with the year's prices and rewards.
        held: Where the contract was held last year.
    """
    offered = on_offer(model)
    if model.policy.by_choice:
        choose(model, offered, held)
    else:
        sign_by_lot(model, offered)


def end_lost_contracts(model: "ReferenceModel") -> None:
    """Put practices that lost the contract in December back on the regular one."""
    for (practice, insurer), account in model.books.accounts.items():
        if account.lost:
            model.practices[practice].contract_with[insurer] = REGULAR_CONTRACT
            account.lost = False
            account.barred_until = model.month + 12 * int(model.p.contract_loss_years)
            model.happened["contract ended"] += 1


def keep_running_quarter(patient: ReferencePatient) -> None:
    """Forget last year's quarters under the scenario's contract, unless one runs on.

    It also does if the patient has left or died, and part of what was paid falls in this year.
    """
    goes_on = patient.status == TREATED and patient.quarter_month > 0
    if patient.contract != POLICY_CONTRACT or not (goes_on or patient.deferred):
        patient.policy_account = -1


def bring_forward(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Count what was paid last year for months of this year; no money changes hands now."""
    if patient.deferred == 0:
        return
    patient.count_care(patient.deferred)
    patient.month_cost += patient.deferred
    model.books.accounts[patient.treated_by, patient.payer].revenue += patient.deferred
    patient.deferred = 0
    model.happened["counted in the next year"] += 1


def renew_deductible(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Open the deductible, unless other care of the year uses it up anyway."""
    used_elsewhere = patient.luck("deductible used elsewhere")
    exhausted = used_elsewhere < model.p.deductible_exhausted_anyway_share
    patient.deductible_left = 0 if exhausted else patient.deductible


def switch_insurers(model: "ReferenceModel") -> None:
    """Let some people take another insurer; the rest of a running quarter stays as it is."""
    for insurer in model.insurers:
        insurer.won = 0
    upto = np.cumsum([insurer.share_of_insured for insurer in model.insurers])
    for patient in model.patients:
        if patient.alive != ALIVE:
            continue
        if not switches_insurer(patient.luck("switch insurer"), model.p.insurer_switch_rate_copd):
            continue
        old = patient.insurer
        patient.insurer = other_insurer(patient.luck("new insurer"), old, upto)
        model.insurers[old].won -= 1
        model.insurers[patient.insurer].won += 1
        if patient.contract == REGULAR_CONTRACT:
            patient.payer = patient.insurer  # sessions are paid by the insurer one has
        model.happened["switched insurer"] += 1
        model.happened["switched in a running quarter"] += (
            patient.status == TREATED and patient.quarter_month > 0
        )
