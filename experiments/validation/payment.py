"""Payment and access: patterns that the literature describes; none of them was fitted to."""

import pandas as pd

from experiments.validation.pattern import EMERGENT, Lab, Pattern, once
from model.parameters import load_registry
from model.simulation import Span, World
from scenarios.loader import load

SPAN = Span(2023, 2025, 2027)
SHARE = 0.05
BEFORE, AFTER = "fee_for_service_open", "bundle_flat"
ZHANG = "Zhang et al. 2022, JAMDA (35,540 stays): individual therapy -19 %, more in groups"


@once
def history(lab: Lab) -> World:
    """Return a twentieth of the country at the start of 2025."""
    world = lab.world(SHARE, SPAN)
    return world.run(world.policy_month)


@once
def outcomes(lab: Lab, scenario: str) -> pd.Series:
    """Return the national value of every ratio over the policy years."""
    world = history(lab).branch(load(scenario, load_registry()).policy()).run()
    table = world.results()
    table = table[(table["year"] >= SPAN.policy_year) & (table["split"] == "all")]
    sums = table.groupby("measure")[["top", "bottom"]].sum()
    return sums["top"] / sums["bottom"].where(sums["bottom"] > 0)


def individual_change(lab: Lab) -> float:
    """Return the change of sessions per patient that are not in a group or at a distance."""
    of = [outcomes(lab, name) for name in (BEFORE, AFTER)]
    before, after = (x["sessions_per_patient"] * (1.0 - x["other_mode_share"]) for x in of)
    return float(after / before - 1.0)


def moved_to_groups(lab: Lab) -> float:
    """Return how much larger the share in a group or at a distance becomes."""
    before, after = (outcomes(lab, name)["other_mode_share"] for name in (BEFORE, AFTER))
    return float(after - before)


PATTERNS = (
    Pattern("individual_sessions", EMERGENT, -0.25, -0.05, ZHANG, individual_change, "share", 1),
    Pattern("moved_to_groups", EMERGENT, 0.02, 1.0, ZHANG, moved_to_groups, "share", 1),
)  # fmt: skip
