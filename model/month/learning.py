"""Phase (December): practices look at their year and their neighbours', and learn."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.learning import comparable_margin, drifted, imitates, prefers
from agents.peers import neighbour
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.conduct import NO_KIND, STYLES, Conduct
from model.month.practice_year import treated_patients
from model.parameters import ParameterSet
from model.randomness import draws, normal_draws, stream
from model.rules import allocating_phase, phase

if TYPE_CHECKING:
    from model.simulation import World
    from model.state import PracticeTally

Constants = namedtuple(
    "Constants", "network precision looks innovation_rate innovation_step norm_pull bound"
)

#: Luck of the year: arrays by practice, by look and practice, or by decision and practice.
Luck = namedtuple("Luck", "judge look imitate innovate step")


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses."""
    return Constants(
        network=int(p.network_practices),
        precision=p.learning_precision,
        looks=int(p.learning_looks),
        innovation_rate=p.innovation_rate,
        innovation_step=p.innovation_step,
        norm_pull=p.style_norm_pull,
        bound=p.style_bound,
    )


def learn(world: "World") -> None:
    """Run the phase on a world: what all practices saw this year decides what each does next."""
    old, new = world.conduct, Conduct.new(world.practices.count)
    c, practices = world.constants["learning"], world.practices
    _note_year(world, new)
    _look_around(
        practices.region, practices.region_start, world.practice_tally, c.network,
        new.too_heavy_nearby, new.caught_nearby,
    )  # fmt: skip
    _choose_styles(practices.region, practices.region_start, old, new, c, _luck(world, c.looks))
    world.conduct = new


def _note_year(world: "World", new: Conduct) -> None:
    """Note what each practice earned per treated patient, and under which contract."""
    t, patients = world.practice_tally, treated_patients(world)
    _note_margins(
        t.revenue, t.cost, t.usual_cost, world.practices.cost_factor, patients, new.payoff
    )
    kind = np.where(2.0 * t.policy_quarters > t.quarters, POLICY_CONTRACT, REGULAR_CONTRACT)
    new.kind[:] = np.where(patients > 0, kind, NO_KIND)


@phase
def _note_margins(
    revenue: np.ndarray,
    cost: np.ndarray,
    usual_cost: np.ndarray,
    cost_factor: np.ndarray,
    patients: np.ndarray,
    payoff: np.ndarray,
) -> None:
    for row in range(payoff.size):
        payoff[row] = comparable_margin(
            revenue[row], cost[row], usual_cost[row], cost_factor[row], patients[row]
        )


def _luck(world: "World", looks: int) -> Luck:
    """Return this year's luck of every practice."""
    count = world.practices.count

    def key(decision: str) -> np.uint64:
        return stream(world.seed, decision, world.month)

    def by_look(decision: str) -> np.ndarray:
        rows = [draws(key(f"{decision} {look}"), count) for look in range(looks)]
        return np.array(rows).reshape(looks, count)

    return Luck(
        judge=draws(key("keep style"), count),
        look=by_look("look at colleague"),
        imitate=by_look("imitate colleague"),
        innovate=draws(key("innovate"), count),
        step=np.stack([normal_draws(key(f"innovate in {name}"), count) for name in STYLES]),
    )


@phase
def _look_around(
    region: np.ndarray,
    region_start: np.ndarray,
    tally: "PracticeTally",
    network: int,
    too_heavy_nearby: np.ndarray,
    caught_nearby: np.ndarray,
) -> None:
    """Note how neighbours graded this year, and how many of them were caught."""
    for practice in range(region.size):
        start = region_start[region[practice]]
        count = region_start[region[practice] + 1] - start
        known = min(network, count - 1)
        gradable, too_heavy, caught = 0.0, 0.0, 0.0
        for which in range(known):
            peer = start + neighbour(practice - start, count, which)
            gradable += tally.gradable[peer]
            too_heavy += tally.too_heavy[peer]
            caught += tally.caught[peer] > 0.0
        too_heavy_nearby[practice] = too_heavy / gradable if gradable > 0.0 else 0.0
        caught_nearby[practice] = caught / known if known > 0 else 0.0


def _choose_styles(
    region: np.ndarray,
    region_start: np.ndarray,
    old: Conduct,
    new: Conduct,
    c: Constants,
    luck: Luck,
) -> None:
    """Let every practice judge its last change, look at colleagues, and try something now and then.

    All choose at once, from the styles and margins of the year that ends. Who had no patients
    keeps its style. Only margins under the same kind of contract are compared.
    """
    _choose(
        region, region_start, old.style, old.style_before, old.tried, old.payoff, old.kind,
        new.payoff, new.kind, c, luck, new.style, new.style_before, new.tried,
    )  # fmt: skip


@allocating_phase
def _choose(
    region: np.ndarray,
    region_start: np.ndarray,
    style: np.ndarray,
    style_before: np.ndarray,
    tried: np.ndarray,
    payoff_before: np.ndarray,
    kind_before: np.ndarray,
    payoff: np.ndarray,
    kind: np.ndarray,
    c: Constants,
    luck: Luck,
    new_style: np.ndarray,
    new_before: np.ndarray,
    new_tried: np.ndarray,
) -> None:
    decisions = style.shape[1]
    for practice in range(region.size):
        if kind[practice] == NO_KIND:
            new_style[practice] = style[practice]
            new_before[practice] = style_before[practice]
            new_tried[practice] = tried[practice]
            continue
        own, worth = style[practice], payoff[practice]
        if (
            tried[practice]
            and kind_before[practice] == kind[practice]
            and prefers(worth, payoff_before[practice], c.precision, luck.judge[practice])
        ):
            own, worth = style_before[practice], payoff_before[practice]
        taken = own
        start = region_start[region[practice]]
        count = region_start[region[practice] + 1] - start
        known = min(c.network, count - 1)
        for look in range(c.looks if known > 0 else 0):
            which = int(luck.look[look, practice] * known)
            peer = start + neighbour(practice - start, count, which)
            if kind[peer] == kind[practice] and imitates(
                worth, payoff[peer], c.precision, luck.imitate[look, practice]
            ):
                taken, worth = style[peer], payoff[peer]
        innovates = luck.innovate[practice] < c.innovation_rate
        changed = innovates
        for d in range(decisions):
            step = c.innovation_step * luck.step[d, practice] if innovates else 0.0
            changed = changed or taken[d] != own[d]
            new_style[practice, d] = drifted(taken[d], c.norm_pull, step, c.bound)
            new_before[practice, d] = drifted(own[d], c.norm_pull, 0.0, c.bound)
        new_tried[practice] = changed
