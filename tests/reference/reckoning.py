"""December: audits and stop-loss, KPIs and risk sharing, clawback, and what follows from them."""

from typing import TYPE_CHECKING

from model.codes import ALIVE, POLICY_CONTRACT
from model.contracts.contract import Contract
from model.contracts.macro_clawback import MacroClawback
from model.ledger import NOBODY, Framework, Party

from .consequences import follow_up
from .equalisation import equalise
from .ledger import post, post_between
from .patient import ReferencePatient
from .patient_files import settle_files
from .practice_accounts import AccountKey, accounts_of, open_accounts
from .prices import session_tariff
from .spreading import count_on_patients, shared

if TYPE_CHECKING:
    from .model import ReferenceModel


def reckon_year(model: "ReferenceModel") -> None:
    """Settle the year of every patient, practice and insurer."""
    if model.policy_holds:
        contract = model.contracts[POLICY_CONTRACT]
        # Everybody of whom a quarter under the contract ran this year.
        patients = [
            patient
            for patient in model.patients
            if patient.policy_account >= 0 and was_cared_for(patient)
        ]
        model.happened["file without the contract"] += sum(
            patient.contract != POLICY_CONTRACT for patient in patients
        )
        ceded = settle_files(model, contract, patients)
        settle_accounts(model, contract, patients, ceded)
        claw_back(model, contract)
    if model.month < model.policy_month:
        model.books.reference_spending = sum(
            patient.tally.paramedical for patient in model.patients
        )
    equalise(model)


def was_cared_for(patient: ReferencePatient) -> bool:
    """Whether there was or was paid any physiotherapy this year."""
    return patient.tally.paramedical != 0 or patient.tally.sessions > 0


def who_bears_the_rest(
    model: "ReferenceModel", patients: list[ReferencePatient]
) -> list[ReferencePatient]:
    """Return in whose care counts what no patient of its account is left to bear."""
    cared_for = [patient for patient in model.patients if was_cared_for(patient)]
    alive = [patient for patient in model.patients if patient.alive == ALIVE]
    return patients or cared_for or alive


def settle_accounts(
    model: "ReferenceModel",
    contract: Contract,
    patients: list[ReferencePatient],
    ceded: dict[AccountKey, int],
) -> None:
    """Settle what depends on a practice's year at an insurer, clause by clause."""
    keys = open_accounts(model)
    if not keys:
        return
    accounts = accounts_of(model, contract, keys, patients, ceded)
    everybody = who_bears_the_rest(model, patients)
    for clause in contract.clauses:
        amounts = clause.settle_accounts(accounts)
        if amounts is not None:
            pay_accounts(model, clause.name, keys, amounts.tolist())
            count_on_patients(
                keys, patients, amounts.tolist(), ReferencePatient.count_care, everybody
            )
    # Lump sums were paid through the year; now it is said in whose care they count.
    own = [model.books.accounts[key] for key in keys]
    lump_sums, other = [one.lump_sums for one in own], [one.other_lump_sums for one in own]
    count_on_patients(keys, patients, lump_sums, ReferencePatient.count_care, everybody)
    count_on_patients(keys, patients, other, ReferencePatient.count_other_care, everybody)
    follow_up(model, contract, keys, accounts)


def pay_accounts(
    model: "ReferenceModel", clause: str, keys: list[AccountKey], amounts: list[int]
) -> None:
    """Pay one amount per account, or take it back."""
    for (practice, insurer), amount in zip(keys, amounts, strict=True):
        post_between(model, clause, insurer, practice, NOBODY, amount)
        model.practices[practice].tally.revenue += amount
        model.happened[f"paid: {clause}"] += amount > 0
        model.happened[f"back: {clause}"] += amount < 0


def claw_back(model: "ReferenceModel", contract: Contract) -> None:
    """Recover an overrun of the framework from all practices, if the ministry does so."""
    books = model.books
    books.overrun_rate = 0.0
    clause = contract.find(MacroClawback)
    if clause is None:
        return
    spent = sum(patient.tally.paramedical for patient in model.patients)
    overrun = max(0, spent - macro_ceiling(model))
    turnover = [account.revenue for account in books.accounts.values()]
    books.overrun_rate = clause.probability * overrun / max(1, sum(turnover))
    if model.luck("macro clawback", 0) >= clause.probability:
        return
    levies = shared([overrun], [max(0, cents) for cents in turnover], [0] * len(turnover))
    for (practice, insurer), levy in zip(books.accounts, levies, strict=True):
        post(
            model,
            clause.name,
            Framework.PARAMEDICAL,
            (Party.PRACTICE, practice),
            (Party.GOVERNMENT, 0),
            NOBODY,
            insurer,
            levy,
        )
        model.practices[practice].tally.revenue -= levy
    model.happened["clawed back"] += overrun > 0
    paid_for = [patient for patient in model.patients if patient.tally.paramedical > 0]
    paid = [patient.tally.paramedical for patient in paid_for]
    for patient, share in zip(paid_for, shared([overrun], paid, [0] * len(paid)), strict=True):
        patient.count_care(-share)


def macro_ceiling(model: "ReferenceModel") -> int:
    """Return what the framework allows this year, cents.

    What was spent in the last year before the policy, at this year's tariff, and this year's part
    of the amount added: it rises in three steps to its level of 2027.
    """
    p = model.p
    growth = session_tariff(model, model.month) / session_tariff(model, model.policy_month)
    steps = {2025: p.entitlement_budget_2025, 2026: p.entitlement_budget_2026}
    added = steps.get(model.year, p.entitlement_budget_2027_structural)
    return round(model.books.reference_spending * growth + 100.0 * added / model.size.scale)
