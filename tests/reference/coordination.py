"""Coordination: lump sums for groups of patients, for as long as the experiment lasts."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from model.codes import POLICY_CONTRACT, TREATED
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.ledger import NOBODY, Framework

from .ledger import post_between

if TYPE_CHECKING:
    from .model import ReferenceModel


def pay_coordination(model: "ReferenceModel") -> None:
    """Pay practices that have started; any with the contract may start in any month."""
    p = model.p
    if not model.policy_holds:
        return
    clause = model.contracts[POLICY_CONTRACT].find(CoordinationLumpSum)
    end_year, end_month = p.coordination_experiment_end_year, p.coordination_experiment_end_month
    if clause is None:
        return
    if (model.year, model.month % 12 + 1) >= (end_year, end_month):
        model.happened["coordination is over"] += 1
        return
    for practice in model.practices:
        signed = POLICY_CONTRACT in practice.contract_with
        luck = model.luck("start coordination", practice.number)
        if practice.coordinates_from > model.month and signed and luck < clause.start_rate:
            practice.coordinates_from = model.month
            model.happened["coordination starts"] += 1
    pay_groups(model, clause)


def pay_groups(model: "ReferenceModel", clause: CoordinationLumpSum) -> None:
    """Pay each insurer's part for the patients it has in each practice that coordinates."""
    treated = [patient for patient in model.patients if patient.status == TREATED]
    at_practice = Counter(patient.practice for patient in treated)
    of_account = Counter((patient.practice, patient.insurer) for patient in treated)
    for (number, insurer), patients in sorted(of_account.items()):
        practice = model.practices[number]
        signed = practice.contract_with[insurer] == POLICY_CONTRACT
        if signed and practice.coordinates_from <= model.month:
            share = np.array([patients / at_practice[number]])
            amount = int(clause.monthly_cents(share)[0])
            practice.tally.revenue += amount
            pay_group(model, clause, number, insurer, amount)


def pay_group(
    model: "ReferenceModel", clause: CoordinationLumpSum, practice: int, insurer: int, amount: int
) -> None:
    """Pay one part from two frameworks; in December it is counted on the patients."""
    account = model.books.accounts[practice, insurer]
    paramedical = round(clause.paramedical_share * amount)
    account.lump_sums += paramedical
    account.other_lump_sums += amount - paramedical
    for framework, part in (
        (Framework.PARAMEDICAL, paramedical),
        (Framework.OTHER_CURATIVE, amount - paramedical),
    ):
        post_between(model, clause.name, insurer, practice, NOBODY, part, framework)
    model.happened["coordination paid"] += 1
