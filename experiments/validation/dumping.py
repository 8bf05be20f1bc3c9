"""Skimping and dumping are substitutes: who may not give too little refuses whom it loses on.

Ellis 1998 (J Health Econ 17:537): paid per patient, providers cream the mild, skimp the severe, and
dump the most severe where there is a limit to skimping. Nothing was fitted to this. It is looked
for where it is pure, among therapists moved by profit alone; the mix has them as one in five.

The default theory shows part of it only. As it is (others give 0.9 of full treatment, median rho 1)
it refuses some 0.1 % of severe patients with a floor or without: what a patient gains outweighs the
loss. Where others would treat as well (S2) and money weighs twice as much, both at the end of their
ranges, it refuses one severe patient in nine, more than of mild ones, and prices by weight class
take a good part of that away. The floor itself adds about a point to that (in three seeds 0.3, 1.2
and -0.3; 0.6, 2.3 and 0.0 where practices are full besides), which is no more than chance. The
reason is in the theory: a plan lies so many sessions below need whatever the need (A2), so a floor
in proportion to need binds where need is light, and costs most there; dumping of the severe by a
floor is a matter of profit alone.
"""

from dataclasses import replace

import pandas as pd

from experiments.theories import MIX, SHARES
from experiments.validation.pattern import EMERGENT, TINY, Lab, Pattern, once
from model.parameters import ParameterSet, load_registry
from model.simulation import Span, World
from scenarios.loader import load

SPAN = Span(2023, 2025, 2027)
SHARE = 0.05
FLAT, FLOOR, ADJUSTED = "bundle_flat", "bundle_floor_flat", "bundle_floor_weight_classes"
PROFIT, PROFESSIONAL = "pure_profit", "pure_professional"
MILD, SEVERE, ALL = ("2",), ("3", "4"), ()
ELLIS = "Ellis 1998, J Health Econ 17:537"
ALTRUIST = "Ellis and McGuire 1986, J Health Econ 5:129 (a perfect agent follows the need)"

#: Others would treat as well, and money weighs twice as much: the ends of the ranges of these two.
#: Prices stay, for a ratchet would lower those of who skimps, and so have its patients refused.
HARSH = {"outside_option_share": 1.0, "altruism_rho_median": 2.0, "price_ratchet": 0.0}


def _history(lab: Lab, p: ParameterSet) -> World:
    world = lab.world(SHARE, SPAN, p)
    return world.run(world.policy_month)


@once
def history(lab: Lab) -> World:
    """Return a twentieth of the country at the start of 2025."""
    return _history(lab, lab.p)


@once
def harsh_history(lab: Lab) -> World:
    """Return the same in the harsh setting."""
    return _history(lab, lab.p.replace(HARSH))


@once
def outcomes(lab: Lab, scenario: str, theory: str, harsh: bool = False) -> pd.DataFrame:
    """Return tops and bottoms of every measure, summed over the policy years."""
    policy = replace(load(scenario, load_registry()).policy(), theories=SHARES[theory])
    start = harsh_history(lab) if harsh else history(lab)
    table = start.branch(policy).run().results()
    table = table[table["year"] >= SPAN.policy_year]
    return table.groupby(["measure", "split", "group"])[["top", "bottom"]].sum()


def share(
    lab: Lab, scenario: str, theory: str, measure: str, stages: tuple[str, ...], harsh: bool = False
) -> float:
    """Return a share over the policy years, of some GOLD stages or (none given) of everyone."""
    cells = [(measure, "gold", stage) for stage in stages] or [(measure, "all", "all")]
    sums = outcomes(lab, scenario, theory, harsh).loc[cells].sum()
    return float(sums["top"] / sums["bottom"])


def refused(
    lab: Lab, scenario: str, theory: str, stages: tuple[str, ...] = ALL, harsh: bool = False
) -> float:
    """Return the share of requests that end in a refusal."""
    return share(lab, scenario, theory, "refused_share", stages, harsh)


def undertreated(lab: Lab, scenario: str, theory: str) -> float:
    """Return the share of patient-quarters that are undertreated."""
    return share(lab, scenario, theory, "undertreated_share", ALL)


def raised_by_floor(theory: str):
    """Return a function: how much a floor raises refusals of the severe under a theory."""
    return lambda lab: refused(lab, FLOOR, theory, SEVERE) - refused(lab, FLAT, theory, SEVERE)


def professional_does(measure: str):
    """Return a function: the largest share among pure professionals, with a floor or without."""
    return lambda lab: max(share(lab, name, PROFESSIONAL, measure, ALL) for name in (FLAT, FLOOR))


def _usual(name: str, low: float, high: float, value, unit: str = "share", source: str = ELLIS):
    return Pattern(name, EMERGENT, low, high, source, value, unit, 1 if unit == "share" else 2)


PATTERNS = (
    _usual("profit_skimps", 0.8, 1.0, lambda lab: undertreated(lab, FLAT, PROFIT)),
    _usual("profit_dumps_nobody", 0.0, 0.01, lambda lab: refused(lab, FLAT, PROFIT)),
    _usual("floor_ends_skimping", 0.0, 0.05, lambda lab: undertreated(lab, FLOOR, PROFIT)),
    _usual("floor_starts_dumping", 0.1, 1.0, lambda lab: refused(lab, FLOOR, PROFIT)),
    _usual("floor_dumps_severe_profit", 0.01, 1.0, raised_by_floor(PROFIT)),
    _usual("floor_dumps_severe_mix", 0.01, 1.0, raised_by_floor(MIX)),
    _usual("severe_dumped_most", TINY, 1.0,
           lambda lab: refused(lab, FLOOR, PROFIT, SEVERE) - refused(lab, FLOOR, PROFIT, MILD)),
    _usual("classes_end_dumping", 0.0, 0.7,
           lambda lab: refused(lab, ADJUSTED, PROFIT) / refused(lab, FLOOR, PROFIT), "ratio"),
    _usual("professional_dumps_nobody", 0.0, 0.0, professional_does("refused_share"),
           source=ALTRUIST),
    _usual("professional_skimps_nobody", 0.0, 0.0, professional_does("undertreated_share"),
           source=ALTRUIST),
    Pattern("harsh_severe_refused_most", EMERGENT, 0.01, 1.0, ELLIS,
            lambda lab: refused(lab, FLOOR, "default", SEVERE, True)
            - refused(lab, FLOOR, "default", MILD, True), "share", 1, note="harsh"),
    Pattern("harsh_classes_help", EMERGENT, 0.0, 0.75, ELLIS,
            lambda lab: refused(lab, ADJUSTED, "default", SEVERE, True)
            / refused(lab, FLOOR, "default", SEVERE, True), note="harsh"),
)  # fmt: skip
