"""How sure: which assumptions carry the answer, and in how many runs each test holds."""

from dashboards.charts.tornado import Swing, tornado
from dashboards.result import Result
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from experiments import number_format as nf
from experiments.number_format import Language
from experiments.source_words import page_source
from model.parameters import load_registry

#: Numbers of an assumption in a result: name, correlation, clear, and spending with it low, high.
ROW = 5
MILLION = 1e6


@shared
def carriers_figure(result: Result, language: Language) -> Figure | None:
    """Return what the difference in spending is with each assumption low and high; None without.

    The widest swing comes first, in euros, both directions.
    """
    found = [row for row in result.data["carriers"] if len(row) == ROW]
    if not found:
        return None
    t, registry = texts(language), load_registry()
    found.sort(key=lambda row: -abs(row[4] - row[3]))
    labels = [
        getattr(registry[row[0]].label, language) if row[0] in registry else row[0] for row in found
    ]

    def euros(amount: float) -> str:
        return nf.signed(nf.euros(amount, language))

    def draw(width: float) -> str:
        swings = [
            Swing(label, low / MILLION, high / MILLION, clear)
            for label, (_, _, clear, low, high) in zip(labels, found, strict=True)
        ]
        middle = (result.effect("paramedical_spending").mean or 0.0) / MILLION
        keys = (t("carrier.low"), t("carrier.high"))
        return tornado(swings, middle, lambda x: nf.number(x, language, 1), width, keys)

    table = tuple(
        (label, euros(low), euros(high), nf.difference(rho, language, 2),
         t("carrier.clear" if clear else "carrier.unclear"),
         page_source(registry[name].source, language) if name in registry else "")
        for label, (name, rho, clear, low, high) in zip(labels, found, strict=True)
    )  # fmt: skip
    return Figure(
        id="carriers",
        title=t("carrier.title"),
        sentence=t("carrier.sentence", first=labels[0], low=table[0][1], high=table[0][2],
                   count=len(found)),
        columns=(t("carrier.assumption"), t("carrier.low"), t("carrier.high"), t("carrier.rho"),
                 t("carrier.status"), t("table.source")),
        rows=table,
        data=(("parameter", "rank_correlation", "clear", "low_eur", "high_eur"),
              *(tuple(row) for row in found)),
        note=t("carrier.note", draws=result.draws),
        about="carriers",
        draw=draw,
    )  # fmt: skip


def chances(result: Result, language: Language) -> list[tuple[str, str, str]]:
    """Return per test: name, in how many runs it holds, and the word for that."""
    t = texts(language)
    out = []
    for name in ("neutrality", "entitlement", "together"):
        found = result.test(name)
        word = nf.probability_word(found.hits, found.of, language)
        out.append((t(f"gauge.{name}.short"), nf.runs_share(found.hits, found.of, language), word))
    return out
