"""Learning: what practices see of each other, which style they keep, and what then moves them."""

from typing import TYPE_CHECKING, NamedTuple

from scipy.special import ndtri

from agents.behaviours.default import profit_weight
from agents.learning import (
    comparable_margin,
    drifted,
    imitates,
    prefers,
    weight_in_style,
)
from agents.peers import after_audits_nearby, moral_cost_among_peers, neighbour, peer_pull
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT

from .providers import NO_KIND, ReferencePractice, Style

if TYPE_CHECKING:
    from .model import ReferenceModel

DECISIONS = Style._fields
AS_THEY_ARE = Style(0.0, 0.0, 0.0)


class Year(NamedTuple):
    """What a practice's year comes to.

    Attributes:
        kind: Contract under which most quarters were planned; -1 without patients.
        payoff: Margin per treated patient, EUR, if a session cost what it does on average.
    """

    kind: int
    payoff: float


def learn(model: "ReferenceModel") -> None:
    """Let all practices learn at once, from this year's styles, margins and files."""
    years = [year_of(model, practice) for practice in model.practices]
    styles = [practice.style for practice in model.practices]
    for practice in model.practices:
        look_around(model, practice)
    choices = [choose(model, practice, years, styles) for practice in model.practices]
    for practice, year, (style, before, tried) in zip(model.practices, years, choices, strict=True):
        practice.kind, practice.payoff = year
        practice.style, practice.style_before, practice.tried = style, before, tried


def year_of(model: "ReferenceModel", practice: ReferencePractice) -> Year:
    """Return what the year of a practice comes to."""
    patients = sum(
        patient.treated_by == practice.number and patient.tally.sessions > 0
        for patient in model.patients
    )
    tally = practice.tally
    on_policy = 2.0 * tally.policy_quarters > tally.quarters
    kind = POLICY_CONTRACT if on_policy else REGULAR_CONTRACT
    payoff = comparable_margin(
        tally.revenue, tally.cost, tally.usual_cost, practice.cost_factor, patients
    )
    return Year(kind if patients else NO_KIND, payoff)


def known_colleagues(model: "ReferenceModel", practice: ReferencePractice) -> list[int]:
    """Return the practices nearby that a practice knows, nearest first."""
    region = [one.number for one in model.practices if one.region == practice.region]
    place = region.index(practice.number)
    known = min(int(model.p.network_practices), len(region) - 1)
    return [region[neighbour(place, len(region), which)] for which in range(known)]


def look_around(model: "ReferenceModel", practice: ReferencePractice) -> None:
    """See how the colleagues nearby graded this year, and who was caught."""
    nearby = [model.practices[number].tally for number in known_colleagues(model, practice)]
    gradable = sum(tally.gradable for tally in nearby)
    too_heavy = sum(tally.too_heavy for tally in nearby)
    caught = sum(tally.caught > 0 for tally in nearby)
    practice.too_heavy_nearby = too_heavy / gradable if gradable else 0.0
    practice.caught_nearby = caught / len(nearby) if nearby else 0.0
    model.happened["colleagues upcode"] += too_heavy > 0
    model.happened["a colleague was caught"] += caught > 0


def choose(
    model: "ReferenceModel", practice: ReferencePractice, years: list[Year], styles: list[Style]
) -> tuple[Style, Style, bool]:
    """Return the style of next year, the one to go back to, and whether anything was changed."""
    p, number = model.p, practice.number
    kind, worth = years[number]
    if kind == NO_KIND:
        model.happened["nothing to learn from"] += 1
        return practice.style, practice.style_before, practice.tried
    own = practice.style
    if practice.tried and practice.kind == kind:
        luck = model.luck("keep style", number)
        if prefers(worth, practice.payoff, p.learning_precision, luck):
            own, worth = practice.style_before, practice.payoff
            model.happened["style given up"] += 1
        else:
            model.happened["style kept"] += 1
    taken, colleagues = own, known_colleagues(model, practice)
    for look in range(int(p.learning_looks)):
        if not colleagues:
            break
        seen = model.luck(f"look at colleague {look}", number)
        peer = colleagues[int(seen * len(colleagues))]
        if years[peer].kind != kind:
            model.happened["colleague of another kind"] += 1
            continue
        luck = model.luck(f"imitate colleague {look}", number)
        if imitates(worth, years[peer].payoff, p.learning_precision, luck):
            taken, worth = styles[peer], years[peer].payoff
    innovates = model.luck("innovate", number) < p.innovation_rate
    model.happened["colleague imitated"] += taken != own
    model.happened["style tried"] += innovates
    steps = AS_THEY_ARE
    if innovates:
        steps = Style(*(step(model, number, decision) for decision in DECISIONS))
    return after_a_year(model, taken, steps), after_a_year(model, own), innovates or taken != own


def step(model: "ReferenceModel", number: int, decision: str) -> float:
    """Return what a practice changes of its own accord in one decision."""
    return model.p.innovation_step * float(ndtri(model.luck(f"innovate in {decision}", number)))


def after_a_year(model: "ReferenceModel", style: Style, steps: Style = AS_THEY_ARE) -> Style:
    """Return a style after norm pressure and a step of its own."""
    p = model.p
    after = [
        drifted(one, p.style_norm_pull, own, p.style_bound)
        for one, own in zip(style, steps, strict=True)
    ]
    model.happened["style at its bound"] += any(abs(one) == p.style_bound for one in after)
    return Style(*after)


def set_drives(model: "ReferenceModel") -> None:
    """Say, in January, what moves every therapist this year."""
    p = model.p
    psi = peer_pull(
        p.peer_moral_cost_psi_share,
        p.upcode_share_at_border,
        profit_weight(p.altruism_rho_median),
        p.upcode_reference_step,
    )
    for practice in model.practices:
        style = practice.style
        for therapist in practice.therapists:
            therapist.lacking = 0.0
            therapist.rho_sessions = weight_in_style(therapist.rho, style.sessions)
            therapist.rho_acceptance = weight_in_style(therapist.rho, style.acceptance)
            therapist.rho_grading = weight_in_style(therapist.rho, style.grading)
            feared = after_audits_nearby(
                therapist.own_moral_cost, p.audit_fear, practice.caught_nearby
            )
            therapist.moral_cost = moral_cost_among_peers(feared, psi, practice.too_heavy_nearby)
            model.happened["no qualms left"] += therapist.moral_cost == 0.0
