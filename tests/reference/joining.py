"""January: who holds the scenario's contract this year, by lot or by the practice's own choice."""

from dataclasses import dataclass
from math import sqrt
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from scipy.special import ndtri

from agents.behaviours.default import acceptance_probability
from agents.insurer import in_offer_band
from agents.joining import (
    joining_value,
    result_under,
    sessions_under,
    share_of_neighbours,
    trust_in_insurer,
)
from model.codes import GOLD_STAGES, INDIVIDUAL, MAINTENANCE, POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.noise import crowded_rho
from model.contracts.offer_band import OfferBand
from model.contracts.risk import result_sd
from model.expectations import typical_sessions
from model.randomness import ONCE

from .patient import ReferencePatient
from .practice_accounts import pools
from .providers import ReferenceInsurer, ReferencePractice
from .rewards import rewards_for

if TYPE_CHECKING:
    from .model import ReferenceModel

Key = tuple[int, int]  # practice, insurer
QUARTERS = 4  # of a year


@dataclass
class Caseload:
    """A practice's patients of last year at one insurer, and what the contract would bring.

    Attributes:
        patients: How many.
        gain: Expected above the regular contract, EUR.
        variance: Of that gain, EUR squared.
    """

    patients: int = 0
    gain: float = 0.0
    variance: float = 0.0


class Outcome(NamedTuple):
    """A patient-year under one contract, EUR.

    Attributes:
        result: Expected.
        varies: What of it goes up and down with the patient's need.
        stopped: What a stop-loss pays per unit of need above its level.
        level: That level, in units of this patient's expected need; 0 without stop-loss.
    """

    result: float
    varies: float
    stopped: float
    level: float


def contracts_held(model: "ReferenceModel") -> dict[Key, bool]:
    """Return where the scenario's contract is held."""
    return {
        (practice.number, insurer): contract == POLICY_CONTRACT
        for practice in model.practices
        for insurer, contract in enumerate(practice.contract_with)
    }


def contracts_lost(model: "ReferenceModel") -> set[Key]:
    """Return which contracts ended by December's reckoning."""
    return {key for key, account in model.books.accounts.items() if account.lost}


def on_offer(model: "ReferenceModel", lost: set[Key]) -> dict[Key, bool]:
    """Return where the contract may be held this year."""
    contract = model.contracts[POLICY_CONTRACT]
    offered = {}
    for practice in model.practices:
        member = practice.in_network or not contract.terms.network_only
        model.happened["no member of the network"] += not member
        allowed = member and not model.stopped
        band = contract.find(OfferBand)
        if band is not None and not within(model, band, practice):
            allowed = False
            model.happened["outside the offer band"] += 1
        for insurer in model.insurers:
            key = practice.number, insurer.number
            offered[key] = allowed and insurer.offers and key not in lost
    return offered


def within(model: "ReferenceModel", band: OfferBand, practice: ReferencePractice) -> bool:
    """Return whether a practice's treatment index of last year kept within a band."""
    register = model.books.register
    own = [
        sums
        for (indicator, number, _), sums in register.of_account.items()
        if indicator == "treatment_index" and number == practice.number
    ]
    count, total = sum(one.count for one in own), sum(one.total for one in own)
    return in_offer_band(
        total / count if count else 0.0,
        register.norm_of("treatment_index", len(model.practices)).sd,
        count,
        band.lower,
        band.upper,
        float(ndtri(band.confidence)),
        band.minimum_patients,
    )


def sign_by_lot(model: "ReferenceModel", offered: dict[Key, bool]) -> None:
    """Let practices that drew the contract sign it: once, or each January within an offer band."""
    banded = model.contracts[POLICY_CONTRACT].find(OfferBand) is not None
    if model.month != model.policy_month and not banded:
        return
    for practice in model.practices:
        for insurer in model.insurers:
            signs = practice.willing and offered[practice.number, insurer.number]
            write(model, practice, insurer, signs)


def choose(model: "ReferenceModel", offered: dict[Key, bool], held: dict[Key, bool]) -> None:
    """Let every practice weigh the contract at every insurer that offers it."""
    model.caseloads = caseloads(model)
    for practice in model.practices:
        for insurer in model.insurers:
            key = practice.number, insurer.number
            if not offered[key]:
                model.happened["contract refused"] += insurer.offers
                write(model, practice, insurer, False)
            elif key in model.caseloads:
                takes = wants(model, practice, insurer, held, sd_of(model, practice, offered))
                write(model, practice, insurer, takes)
            else:
                model.happened["nothing to weigh"] += 1


def write(
    model: "ReferenceModel", practice: ReferencePractice, insurer: ReferenceInsurer, takes: bool
) -> None:
    """Write which contract holds between a practice and an insurer this year."""
    before = practice.contract_with[insurer.number] == POLICY_CONTRACT
    practice.contract_with[insurer.number] = POLICY_CONTRACT if takes else REGULAR_CONTRACT
    model.happened["contract signed"] += takes and not before
    model.happened["contract kept"] += takes and before
    model.happened["contract left"] += before and not takes


