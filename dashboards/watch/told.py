"""What is told of one agent: its state, its last decision, the options and the equation."""

from html import escape

import numpy as np

from agents.behaviours import default
from dashboards.components import html
from dashboards.texts import texts
from dashboards.watch import told_access
from dashboards.watch.decision import Seen, options, steps
from dashboards.watch.grading import Graded, best_class, classes
from dashboards.watch.neighbourhood import Neighbourhood
from dashboards.watch.scene import CENTS, ROMAN, when
from dashboards.watch.told_parts import rules
from experiments import number_format as nf
from experiments.number_format import Language
from model.codes import (
    ALIVE,
    CLASS_A,
    DOWNGRADED,
    ENTITLEMENT_CLASSES,
    HONEST,
    POLICY_CONTRACT,
    PRACTICE_SIZES,
    PROFILE_3,
    TREATED,
    UPCODE_DETECTABLE,
    UPCODE_UNDETECTABLE,
    WAITING,
)
from model.ledger import Party

#: Plans of a practice that are shown, newest first.
PLANS = 8
EQUATION = "U(q) = (p − c) · q + (1/ρ + β) · [B(q, n) − x · |q − n|]"
BENEFIT = "B(q, n) = k · n² / 2 − k · (q − n)² / 2"
GRADING = "U = a · ΔF · (1 − A·D) − h"
#: How a class on file came about, by code of ``model.codes``.
CODES = {
    HONEST: "watch.code.honest", UPCODE_DETECTABLE: "watch.code.heavy",
    UPCODE_UNDETECTABLE: "watch.code.border", DOWNGRADED: "watch.code.light",
}  # fmt: skip
RULES = (default.wished_sessions, default.toward_need, default.benefit)


def patient_rows(world: Neighbourhood, row: int, language: Language) -> list[tuple[str, str]]:
    """Return the state of a patient: what it is, its value."""
    t, care, health = texts(language), world.care, world.health
    status = int(care.status[row])
    state = "dead" if health.alive[row] != ALIVE else ("outside", "waiting", "treated")[status]
    of = world.lines[(world.lines["patient"] == row)]
    to = of["payee"] == Party.PRACTICE
    back = of["payer"] == Party.PRACTICE
    paid = int(of["cents"][to].sum()) - int(of["cents"][back].sum())
    rows = [
        ("status", t(f"watch.status.{state}")),
        ("gold", f"GOLD {ROMAN[int(health.gold[row])]}"),
        ("fev1", nf.number(health.fev1[row], language) + "%"),
        ("burden", nf.number(health.ccq[row], language, 1)),
        ("training", nf.percentage(float(health.training[row]), language)),
    ]
    if care.practice[row] >= 0:
        rows.append(("at", t("watch.practice", number=int(care.practice[row]) + 1)))
    if status == TREATED:
        holds = care.contract[row] == POLICY_CONTRACT
        rows += [
            ("contract_head", t("watch.contract.new" if holds else "watch.contract.old")),
            ("class_true", t("watch.profile", number=int(care.profile[row]))),
            ("class_filed", t("watch.profile", number=int(care.weight_class[row]) + PROFILE_3)),
            ("entitlement", ENTITLEMENT_CLASSES[max(CLASS_A, int(care.filed_class[row]))]),
            ("three_months", nf.number(world.received[:, row].sum(), language)),
            ("three_months_need", nf.number(world.needed[:, row].sum(), language, 1)),
        ]
    rows.append(("paid", nf.number(paid / CENTS, language, 2)))
    return [(t(f"watch.state.{key}"), value) for key, value in rows]


def patient(world: Neighbourhood, row: int, language: Language) -> str:
    """Return all that is told of a patient."""
    t = texts(language)
    name = t("watch.patient", number=row)
    parts = [
        f"<h2>{escape(name)}</h2>",
        html.table(
            t("watch.state_of", name=name),
            (t("watch.what"), t("watch.now")),
            patient_rows(world, row, language),
        ),
        f"<h3>{escape(t('watch.decision'))}</h3>",
    ]
    seen = world.seen.get(row)
    if seen is None:
        parts.append(html.paragraphs([t("watch.no_decision")]))
    else:
        parts.append(decision(world, seen, language))
    # Newest first: planned, how given, graded, taken in, asked.
    manner, graded, asked = (notes.get(row) for notes in (world.manners, world.graded, world.asked))
    if manner is not None:
        parts.append(told_access.manner(world, manner, language))
    if graded is not None:
        parts.append(grading(world, graded, language))
    if asked is not None:
        parts.append(told_access.request(world, asked, language))
    parts.append(told_access.asking(world, row, language))
    return "".join(parts)


