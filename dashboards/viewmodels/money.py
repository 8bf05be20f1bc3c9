"""Following the money: flows from insurer to practice, practices in groups, and one of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import palette
from dashboards.charts.dots import dot_plot
from dashboards.charts.paths import PathWords, path_chart
from dashboards.charts.sankey import Flow, sankey
from dashboards.result import Effect
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.contract import money as exact
from dashboards.viewmodels.figure import NARROW, Figure
from experiments import number_format as nf
from experiments.number_format import Language
from scenarios.ledger_words import ledger_name

#: Frameworks that are about physiotherapy; the rest is other care, thirty times as much.
ABOUT_PHYSIOTHERAPY = ("paramedical", "outside", "deductible")

#: Insurers shown by letter; the smaller ones together.
BY_LETTER = 4

_COLOURS = {
    "paramedical": palette.SCENARIOS[0][0],
    "outside": palette.SCENARIOS[2][0],
    "deductible": palette.SCENARIOS[1][0],
}


def shown_flows(rows: Sequence[Sequence], only: Sequence[str] = ABOUT_PHYSIOTHERAPY) -> list[list]:
    """Return the rows [payer, insurer, framework, clause, payee, cents] of some frameworks."""
    return [list(row) for row in rows if row[2] in only]


def party(kind: str, insurer: str, language: Language, paying: bool) -> str:
    """Return what a payer or payee is called; insurers by letter, the smaller ones together."""
    t = texts(language)
    if kind == "insurer":
        letters = "ABCDEFGHIJ"
        if letters.index(insurer) < BY_LETTER:
            return t("money.insurer", letter=insurer)
        return t("money.insurers", first=letters[BY_LETTER], last=letters[-1])
    way = "pays" if paying else "gets"
    return t(f"money.party.{kind}.{way}")


def flows(rows: Sequence[Sequence], scale: float, years: int, language: Language) -> list[Flow]:
    """Return the flows of a chart, EUR a year in the country."""
    t = texts(language)
    return [
        Flow(
            (party(payer, insurer, language, True), t(f"money.framework.{framework}"),
             ledger_name(clause, language), party(payee, insurer, language, False)),
            cents / 100.0 * scale / years, _COLOURS.get(framework, palette.BASELINE),
        )
        for payer, insurer, framework, clause, payee, cents in rows
    ]  # fmt: skip


@shared
def flow_figure(data: Mapping[str, Any], which: str, label: str, language: Language) -> Figure:
    """Return the money of one world as a Sankey diagram; its table has every flow to the cent.

    Args:
        data: ``dashboards.follow``.
        which: "baseline" or "scenario".
        label: Name of that world.
        language: "nl" or "en".
    """
    t, every = texts(language), data["flows"][which]
    own = shown_flows(every)
    years = len(data["years"])
    found = flows(own, data["scale"], years, language)
    heads = tuple(t(f"money.head.{name}") for name in ("payer", "framework", "clause", "payee"))

    def euros(amount: float) -> str:
        return nf.euros(amount, language)

    total = sum(row[5] for row in own)
    table = [
        (party(row[0], row[1], language, True), t(f"money.framework.{row[2]}"),
         ledger_name(row[3], language), party(row[4], row[1], language, False),
         cents(row[5], language))
        for row in every
    ]  # fmt: skip
    biggest = max(found, key=lambda flow: flow.amount, default=None)

    def draw(width: float) -> str:
        if width > NARROW:
            return sankey(found, heads, euros, width)
        return sankey(_ends(found), (heads[0], heads[2]), euros, width)

    return Figure(
        id=f"money_{which}",
        title=t("money.flow.title", world=label),
        sentence=t(
            "money.flow.sentence", total=euros(total / 100.0 * data["scale"] / years),
            **dict(zip(("payer", "framework", "clause", "payee"),
                       biggest.places if biggest else ("-",) * 4, strict=True)),
        ),
        columns=(*heads, t("money.head.cents")),
        rows=tuple(table),
        data=(("payer", "insurer", "framework", "clause", "payee", "cents_simulated"),
              *(tuple(row) for row in every)),
        note=t("money.flow.note", scale=nf.number(data["scale"], language), years=years,
               all=cents(sum(row[5] for row in every), language)),
        about="money",
        draw=draw,
    )  # fmt: skip


def _ends(found: Sequence[Flow]) -> list[Flow]:
    """Return who pays and for what: all that a narrow screen has room for."""
    return [Flow((one.places[0], one.places[2]), one.amount, one.colour) for one in found]


def cents(amount: int, language: Language) -> str:
    """Return whole cents as an exact amount."""
    return f"EUR {nf.number(amount / 100.0, language, 2)}"


def commands(data: Mapping[str, Any], baseline: str) -> tuple[str, str]:
    """Return the commands that keep the ledgers of both worlds in a folder each, baseline last.

    Args:
        data: ``dashboards.follow``.
        baseline: Name of the scenario compared with.
    """
    asked = data["asked"]
    sets = "".join(f" --set {name}={value!r}" for name, value in sorted(asked["settings"].items()))
    size = f"--share {asked['share']!r} --years {len(data['years'])} --seed {asked['seed']}"
    return (
        f"zorgbundel run {asked['scenario']} {size}{sets} --out money-scenario",
        f"zorgbundel run {baseline} {size}{sets} --out money-baseline",
    )


# --- practices


@shared
def practices_figure(data: Mapping[str, Any], chosen: int, language: Language) -> Figure:
    """Return twenty equal groups of practices by change in yearly result.

    Args:
        data: ``dashboards.follow``.
        chosen: Group that is followed, from 1.
        language: "nl" or "en".
    """
    t, found = texts(language), data["practices"]
    groups = found["groups"]
    small = [group["one"]["small"] for group in groups]

    def money(x: float) -> str:
        return nf.difference(x, language)

    def draw(width: float) -> str:
        return dot_plot([group["change"] for group in groups], money, width,
                        t("practices.axis"), small, chosen - 1,
                        (t("practices.followed"), t("practices.small")))  # fmt: skip

    table = [
        (str(k + 1), str(group["practices"]), nf.signed(exact(group["change"], language)),
         t("practices.small") if group["one"]["small"] else
         nf.number(group["patients"] / group["practices"], language, 1))
        for k, group in enumerate(groups)
    ]  # fmt: skip
    return Figure(
        id="practices",
        title=t("practices.title"),
        sentence=t("practices.sentence", losers=nf.number(found["losers"], language),
                   counted=nf.number(found["counted"], language),
                   low=nf.signed(exact(groups[0]["change"], language)),
                   high=nf.signed(exact(groups[-1]["change"], language))),
        columns=(t("practices.group"), t("practices.count"), t("practices.change"),
                 t("practices.patients")),
        rows=tuple(table),
        data=(("group", "practices", "change_eur", "patients_per_practice"),
              *((k + 1, g["practices"], g["change"], g["patients"] / g["practices"])
                for k, g in enumerate(groups))),
        note=t("practices.note"),
        about="practices",
        draw=draw,
    )  # fmt: skip


@shared
def practice_figure(
    data: Mapping[str, Any], chosen: int, labels: tuple[str, str], language: Language
) -> Figure:
    """Return one practice over the years in both worlds: its result, and a table with more."""
    t, groups = texts(language), data["practices"]["groups"]
    one = groups[min(chosen, len(groups)) - 1]["one"]
    before, after = (result_of(one[name]) for name in ("baseline", "scenario"))
    effects = [
        Effect(str(year), a, b - a, None, None, patients, one["small"])
        for year, a, b, patients in zip(
            data["years"], before, after, one["baseline"]["patients"], strict=True
        )
    ]
    words = PathWords(
        *labels, levels=t("practice.levels"), difference=t("practice.difference"), chance="",
        assumptions="",
    )  # fmt: skip

    def draw(width: float) -> str:
        return path_chart(effects, words, lambda x: nf.number(x, language),
                          lambda x: nf.difference(x, language), width)  # fmt: skip

    table, values = [], []
    for k, year in enumerate(data["years"]):
        for name, label in zip(("baseline", "scenario"), labels, strict=True):
            own = one[name]
            table.append(
                (str(year), label, exact(own["revenue"][k], language),
                 exact(own["cost"][k], language),
                 nf.signed(exact(own["revenue"][k] - own["cost"][k], language)),
                 str(own["patients"][k]), _maybe(own["sessions"][k], language),
                 _maybe(own["satisfaction"][k], language),
                 t("practice.yes") if own["contract"][k] else t("practice.no"))
            )  # fmt: skip
            columns = ("revenue", "cost", "patients", "sessions", "satisfaction", "contract")
            values.append((year, name, *(own[column][k] for column in columns)))
    size = t("practice.size.large" if one["size"] == "large" else "practice.size.small")
    small = [t("practice.small")] if one["small"] else []
    return Figure(
        id="practice",
        title=t("practice.title", group=chosen, size=size),
        sentence=t("practice.sentence", last=data["years"][-1],
                   before=nf.signed(exact(before[-1], language)),
                   after=nf.signed(exact(after[-1], language)),
                   baseline=labels[0], scenario=labels[1]),
        columns=tuple(t(f"practice.{name}") for name in (
            "year", "world", "revenue", "cost", "result", "patients", "sessions", "satisfaction",
            "contract")),
        rows=tuple(table),
        data=(("year", "world", "revenue_eur", "cost_eur", "patients", "sessions_per_patient",
               "job_satisfaction", "contract"), *values),
        note=" ".join([t("practice.note"), *small]),
        about="practices",
        draw=draw,
    )  # fmt: skip


def result_of(one: Mapping[str, Sequence[float]]) -> list[float]:
    """Return revenue less cost per year."""
    return [revenue - cost for revenue, cost in zip(one["revenue"], one["cost"], strict=True)]


def _maybe(value: float | None, language: Language) -> str:
    return "-" if value is None else nf.number(value, language, 1)