def wants(
    model: "ReferenceModel",
    practice: ReferencePractice,
    insurer: ReferenceInsurer,
    held: dict[Key, bool],
    sd: float,
) -> bool:
    """Return whether a practice wants the contract with an insurer this year.

    Args:
        model: The model in January.
        practice: Who decides.
        insurer: Who offers.
        held: Where the contract was held last year.
        sd: Of the gain per patient over all patients who could be under the contract, EUR.
    """
    p, key = model.p, (practice.number, insurer.number)
    caseload, account = model.caseloads[key], 10 * practice.number + insurer.number
    a_minute = p.variable_cost_per_session / p.session_minutes
    kept = model.contracts[POLICY_CONTRACT].per_patient
    administration = QUARTERS * p.admin_minutes_bundle_quarter * a_minute if kept else 0.0
    region = [one for one in model.practices if one.region == practice.region]
    holders = sum(held[one.number, insurer.number] for one in region)
    value = joining_value(
        caseload.gain / caseload.patients,
        sd,
        trust_in_insurer(model.luck("trust in insurer", account, ONCE), p.trust_in_insurer_mean),
        p.loss_aversion,
        administration,
        60.0 * p.joining_switch_hours * a_minute / caseload.patients,
        practice.contract_with[insurer.number] == POLICY_CONTRACT,
        share_of_neighbours(holders, len(region), int(held[key])),
        p.joining_peer_value,
    )
    model.happened["neighbours hold the contract"] += holders > held[key]
    taste = model.luck("join contract", account, ONCE)
    return taste < acceptance_probability(value, 0.0, p.joining_precision)


def sd_of(model: "ReferenceModel", practice: ReferencePractice, offered: dict[Key, bool]) -> float:
    """Return the SD of the mean gain per patient, EUR.

    Over the insurers that offer, and the practices that contract jointly with this one.
    """
    together = model.contracts[POLICY_CONTRACT].terms.pooled_practices
    group_of = pools(model, together, [(one.number, 0) for one in model.practices])["group"]
    own = [
        caseload
        for (number, insurer), caseload in sorted(model.caseloads.items())
        if group_of[number] == group_of[practice.number] and offered[number, insurer]
    ]
    return sqrt(sum(one.variance for one in own)) / sum(one.patients for one in own)


def caseloads(model: "ReferenceModel") -> dict[Key, Caseload]:
    """Return the caseloads of last year with at least one patient, one patient after another."""
    found: dict[Key, Caseload] = {}
    for patient in model.patients:
        if patient.treated_by < 0 or patient.last_care < model.month - 12:
            continue
        caseload = found.setdefault((patient.treated_by, patient.insurer), Caseload())
        regular = year_under(model, patient, REGULAR_CONTRACT)
        offered = year_under(model, patient, POLICY_CONTRACT)
        caseload.patients += 1
        caseload.gain += offered.result - regular.result
        varies = offered.varies - regular.varies
        sd = result_sd(varies, offered.stopped, model.p.cost_cv_per_patient, offered.level)
        caseload.variance += sd**2
        model.happened["stop-loss weighed"] += offered.stopped > 0.0
    return found


def year_under(model: "ReferenceModel", patient: ReferencePatient, contract: int) -> Outcome:
    """Return what a practice expects of a year with a patient under a contract.

    The need is what such patients had nationally: a whole first year, or a year of maintenance.
    """
    p = model.p
    rewards = rewards_for(model, contract, patient.insurer)
    kind, cv = patient.weight_class, p.cost_cv_per_patient
    first_year = float(typical_sessions(p, model.books.usual_by_phase())[kind])
    if patient.quarter >= QUARTERS:
        usual = QUARTERS * model.books.usual_sessions[kind, MAINTENANCE]
        need = usual if usual > 0.0 else p.maintenance_ratio * first_year
        model.happened["maintenance unknown"] += usual == 0.0
        fixed = QUARTERS * rewards.quarter[kind, MAINTENANCE]
        model.happened["maintenance weighed"] += 1
    else:
        need = first_year
        fixed = rewards.fixed[kind, patient.gold - GOLD_STAGES[0]]
    therapists = model.practices[patient.treated_by].therapists
    fee, cost = rewards.session[kind, INDIVIDUAL], p.variable_cost_per_session
    stop_loss = rewards.reference[INDIVIDUAL], cv, rewards.attachment, rewards.stop_share
    sessions = sessions_under(
        need,
        crowded_rho(fmean(one.rho_sessions for one in therapists), rewards.crowding),
        fmean(one.norm for one in therapists),
        fee,
        cost,
        p.benefit_curvature_k,
        rewards.outcome_pay[kind],
        rewards.floor,
        p.sessions_most_per_year,
        *stop_loss,
    )
    result = result_under(fixed, fee, cost, sessions, *stop_loss)
    value = sessions * rewards.reference[INDIVIDUAL]
    if rewards.stop_share > 0.0 and value > 0.0:
        stopped, level = rewards.stop_share * value, rewards.attachment / value
    else:
        stopped = level = 0.0
    return Outcome(result, (fee - cost) * sessions, stopped, level)
