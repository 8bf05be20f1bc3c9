"""Accounts: the year of one practice at one insurer, as the clauses ask for it."""

from typing import TYPE_CHECKING

import numpy as np

from model.codes import POLICY_CONTRACT
from model.contracts.contract import Contract
from model.contracts.year import Accounts
from model.indicators import BY_ID

from .patient import ReferencePatient
from .register import CARE_COST

if TYPE_CHECKING:
    from .model import ReferenceModel

AccountKey = tuple[int, int]  # practice, insurer


def open_accounts(model: "ReferenceModel") -> list[AccountKey]:
    """Return the accounts that are settled under the policy's contract this year.

    Those under it in which anything was done; and where something was withheld it is judged, even
    if the contract has ended since.
    """
    measured = model.books.register.accounts_measured()
    settled = []
    for (practice, insurer), account in model.books.accounts.items():
        signed = model.practices[practice].contract_with[insurer] == POLICY_CONTRACT
        active = account.quarters or account.revenue or (practice, insurer) in measured
        if (signed and active) or any(account.withheld.values()):
            settled.append((practice, insurer))
        model.happened["judged after the contract"] += not signed and any(account.withheld.values())
    return settled


def accounts_of(
    model: "ReferenceModel",
    contract: Contract,
    keys: list[AccountKey],
    patients: list[ReferencePatient],
    ceded: dict[AccountKey, int],
) -> Accounts:
    """Return the year of the accounts, one row each.

    Args:
        model: The model.
        contract: The contract they are under.
        keys: Accounts, in order.
        patients: Everybody paid for under the contract this year.
        ceded: What the stop-loss paid this year, cents.
    """
    accounts = [model.books.accounts[key] for key in keys]
    own = {key: [] for key in keys}
    for patient in patients:
        own.setdefault(patient.file_key, []).append(patient)
    before = [one.last_revenue / max(1, one.last_quarters) for one in accounts]
    care = model.books.register.tallies(CARE_COST, keys)
    return Accounts(
        practice=np.array([practice for practice, _ in keys]),
        insurer=np.array([insurer for _, insurer in keys]),
        pools=pools(model, contract.terms.pooled_practices, keys),
        patients=np.array([len(own[key]) for key in keys]),
        revenue=np.array([one.revenue for one in accounts]),
        revenue_before=np.array(before),
        quarters=np.array([float(one.quarters) for one in accounts]),
        reference_cost=np.array([one.reference_value for one in accounts]),
        care_cost=np.array([round(100.0 * euros) for euros in care.total.tolist()]),
        target_cost=np.array([round(100.0 * euros) for euros in care.expected.tolist()]),
        measured={
            indicator: [year.tallies(indicator, keys) for year in model.books.years()]
            for indicator in BY_ID
        },
        icc=model.p.kpi_icc_practice,
        ceded=np.array([ceded.get(key, 0) for key in keys]),
        withheld={
            kpi.name: np.array([one.withheld.get(kpi.name, 0) for one in accounts])
            for kpi in contract.kpis
        },
    )


def pools(model: "ReferenceModel", together: int, keys: list[AccountKey]) -> dict[str, np.ndarray]:
    """Return the pool of each account at each level at which patients are taken together.

    Practices that contract together are neighbours: the first so many of a region, the next so
    many, and so on.
    """
    group_of: dict[int, int] = {}
    groups: list[list[int]] = []
    for practice in model.practices:
        last = groups[-1] if groups else []
        if last and len(last) < together and model.practices[last[0]].region == practice.region:
            last.append(practice.number)
        else:
            groups.append([practice.number])
        group_of[practice.number] = len(groups) - 1
    return {
        "contract": np.arange(len(keys)),
        "practice": np.array([practice for practice, _ in keys]),
        "group": np.array([group_of[practice] for practice, _ in keys]),
        "region": np.array([model.practices[practice].region for practice, _ in keys]),
    }
