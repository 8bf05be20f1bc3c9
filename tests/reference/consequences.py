"""Consequences of a missed KPI: closer audits, an improvement plan, a lost contract."""

from typing import TYPE_CHECKING

from model.contracts.contract import Contract
from model.contracts.year import Accounts

from .practice_accounts import AccountKey

if TYPE_CHECKING:
    from .model import ReferenceModel


def follow_up(
    model: "ReferenceModel", contract: Contract, keys: list[AccountKey], accounts: Accounts
) -> None:
    """See which accounts missed a KPI, and let follow what was agreed."""
    for account in model.books.accounts.values():
        account.watched = False
    missed: dict[str, set[AccountKey]] = {}
    for kpi in contract.kpis:
        verdict = kpi.verdict(accounts).missed.tolist()
        missed.setdefault(kpi.consequence, set()).update(
            key for key, misses in zip(keys, verdict, strict=True) if misses
        )
    for key in missed.get("audit", ()):
        model.books.accounts[key].watched = True
        model.happened["watched"] += 1
    for key in missed.get("loss_of_contract", ()):
        model.books.accounts[key].lost = True
        model.happened["contract lost at once"] += 1
    if "improvement_plan" in missed:
        plan_or_end(model, keys, missed["improvement_plan"])


def plan_or_end(model: "ReferenceModel", keys: list[AccountKey], missed: set[AccountKey]) -> None:
    """Start an improvement plan after a first year missed, end the contract after a second.

    A plan is written once for a practice, whatever the number of insurers and KPIs.
    """
    p = model.p
    planned = set()
    for key in keys:
        account = model.books.accounts[key]
        account.missed = account.missed + 1 if key in missed else 0
        if account.missed == 1:
            planned.add(key[0])
        elif account.missed > 1:
            account.lost = True
            model.happened["contract lost after a plan"] += 1
    minutes = 60.0 * p.admin_hours_improvement_plan
    for number in sorted(planned):
        practice = model.practices[number].tally
        practice.admin += minutes
        practice.cost += 100.0 * minutes * p.variable_cost_per_session / p.session_minutes
        model.happened["improvement plan"] += 1
