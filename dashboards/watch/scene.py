"""What the watched world shows, as plain data: no Solara here."""

from typing import Any

import numpy as np

from dashboards.components import html
from dashboards.palette import SCENARIOS
from dashboards.texts import texts
from dashboards.watch.neighbourhood import Neighbourhood
from experiments import number_format as nf
from experiments.number_format import Language
from experiments.teaching.twin_lives import month_name
from model.codes import GOLD_STAGES, POLICY_CONTRACT, TREATED, WAITING
from model.ledger import Party
from scenarios.ledger_words import ledger_name

ROMAN = {2: "II", 3: "III", 4: "IV"}
#: So many sessions in three months from need before we say too few or too many: below that it is
#: rounding to whole sessions and a missed appointment.
CLEAR = 3
CENTS = 100


def marks() -> list[dict[str, str]]:
    """Return shape and colour of each stage."""
    return [
        {"gold": gold, "label": f"GOLD {ROMAN[gold]}", "colour": colour, "shape": shape}
        for gold, (colour, shape) in zip(GOLD_STAGES, SCENARIOS, strict=True)
    ]


def when(world: Neighbourhood, month: int, language: Language) -> str:
    """Return a month of the world in words."""
    return month_name(world.span.first_year, month, language)


def dots(world: Neighbourhood) -> list[list[Any]]:
    """Return everybody in care: row, stage, practice, waiting (1), need, sessions received."""
    rows = np.flatnonzero(np.isin(world.care.status, (TREATED, WAITING)))
    need, got = world.needed[:, rows].sum(axis=0), world.received[:, rows].sum(axis=0)
    waiting = world.care.status[rows] == WAITING
    columns = (
        rows, world.health.gold[rows], world.care.practice[rows] + 1, waiting.astype(int),
        need.round(1), got.astype(int),
    )  # fmt: skip
    return [list(one) for one in zip(*(column.tolist() for column in columns), strict=True)]


def counts(world: Neighbourhood) -> dict[str, int]:
    """Return how many are treated, wait, and receive clearly less or more than they need."""
    care = world.care
    treated = care.status == TREATED
    gap = world.received.sum(axis=0) - world.needed.sum(axis=0)
    return {
        "treated": int(treated.sum()), "waiting": int((care.status == WAITING).sum()),
        "refused": world.refused, "less": int((treated & (gap <= -CLEAR)).sum()),
        "more": int((treated & (gap >= CLEAR)).sum()), "cents": int(world.lines["cents"].sum()),
    }  # fmt: skip


def scene(world: Neighbourhood, language: Language) -> dict[str, Any]:
    """Return what the picture and its controls show now."""
    t, found = texts(language), counts(world)
    now = when(world, max(0, world.month - 1), language)
    shown = {name: nf.number(value, language) for name, value in found.items()}
    euros = nf.number(found["cents"] / CENTS, language)
    return {
        "month": world.month,
        "over": world.over,
        "now": now,
        "under": t("watch.new" if world.month > world.policy_month else "watch.old"),
        "totals": t(
            "watch.totals", month=now, treated=shown["treated"], waiting=shown["waiting"],
            refused=shown["refused"], euros=euros,
        ),
        "gaps": t("watch.gaps", treated=shown["treated"], less=shown["less"], more=shown["more"]),
        "dots": dots(world),
        "practices": world.practices.count,
    }  # fmt: skip


def practice_rows(world: Neighbourhood, language: Language) -> list[tuple[str, ...]]:
    """Return each practice: number, contract, in treatment, waiting, result so far this year."""
    t, care, count = texts(language), world.care, world.practices.count
    by_status = [
        np.bincount(care.practice[(care.status == status) & (care.practice >= 0)], minlength=count)
        for status in (TREATED, WAITING)
    ]
    out = []
    for k in range(count):
        holds = (world.contract_of[k] == POLICY_CONTRACT).any()
        result = world.result[k] / CENTS
        out.append(
            (
                nf.number(k + 1, language),
                t("watch.short.new" if holds else "watch.short.old"),
                *(nf.number(float(one[k]), language) for one in by_status),
                nf.number(result, language),
                t("watch.loss") if result < 0 else t("watch.profit") if result > 0 else "",
            )
        )
    return out


def practice_table(world: Neighbourhood, language: Language) -> str:
    """Return the practices as a table."""
    t = texts(language)
    heads = ("practice_head", "contract_head", "treated_head", "waiting_head", "result_head",
             "loss_head")  # fmt: skip
    return html.table(
        t("watch.practices", year=world.span.first_year + max(0, world.month - 1) // 12),
        [t(f"watch.{head}") for head in heads],
        practice_rows(world, language),
    )


def grouped_lines(world: Neighbourhood) -> list[tuple[str, int, int, int, int]]:
    """Return this month's ledger: clause, payer, payee, lines, cents; adds up to all its lines."""
    sums = world.lines.groupby(["clause", "payer", "payee"], sort=True)["cents"]
    return [
        (world.ledger.clauses[clause], payer, payee, int(count), int(total))
        for (clause, payer, payee), count, total in zip(
            sums.groups, sums.size(), sums.sum(), strict=True
        )
    ]


def party(number: int, language: Language) -> str:
    """Return a kind of payer or payee in words."""
    name = Party(number).name.lower()
    return texts(language)(f"watch.party.{name}")


def ledger_table(world: Neighbourhood, language: Language) -> str:
    """Return this month's ledger by clause, with its total."""
    t = texts(language)
    found = grouped_lines(world)
    rows = [
        (
            ledger_name(clause, language, True),
            party(payer, language),
            party(payee, language),
            nf.number(count, language),
            nf.number(cents / CENTS, language, 2),
        )
        for clause, payer, payee, count, cents in found
    ]
    total = sum(cents for *_, cents in found)
    lines = sum(count for *_, count, _ in found)
    rows.append(
        (t("watch.total"), "", "", nf.number(lines, language),
         nf.number(total / CENTS, language, 2))
    )  # fmt: skip
    heads = ("clause_head", "from_head", "to_head", "lines_head", "euros_head")
    return html.table(
        t("watch.ledger_of", month=when(world, max(0, world.month - 1), language)),
        [t(f"watch.{head}") for head in heads],
        rows,
    )


def every_line(world: Neighbourhood, language: Language) -> str:
    """Return each line of this month's ledger."""
    t = texts(language)
    names = [ledger_name(clause, language, True) for clause in world.ledger.clauses]
    of = world.lines
    rows = [
        (
            nf.number(k + 1, language),
            names[clause],
            _who(payer, payer_id, language),
            _who(payee, payee_id, language),
            "" if patient < 0 else str(patient),
            nf.number(cents / CENTS, language, 2),
        )
        for k, (clause, payer, payer_id, payee, payee_id, patient, cents) in enumerate(
            of[["clause", "payer", "payer_id", "payee", "payee_id", "patient", "cents"]].itertuples(
                index=False, name=None
            )
        )
    ]
    heads = ("line_head", "clause_head", "from_head", "to_head", "patient_head", "euros_head")
    return html.table(
        t("watch.every_line", month=when(world, max(0, world.month - 1), language)),
        [t(f"watch.{head}") for head in heads],
        rows,
    )


def _who(kind: int, number: int, language: Language) -> str:
    words = party(kind, language)
    if kind == Party.PRACTICE:
        return texts(language)("watch.practice", number=number + 1)
    return f"{words} {number}" if kind == Party.PATIENT else words
