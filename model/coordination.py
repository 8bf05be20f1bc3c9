"""Paid coordination of groups of patients: who has started, and what the yearly report must say.

The ministerial instruction of 19 April 2024 asks for a yearly count of uses, their size, the
sectors and the frameworks charged, and for an eye on double funding (article 6).
"""

import numpy as np
import pandas as pd

from model.ledger import Framework, Ledger, Party

CLAUSE = "coordination_lump_sum"
#: A bundle already pays a practice for fitting care together with others.
BUNDLES = ("flat_bundle", "weight_class_bundle", "phase_bundle", "profile_phase_bundle")

#: Sector that works together, by the framework that its part is charged to.
SECTORS = {
    Framework.PARAMEDICAL.name.lower(): "physiotherapy",
    Framework.OTHER_CURATIVE.name.lower(): "general practice",
}


def report(ledger: Ledger, first_year: int) -> pd.DataFrame:
    """Return the yearly report of the experiment, read off the ledger.

    Args:
        ledger: A ledger that keeps its lines.
        first_year: Calendar year of month 0.

    Returns:
        One row per year: uses (practice-months), practices, sectors involved, EUR by framework,
        and EUR paid to a practice that received a bundle from the same insurer in the same month
        (double funding).
    """
    lines = ledger.readable()
    ours = lines[(lines["clause"] == CLAUSE) & (lines["payee"] == Party.PRACTICE.name.lower())]
    key = ["month", "payee_id", "insurer"]
    bundled = lines[lines["clause"].isin(BUNDLES)][key].drop_duplicates()
    double = ours.merge(bundled, on=key)
    rows = []
    for year in sorted(set(ours["month"] // 12)):
        now = ours[ours["month"] // 12 == year]
        by_framework = now.groupby("framework", observed=True)["cents"].sum() / 100.0
        rows.append(
            {
                "year": first_year + int(year),
                "uses": len(now[["month", "payee_id"]].drop_duplicates()),
                "practices": now["payee_id"].nunique(),
                "sectors": ", ".join(
                    sector
                    for framework, sector in SECTORS.items()
                    if by_framework.get(framework, 0.0) > 0
                ),
                "paramedical_eur": float(by_framework.get(Framework.PARAMEDICAL.name.lower(), 0.0)),
                "other_care_eur": float(
                    by_framework.get(Framework.OTHER_CURATIVE.name.lower(), 0.0)
                ),
                "double_funding_eur": float(
                    double.loc[double["month"] // 12 == year, "cents"].sum() / 100.0
                ),
            }
        )
    return pd.DataFrame(
        rows,
        columns=["year", "uses", "practices", "sectors", "paramedical_eur", "other_care_eur",
                 "double_funding_eur"],
    )  # fmt: skip


def starts(luck: np.ndarray, started: np.ndarray, month: int, rate: float) -> np.ndarray:
    """Return the starting months after this month: any practice may start in any month.

    Args:
        luck: Uniform draw per practice for this month.
        started: Month in which each started, or a month that never comes.
        month: Month number now.
        rate: Share of practices not yet started that start in a month.
    """
    return np.where((started > month) & (luck < rate), month, started)
