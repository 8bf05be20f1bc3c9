"""What is told of getting care: who asks, who is taken in, how sessions are given, who signs."""

from html import escape

from agents import joining, seeking
from agents.behaviours import default
from dashboards.components import html
from dashboards.texts import texts
from dashboards.watch.manner import Manner, worth
from dashboards.watch.neighbourhood import Neighbourhood
from dashboards.watch.request import Asked, chance_of, gain_of
from dashboards.watch.request import worth as worth_of_both
from dashboards.watch.scene import when
from dashboards.watch.seeking import Sought, see_seeking
from dashboards.watch.signing import name_of
from dashboards.watch.told_parts import rules
from experiments import number_format as nf
from experiments.number_format import Language
from model.codes import ALIVE, INDIVIDUAL, MODES, OUTSIDE, POLICY_CONTRACT

ACCEPTING = "U = F + (p − c) · q + (1/ρ) · [B(q, n) − B_alt]\nP = 1 / (1 + exp(−λ · (U − t)))"
GIVING = "U = (p − c) − (1/ρ) · (1 − η) · k · max(0, n − q)"
ASKING = "P = h₀ · exp(s · (CCQ − CCQ₀)) · a · exp(−b_E · E − b_d · d − b_w · w) · r"
CHOOSING = "P ∝ S · exp(−b_d · d − b_w · w + b_r · R)"
SIGNING = "V = v(τ · G) + B − A ± C + π · m\nP = 1 / (1 + exp(−λ · V))"
#: Insurers whose offer is shown in full, those with most of the practice's patients first.
INSURERS_SHOWN = 6


def _equation(text: str, language: Language) -> str:
    title = escape(texts(language)("watch.equation"))
    return f"<h4>{title}</h4><code>{escape(text)}</code>"


def request(world: Neighbourhood, asked: Asked, language: Language) -> str:
    """Return the last request of a patient: what came of it, what both were worth."""
    t, chance = texts(language), chance_of(asked)
    contract = "new" if asked.contract == POLICY_CONTRACT else "old"
    said = [
        t(
            "watch.request.accepted" if asked.accepted else "watch.request.refused",
            month=when(world, asked.month, language), practice=asked.practice + 1,
            contract=t(f"watch.contract.{contract}"), chance=nf.percentage(chance, language),
        )
    ]  # fmt: skip
    both = worth_of_both(asked)
    if both is not None and chance in (0.0, 1.0):
        said.append(t("watch.request.sure"))
    out = f"<h3>{escape(t('watch.request'))}</h3>" + html.paragraphs(said)
    if both is None:
        return out + html.paragraphs([t("watch.other_theory")])
    accept, refuse = both
    mark = t("watch.highest")
    rows = [
        (t("watch.request.take"), nf.number(asked.money, language),
         nf.number(gain_of(asked), language), nf.number(accept, language),
         mark if accept >= refuse else ""),
        (t("watch.request.turn"), "", "", nf.number(refuse, language),
         mark if refuse > accept else ""),
    ]  # fmt: skip
    heads = ("option", "result", "gain_patient", "utility", "choice")
    values = t(
        "watch.request.values",
        n=nf.number(asked.need, language, 1), q=nf.number(asked.sessions, language, 1),
        rho=nf.number(asked.rho, language, 2), elsewhere=nf.percentage(asked.elsewhere, language),
        scarce=nf.percentage(asked.scarce, language), t=nf.number(asked.reservation, language),
        precision=nf.number(asked.precision, language, 4),
    )  # fmt: skip
    return (
        out
        + html.table(t("watch.request.both"), [t(f"watch.head.{head}") for head in heads], rows)
        + _equation(ACCEPTING, language)
        + html.paragraphs([values], "zb-small")
        + rules((default.acceptance_chance, default.patient_gain), language)
    )


def manner(world: Neighbourhood, m: Manner, language: Language) -> str:
    """Return how sessions were last decided to be given, and what the other way was worth."""
    t = texts(language)
    ways = (MODES[INDIVIDUAL], MODES[m.other])
    said = t(
        "watch.manner.chosen", month=when(world, m.month, language),
        mode=t(f"watch.mode.{MODES[m.chosen]}"),
    )  # fmt: skip
    out = f"<h3>{escape(t('watch.manner'))}</h3>" + html.paragraphs([said])
    both = worth(m)
    if both is None:
        return out + html.paragraphs([t("watch.other_theory")])
    numbers = ((m.fee, m.cost, 1.0), (m.other_fee, m.other_cost, m.effect))
    rows = [
        (
            t(f"watch.mode.{way}"), nf.number(fee, language, 2), nf.number(cost, language, 2),
            nf.percentage(effect, language), nf.number(value, language, 2),
            t("watch.chosen") if MODES[m.chosen] == way else "",
        )
        for way, (fee, cost, effect), value in zip(ways, numbers, both, strict=True)
    ]  # fmt: skip
    heads = ("way", "fee", "cost", "effect", "utility", "choice")
    values = t(
        "watch.manner.values", n=nf.number(m.need, language, 1),
        q=nf.number(m.sessions, language, 1), rho=nf.number(m.rho, language, 2),
        k=nf.number(m.curvature, language, 2),
    )  # fmt: skip
    return (
        out
        + html.table(t("watch.manner.ways"), [t(f"watch.head.{head}") for head in heads], rows)
        + _equation(GIVING, language)
        + html.paragraphs([values], "zb-small")
        + rules((default.substitutes,), language)
    )


