"""January: who holds the scenario's contract this year, by lot or by the practice's own choice."""

from math import sqrt
from typing import TYPE_CHECKING

from scipy.special import ndtri

from agents.behaviours.default import acceptance_probability
from agents.behaviours.inertia import weighs_contracts
from agents.insurer import in_offer_band, negotiated_supplement
from agents.joining import (
    gain_asked,
    joining_value,
    share_of_neighbours,
    trust_in_insurer,
    value_asked,
    value_beside_money,
)
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.index_band import IndexBand
from model.contracts.kpi import Kpi
from model.contracts.offer_band import OfferBand
from model.randomness import ONCE

from .caseload import Key, caseloads
from .practice_accounts import pools
from .prices import bargaining_power
from .providers import ReferenceInsurer, ReferencePractice
from .theories import theory_of

if TYPE_CHECKING:
    from .model import ReferenceModel

QUARTERS = 4  # of a year


def contracts_held(model: "ReferenceModel") -> dict[Key, bool]:
    """Return where the scenario's contract is held."""
    return {
        (practice.number, insurer): contract == POLICY_CONTRACT
        for practice in model.practices
        for insurer, contract in enumerate(practice.contract_with)
    }


def on_offer(model: "ReferenceModel") -> dict[Key, bool]:
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
            barred = model.month < model.books.accounts[key].barred_until
            model.happened["lost, not yet to be had again"] += barred
            offered[key] = allowed and insurer.offers and not barred
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
    """Let practices that drew the contract sign it each January where they may hold it."""
    for practice in model.practices:
        for insurer in model.insurers:
            key = practice.number, insurer.number
            signs = practice.willing and offered[key]
            account = model.books.accounts[key]
            model.happened["back after a loss"] += signs and 0 < account.barred_until == model.month
            write(model, practice, insurer, signs)


def choose(model: "ReferenceModel", offered: dict[Key, bool], held: dict[Key, bool]) -> None:
    """Let every practice weigh the contract at every insurer that offers it."""
    model.caseloads = caseloads(model)
    for account in model.books.accounts.values():
        account.supplement = 0
    for practice in model.practices:
        for insurer in model.insurers:
            key = practice.number, insurer.number
            if not offered[key]:
                model.happened["contract refused"] += insurer.offers
                write(model, practice, insurer, False)
            elif not weighs(model, practice):
                model.happened["keeps what it has"] += 1
            elif key in model.caseloads:
                takes = wants(model, practice, insurer, held, sd_of(model, practice, offered))
                write(model, practice, insurer, takes)
            else:
                model.happened["nothing to weigh"] += 1


def weighs(model: "ReferenceModel", practice: ReferencePractice) -> bool:
    """Return whether anybody in a practice compares contracts."""
    return any(weighs_contracts(theory_of(model, one)) for one in practice.therapists)


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
    """Return whether a practice takes the contract with an insurer this year.

    Who would refuse the price on offer bargains for more, if prices are negotiated.

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
    region = [one for one in model.practices if one.region == practice.region]
    holders = sum(held[one.number, insurer.number] for one in region)
    trust = trust_in_insurer(model.luck("trust in insurer", account, ONCE), p.trust_in_insurer_mean)
    gain = caseload.gain / caseload.patients
    beside = (
        caseload.benefit / caseload.patients,
        QUARTERS * minutes_more(model) * a_minute,
        60.0 * p.joining_switch_hours * a_minute / caseload.patients,
        practice.contract_with[insurer.number] == POLICY_CONTRACT,
        share_of_neighbours(holders, len(region), int(held[key])),
        p.joining_peer_value,
    )
    value = joining_value(gain, sd, trust, p.loss_aversion, *beside)
    model.happened["neighbours hold the contract"] += holders > held[key]
    taste = model.luck("join contract", account, ONCE)
    if taste < acceptance_probability(value, 0.0, p.joining_precision):
        return True
    if caseload.room <= 0.0 or caseload.euros <= 0.0:
        return False
    asked = gain_asked(
        value_asked(taste, p.joining_precision) - value_beside_money(*beside),
        trust,
        sd,
        p.loss_aversion,
    )
    agreed = negotiated_supplement(
        (asked - gain) * caseload.patients / (QUARTERS * caseload.euros),
        caseload.room / (QUARTERS * caseload.patients),
        bargaining_power(model, insurer),
    )
    model.books.accounts[key].supplement = round(100.0 * agreed)
    model.happened["supplement agreed"] += agreed > 0.0
    model.happened["no supplement is enough"] += agreed == 0.0
    return agreed > 0.0


def minutes_more(model: "ReferenceModel") -> float:
    """Return the minutes a quarter that the contract takes above the regular one.

    Those of a KPI are left out: what it is expected to bring is reckoned after its own time.
    """
    of_contract = [0.0, 0.0]
    for number in (REGULAR_CONTRACT, POLICY_CONTRACT):
        for clause in model.contracts[number].clauses:
            if not isinstance(clause, Kpi | IndexBand):
                of_contract[number] += clause.admin_minutes(model.p)
    return of_contract[POLICY_CONTRACT] - of_contract[REGULAR_CONTRACT]


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
