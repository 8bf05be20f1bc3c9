"""Bills of a month: therapy under a contract, own payments, lung attacks and other care."""

from typing import TYPE_CHECKING

from model.codes import ALIVE, GOLD_STAGES, TREATED
from model.contracts.prices import cents
from model.ledger import NOBODY, Framework, Party

from .ledger import post, post_between
from .overclaims import note_gradable, overclaim
from .patient import ReferencePatient
from .payments import Bill, bill_of
from .register import CARE_COST

if TYPE_CHECKING:
    from .model import ReferenceModel


def settle(model: "ReferenceModel") -> None:
    """Settle the month: therapy, sessions above the maximum, attacks, other COPD care."""
    for patient in model.patients:
        settle_therapy(model, patient)
        settle_above_maximum(model, patient)
        settle_attack(model, patient)
        settle_hospital_therapy(model, patient)
        if patient.status == TREATED:
            patient.note(CARE_COST, patient.month_cost / 100.0)
    settle_other_care(model)


def settle_therapy(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Pay what the contract says; the insurer then recovers the deductible from the patient."""
    done = patient.sessions or patient.intake or patient.opened or patient.unused
    if not done and patient.status != TREATED:
        return
    bill = bill_of(model, patient)
    insurer, practice = patient.pays_now, patient.practice
    account = model.books.accounts[practice, insurer]
    for clause, amount in bill.paid.items():
        post_between(model, clause, insurer, practice, patient.row, amount)
        model.happened[f"paid: {clause}"] += amount > 0
        model.happened[f"back: {clause}"] += amount < 0
    for kpi, amount in bill.withheld.items():
        post_between(model, f"withheld_{kpi}", insurer, practice, patient.row, -amount)
        account.withhold(kpi, amount)
        model.happened["withheld"] += amount > 0
    recover_deductible(model, patient, bill)

    later = part_of_next_year(model, patient, bill)
    now = sum(bill.paid.values()) - sum(bill.withheld.values()) - later
    patient.deferred += later
    model.practices[practice].deferred += later
    patient.count_care(now)
    model.practices[practice].tally.revenue += now
    patient.month_cost += now
    # What is withheld is still what was earned; it comes back or not when the KPI is judged.
    account.revenue += bill.care + bill.refund - later
    patient.tally.overclaim += overclaim(model, patient, bill)
    note_gradable(model, patient, bill)
    model.happened["paid for next year"] += later > 0


def recover_deductible(model: "ReferenceModel", patient: ReferencePatient, bill: Bill) -> None:
    """Let the patient pay for the care as far as the deductible is still open."""
    own = min(bill.care, patient.deductible_left)
    patient.deductible_left -= own
    patient.tally.out_of_pocket += own
    post(
        model,
        "deductible",
        Framework.DEDUCTIBLE,
        (Party.PATIENT, patient.row),
        (Party.INSURER, patient.pays_now),
        patient.row,
        patient.pays_now,
        own,
    )
    model.happened["deductible paid"] += own > 0


def part_of_next_year(model: "ReferenceModel", patient: ReferencePatient, bill: Bill) -> int:
    """Return the part of the bill that is for months of the next calendar year, cents.

    What pays ahead is for the months of the quarter from now on, a refund for those left unused.
    """
    months_left_this_year = 11 - model.month % 12
    months_to_go = 2 - patient.month_of_quarter
    later = bill.ahead * max(0, months_to_go - months_left_this_year) // 3
    if bill.refund:
        # The month of the drop-out is itself unused.
        next_year = max(0, patient.unused - 1 - months_left_this_year)
        later += bill.refund * next_year // patient.unused
        model.happened["refund of next year"] += next_year > 0
    return later


def settle_above_maximum(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Pay uncovered sessions from supplementary cover if there is any, else privately."""
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
    patient.month_cost += amount


def settle_hospital_therapy(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Pay the hospital for a month of exercise therapy."""
    p = model.p
    if patient.alive != ALIVE or model.month >= patient.hospital_until:
        return
    amount = cents(p.hospital_session_cost * p.hospital_sessions_per_month)
    post(
        model,
        "hospital_therapy",
        Framework.HOSPITAL,
        (Party.INSURER, patient.insurer),
        (Party.HOSPITAL, 0),
        patient.row,
        patient.insurer,
        amount,
    )
    patient.tally.hospital_therapy += amount
    patient.tally.total_care += amount
    patient.month_cost += amount


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