def asking(world: Neighbourhood, row: int, language: Language) -> str:
    """Return what made a patient ask, or whether who is not in care would ask now."""
    t = texts(language)
    outside = world.care.status[row] == OUTSIDE
    if world.health.alive[row] != ALIVE:
        return ""
    sought = see_seeking(world, row) if outside else world.sought.get(row)
    if sought is None:
        return ""
    title = t("watch.seeking.now" if outside else "watch.seeking")
    return f"<h3>{escape(title)}</h3>" + _asking(world, sought, language)


def _asking(world: Neighbourhood, one: Sought, language: Language) -> str:
    t = texts(language)
    said = [
        t(
            "watch.seeking.rate", month=when(world, min(one.month, world.month), language),
            rate=nf.percentage(one.rate, language, 1), ccq=nf.number(one.ccq, language, 1),
            attack=t("watch.seeking.attack") if one.attacked else "",
        ),
        t(
            "watch.seeking.kept", chance=nf.percentage(one.chance, language, 1),
            euros=nf.number(one.deductible, language), km=nf.number(one.distance, language, 1),
            wait=nf.number(one.wait, language, 1),
            refused=t("watch.seeking.refused") if one.refused else "",
        ),
    ]  # fmt: skip
    rows = [
        (
            t("watch.practice", number=place.practice + 1), nf.number(place.distance, language, 1),
            nf.number(place.wait, language, 1), nf.number(place.reputation, language, 2),
            nf.number(place.appeal, language, 2), nf.percentage(place.chance, language),
        )
        for place in one.practices
    ]  # fmt: skip
    heads = ("practice", "km", "wait", "reputation", "appeal", "chance")
    return (
        html.paragraphs(said)
        + html.table(t("watch.seeking.where"), [t(f"watch.head.{head}") for head in heads], rows)
        + _equation(f"{ASKING}\n{CHOOSING}", language)
        + html.paragraphs([t("watch.seeking.values")], "zb-small")
        + rules((seeking.asking_rate, seeking.hindrance, seeking.appeal), language)
    )


def signing(world: Neighbourhood, number: int, language: Language) -> str:
    """Return what a practice weighed last January, insurer by insurer."""
    t, policy = texts(language), world.policy
    out = f"<h3>{escape(t('watch.signing'))}</h3>"
    if not policy.offers_contract:
        return out + html.paragraphs([t("watch.signing.none")])
    if world.month <= world.policy_month:
        begins = when(world, world.policy_month, language)
        return out + html.paragraphs([t("watch.signing.later", month=begins)])
    if not policy.by_choice:
        return out + html.paragraphs([t("watch.signing.lot")])
    weighed = world.weighed.get(number, [])[:INSURERS_SHOWN]
    if not weighed:
        return out + html.paragraphs([t("watch.signing.nothing")])

    def euros(x: float) -> str:
        return nf.number(x, language)

    rows = [
        (
            t("watch.signing.insurer", name=name_of(one.insurer)), euros(one.patients),
            euros(one.gain), nf.percentage(one.trust, language), euros(one.money),
            euros(one.benefit),
            euros(one.administration + (-one.changing if one.holds else one.changing)),
            euros(one.pull), euros(one.value), euros(one.asked),
            t("watch.signing.negotiated") if one.supplement > 0.0
            else t("watch.signing.yes" if one.signs else "watch.signing.no"),
        )
        for one in weighed
    ]  # fmt: skip
    heads = ("insurer", "patients", "expected", "trust", "counts", "gain_patients", "burden",
             "neighbours", "value", "asked", "choice")  # fmt: skip
    return (
        out
        + html.paragraphs([t("watch.signing.text", month=when(world, weighed[0].month, language))])
        + html.table(t("watch.signing.table"), [t(f"watch.head.{head}") for head in heads], rows)
        + _equation(SIGNING, language)
        + html.paragraphs([t("watch.signing.values")], "zb-small")
        + rules((joining.joining_value, joining.loss_averse_value, joining.value_asked), language)
    )