def sentences(world: Neighbourhood, seen: Seen, language: Language) -> list[str]:
    """Return the last decision in sentences."""
    t = texts(language)
    first, second, third = steps(seen)

    def say(x: float) -> str:
        return nf.number(x, language, 1)

    contract = t("watch.contract.new" if seen.contract == POLICY_CONTRACT else "watch.contract.old")
    said = [
        t("watch.planned", month=when(world, seen.month, language), plan=say(seen.plan),
          need=say(seen.need / 4.0), contract=contract)
    ]  # fmt: skip
    if seen.without_need:
        said.append(t("watch.without_need"))
    elif second != first:
        said.append(
            t("watch.stretched", first=say(first), contacts=say(seen.contacts),
              price=nf.number(seen.price, language))
        )  # fmt: skip
    if third != second:
        said.append(t("watch.cut", cover=say(seen.cover)))
    return said


def decision(world: Neighbourhood, seen: Seen, language: Language) -> str:
    """Return the last decision about a patient, the options with utilities, and the equation."""
    t = texts(language)
    parts = [html.paragraphs(sentences(world, seen, language))]
    listed = options(seen)
    if not listed:
        return "".join(parts)
    best = max(listed, key=lambda one: one.utility)
    rows = [
        (
            t(f"watch.option.{one.name}"),
            nf.number(one.sessions, language, 1),
            nf.number(one.money, language),
            nf.number(one.benefit, language),
            nf.number(one.utility, language),
            t("watch.highest") if one is best else "",
        )
        for one in listed
    ]
    heads = ("option", "sessions", "money", "benefit", "utility", "choice")
    values = t(
        "watch.values",
        n=nf.number(seen.need, language, 1), p=nf.number(seen.fee, language, 2),
        c=nf.number(seen.cost, language, 2), rho=nf.number(seen.rho, language, 2),
        beta=nf.number(seen.outcome_pay, language, 2), x=nf.number(seen.norm, language, 2),
        k=nf.number(seen.curvature, language, 2),
    )  # fmt: skip
    parts += [
        html.table(t("watch.options"), [t(f"watch.head.{head}") for head in heads], rows),
        f"<h3>{escape(t('watch.equation'))}</h3><code>{EQUATION}\n{BENEFIT}</code>",
        html.paragraphs([values, t("watch.rate")], "zb-small"),
        rules(RULES, language),
    ]
    return "".join(parts)


def grading(world: Neighbourhood, graded: Graded, language: Language) -> str:
    """Return how a patient was last graded, the ways there were, and the equation."""
    t = texts(language)
    listed, best = classes(graded), best_class(graded)
    said = [
        t("watch.graded", month=when(world, graded.month, language), true=graded.profile,
          filed=graded.filed + PROFILE_3)
    ]  # fmt: skip
    if len(listed) < 2:
        said.append(t("watch.graded.nothing"))
    out = f"<h3>{escape(t('watch.grading'))}</h3>" + html.paragraphs(said)
    if len(listed) < 2:
        return out
    rows = [
        (
            t(CODES[one.code], number=one.filed + PROFILE_3),
            nf.number(one.gain, language),
            nf.number(one.cost, language),
            nf.number(one.utility, language),
            t("watch.highest") if one is best else "",
        )
        for one in listed
    ]
    heads = ("way", "gain", "moral", "utility", "choice")
    values = t(
        "watch.grading.values",
        a=nf.number(graded.weight, language, 2), loss=nf.number(graded.expected_loss, language, 2),
    )  # fmt: skip
    return (
        out
        + html.table(t("watch.ways"), [t(f"watch.head.{head}") for head in heads], rows)
        + f"<code>{GRADING}</code>"
        + html.paragraphs([values], "zb-small")
    )


def practice(world: Neighbourhood, number: int, language: Language) -> str:
    """Return all that is told of a practice: its state and its latest plans."""
    t, care = texts(language), world.care
    name = t("watch.practice", number=number + 1)
    here = care.practice == number
    treated = here & (care.status == TREATED)
    held = int((world.contract_of[number] == POLICY_CONTRACT).sum())
    size = PRACTICE_SIZES[int(world.practices.large[number])]
    state = (
        ("size", t(f"watch.size.{size}")),
        ("capacity", nf.number(float(world.capacity[number]), language)),
        ("month_sessions", nf.number(float(world.care.sessions[here].sum()), language)),
        ("treated_head", nf.number(int(treated.sum()), language)),
        ("waiting_head", nf.number(int((here & (care.status == WAITING)).sum()), language)),
        ("insurers", t("watch.of_ten", number=held)),
        ("result_head", nf.number(world.result[number] / CENTS, language)),
    )
    rows = np.flatnonzero(treated).tolist()
    plans = sorted(
        ((world.seen[row].month, row) for row in rows if row in world.seen), reverse=True
    )
    return (
        f"<h2>{escape(name)}</h2>"
        + html.table(
            t("watch.state_of", name=name),
            (t("watch.what"), t("watch.now")),
            [(t(f"watch.state.{key}"), value) for key, value in state],
        )
        + html.table(
            t("watch.latest_plans"),
            [t(f"watch.head.{head}") for head in ("patient", "month", "need", "plan")],
            [
                (
                    t("watch.patient", number=row),
                    when(world, month, language),
                    nf.number(world.seen[row].need / 4.0, language, 1),
                    nf.number(world.seen[row].plan, language, 1),
                )
                for month, row in plans[:PLANS]
            ],
        )
        + told_access.signing(world, number, language)
    )
