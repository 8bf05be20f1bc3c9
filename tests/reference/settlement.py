"""Bills: every euro becomes one line with both ends named."""

from typing import TYPE_CHECKING, NamedTuple

from model.codes import ALIVE, GOLD_STAGES
from model.contracts.bundle_quarter import BundleQuarter
from model.contracts.prices import cents
from model.ledger import NOBODY, Framework, Party

from .new_year import pays
from .patient import ReferencePatient

if TYPE_CHECKING:
    from .model import ReferenceModel


class Line(NamedTuple):
    """One line of the ledger, in the order of the engine's columns."""

    month: int
    payer: Party
    payer_id: int
    payee: Party
    payee_id: int
    patient: int
    insurer: int
    clause: str
    framework: Framework
    cents: int


def settle(model: "ReferenceModel") -> None:
    """Settle the month: therapy, sessions above the maximum, attacks, other COPD care."""
    for patient in model.patients:
        settle_therapy(model, patient)
        settle_above_maximum(model, patient)
        settle_attack(model, patient)
    settle_other_care(model)


def post(
    model: "ReferenceModel",
    clause: str,
    framework: Framework,
    payer: tuple[Party, int],
    payee: tuple[Party, int],
    patient: int,
    insurer: int,
    amount: int,
) -> None:
    """Add a line, unless there is nothing to pay."""
    if amount:
        line = Line(model.month, *payer, *payee, patient, insurer, clause, framework, amount)
        model.ledger.append(line)


def settle_therapy(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Pay what the contract says; the insurer then recovers the deductible from the patient."""
    if not (patient.sessions or patient.intake or patient.opened):
        return
    paid = pays(
        model.contracts[patient.contract],
        model.prices[patient.contract],
        sessions=patient.sessions,
        intake=patient.intake,
        opened=patient.opened,
        weight_class=patient.weight_class,
        maintenance=int(patient.in_maintenance),
    )
    insurer, practice = (Party.INSURER, patient.insurer), (Party.PRACTICE, patient.practice)
    for clause, amount in paid.items():
        post(
            model,
            clause,
            Framework.PARAMEDICAL,
            insurer,
            practice,
            patient.row,
            patient.insurer,
            amount,
        )
    total = sum(paid.values())
    own = min(total, patient.deductible_left)
    patient.deductible_left -= own
    post(
        model,
        "deductible",
        Framework.DEDUCTIBLE,
        (Party.PATIENT, patient.row),
        insurer,
        patient.row,
        patient.insurer,
        own,
    )
    later = part_of_next_year(model, patient, paid.get(BundleQuarter.name, 0))
    patient.deferred += later
    model.practices[patient.practice].deferred += later
    for tally in (patient.tally, model.practices[patient.practice].tally):
        tally.revenue += total - later
    patient.tally.paramedical += total - later
    patient.tally.total_care += total - later
    patient.tally.out_of_pocket += own
    model.happened["paid for next year"] += later > 0
    model.happened["deductible paid"] += own > 0


def part_of_next_year(model: "ReferenceModel", patient: ReferencePatient, paid: int) -> int:
    """Return what part of a quarter's price is for its months in the next calendar year, cents."""
    months_to_go = 3 - patient.quarter_month if patient.quarter_month > 0 else 0
    months_left_this_year = 11 - model.month % 12
    return paid * max(0, months_to_go - months_left_this_year) // 3


def settle_above_maximum(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Pay sessions above the maximum from supplementary cover if there is any, else privately."""
    amount = patient.uncovered * cents(model.p.session_tariff_private)
    if patient.supplementary == 1:
        payer = (Party.SUPPLEMENTARY, patient.insurer)
    else:
        payer = (Party.PATIENT, patient.row)
        patient.tally.out_of_pocket += amount
    post(
        model,
        "above_maximum",
        Framework.OUTSIDE,
        payer,
        (Party.PRACTICE, patient.practice),
        patient.row,
        patient.insurer,
        amount,
    )
    patient.tally.total_care += amount
    patient.tally.revenue += amount
    if amount:
        model.practices[patient.practice].tally.revenue += amount
        model.happened[f"above the maximum paid by {payer[0].name.lower()}"] += 1


def settle_attack(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Pay the hospital for an admission, or GP and medicines for another lung attack."""
    p = model.p
    if patient.struck == 0:
        return
    if patient.struck == 2:
        clause, framework = "admission", Framework.HOSPITAL
        payee, amount = (Party.HOSPITAL, 0), cents(p.cost_exacerbation_severe_2025)
    else:
        clause, framework = "lung_attack", Framework.OTHER_CURATIVE
        payee, amount = (Party.OTHER_PROVIDERS, 0), cents(p.cost_exacerbation_moderate_2025)
    insurer = (Party.INSURER, patient.insurer)
    post(model, clause, framework, insurer, payee, patient.row, patient.insurer, amount)
    patient.tally.total_care += amount


def settle_other_care(model: "ReferenceModel") -> None:
    """Pay the steady rest of COPD care of everybody alive, in one line per insurer."""
    p = model.p
    a_month = (
        p.copd_care_cost_per_patient_quarter_2019 * (1.0 - p.hospital_share_of_copd_cost) / 3.0
    )
    amount_of_stage = {
        stage: cents(a_month * p[f"cost_weight_gold_{stage}"]) for stage in GOLD_STAGES
    }
    total_of_insurer = {insurer.number: 0 for insurer in model.insurers}
    for patient in model.patients:
        if patient.alive == ALIVE:
            amount = amount_of_stage[patient.gold]
            patient.tally.total_care += amount
            total_of_insurer[patient.insurer] += amount
    for number, total in total_of_insurer.items():
        post(
            model,
            "other_copd_care",
            Framework.OTHER_CURATIVE,
            (Party.INSURER, number),
            (Party.OTHER_PROVIDERS, 0),
            NOBODY,
            number,
            total,
        )
