"""Twin lives as figures: a patient and the practice, in two worlds, month by month."""

from collections.abc import Sequence

from dashboards.charts.svg import Scale, Sheet, span
from dashboards.palette import BASELINE, SCENARIOS, SECONDARY, TEXT
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from experiments import number_format as nf
from experiments.number_format import Language
from experiments.teaching.twin_lives import OF_PRACTICE, SHOWN, Twins, heads, month_name, rows
from experiments.texts import texts as sentences

#: Panels of the chart of a patient, top to bottom; of a practice they are ``OF_PRACTICE``.
PANELS = ("sessions", "training", "burden", "attacks", "paid")
#: What is added up over time: each month alone says little.
ADDED_UP = ("attacks", "paid", "margin")
#: What does not begin at zero, and what has decimals.
FREE, FINE = ("burden",), ("training", "burden")
COLOURS = (BASELINE, SCENARIOS[0][0])
#: Height of a panel, and of the legend above all of them.
PITCH, LEGEND = 118.0, 62.0

#: What both worlds are called.
Names = tuple[str, str]
Both = dict[str, tuple[list[float], list[float]]]


def twin_figure(twins: Twins, names: Names, language: Language) -> Figure:
    """Return two lives as a figure, with the months round the parting as its table."""
    t, s = texts(language), sentences(language)
    when = month_name(twins.first_year, max(0, twins.parting), language)
    key = "class.twins.sentence" if twins.parting >= 0 else "class.twins.sentence_same"
    wanted = {"when": when} if twins.parting >= 0 else {}
    titles = [
        t(f"class.twins.added_up.{name}") if name in ADDED_UP else s(f"twins.column.{name}")
        for name in PANELS
    ]
    return Figure(
        "twins", t("class.twins.title", baseline=names[0], policy=names[1]), t(key, **wanted),
        draw=
            lambda width: _chart(twins, twins.lives, PANELS, titles, names, when, width, language)
        ,
        columns=tuple(heads(language)),
        rows=tuple(tuple(row) for row in rows(twins, language)),
        data=(
            ("month", *(f"{name}_{world}" for name in SHOWN for world in ("baseline", "policy"))),
            *(
                (_month(twins, k), *(one[k] for name in SHOWN for one in twins.lives[name]))
                for k in range(len(twins.status[0]))
            ),
        ),
        note=s("twins.caption", baseline=names[0], policy=names[1]),
    )  # fmt: skip


def practice_figure(twins: Twins, names: Names, language: Language) -> Figure:
    """Return the practice in both worlds as a figure, with a year a row as its table."""
    t = texts(language)
    titles = [t("class.twins.added_up.margin"), t("class.twins.treated")]
    when = month_name(twins.first_year, max(0, twins.parting), language)
    margin, treated = (twins.of_practice[name] for name in OF_PRACTICE)
    months = len(margin[0])
    years = [slice(first, first + 12) for first in range(0, months, 12)]
    sums = [[sum(one[year]) for one in margin] for year in years]
    means = [[sum(one[year]) / 12 for one in treated] for year in years]
    return Figure(
        "twins_practice", t("class.twins.practice", number=twins.practice),
        t(
            "class.twins.practice_sentence", baseline=names[0], policy=names[1],
            **{key: nf.number(sum(one), language)
               for key, one in zip(("one", "two"), margin, strict=True)},
        ),
        draw=
            lambda width: _chart(
                twins, twins.of_practice, OF_PRACTICE, titles, names, when, width, language
            )
        ,
        columns=(
            t("table.year"),
            *(t("class.twins.margin_in", world=name) for name in names),
            *(t("class.twins.treated_in", world=name) for name in names),
        ),
        rows=tuple(
            (
                str(twins.first_year + k), *(nf.number(x, language) for x in sums[k]),
                *(nf.number(x, language, 1) for x in means[k]),
            )
            for k in range(len(years))
        ),
        data=(
            ("month", *(f"{n}_{world}" for n in OF_PRACTICE for world in ("baseline", "policy"))),
            *(
                (_month(twins, k), *(one[k] for n in OF_PRACTICE for one in twins.of_practice[n]))
                for k in range(months)
            ),
        ),
    )  # fmt: skip


def _month(twins: Twins, month: int) -> str:
    return f"{twins.first_year + month // 12}-{month % 12 + 1:02d}"


def _chart(
    twins: Twins, both: Both, panels: Sequence[str], titles: Sequence[str], names: Names, when: str,
    width: float, language: Language,
) -> str:  # fmt: skip
    left, right = (48.0, 10.0) if width < 500 else (60.0, 16.0)
    sheet = Sheet(width, LEGEND + PITCH * len(panels) + 24)
    months = len(twins.status[0])
    across = Scale(0, max(1, months - 1), left + 4, width - right - 4)
    for place, (name, colour) in enumerate(zip(names, COLOURS, strict=True)):
        y = 14.0 + 18.0 * place
        sheet.line(0, y - 4, 22, y - 4, colour, 2.4, "6 4" if place == 0 else "")
        sheet.text(28, y, name, colour=colour, bold=True)
    for panel, (name, title) in enumerate(zip(panels, titles, strict=True)):
        top = LEGEND + PITCH * panel
        lives = [_line(both, name, place) for place in (0, 1)]
        up = Scale(*span([*lives[0], *lives[1]], zero=name not in FREE), top + 88.0, top + 20.0)
        sheet.text(0, top + 8, title, bold=True, size=12)
        for number in up.ticks(2):
            sheet.line(left, up(number), width - right, up(number))
            digits = 1 if name in FINE else 0
            sheet.text(
                left - 6, up(number) + 4, nf.number(number, language, digits), "end", SECONDARY, 12
            )
        for life, colour, dash in zip(lives, COLOURS, ("6 4", ""), strict=True):
            points = [(across(k), up(x)) for k, x in enumerate(life)]
            sheet.path(points, colour, dash=dash)
        if twins.parting >= 0:
            x = across(twins.parting)
            sheet.line(x, top + 16, x, top + 90, TEXT, 1.2, "2 3")
            if panel == 0:
                late = twins.parting > months / 2
                sheet.text(
                    x + (-6 if late else 6), top + 8, when, "end" if late else "start", TEXT, 12
                )
    bottom = LEGEND + PITCH * len(panels) - 8
    for year in range(0, months, 12):
        sheet.text(across(year), bottom, str(twins.first_year + year // 12), "start", SECONDARY, 12)
    return sheet.done()


def _line(both: Both, name: str, place: int) -> list[float]:
    values = both[name][place]
    if name not in ADDED_UP:
        return values
    total, out = 0.0, []
    for one in values:
        total += one
        out.append(total)
    return out
