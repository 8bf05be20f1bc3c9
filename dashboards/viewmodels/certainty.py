"""How sure: which assumptions carry the answer, and in how many runs each test holds."""

from dashboards import palette
from dashboards.charts.rows import Row, rows_chart
from dashboards.result import Result
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure, both_widths
from experiments import number_format as nf
from experiments.number_format import Language
from model.parameters import load_registry


@shared
def carriers_figure(result: Result, language: Language) -> Figure | None:
    """Return the assumptions that go along most with the difference in spending; None without."""
    found = result.data["carriers"]
    if not found:
        return None
    t, registry = texts(language), load_registry()
    rows, table, data = [], [], []
    for k, (name, rho, clear) in enumerate(found):
        label = getattr(registry[name].label, language) if name in registry else name
        said = nf.difference(rho, language, 2)
        letter = f"{k + 1}. {label}"
        colour = palette.SCENARIOS[0][0] if clear else palette.BORDER
        rows.append(Row(letter, rho, (min(0.0, rho), max(0.0, rho)), None, said, colour=colour))
        source = registry[name].source if name in registry else ""
        table.append((label, said, t("carrier.clear" if clear else "carrier.unclear"), source))
        data.append((name, rho, clear))

    def draw(width: float) -> str:
        return rows_chart(rows, lambda x: nf.number(x, language, 1), width, t("carrier.key"), "")

    first = found[0]
    return Figure(
        id="carriers",
        title=t("carrier.title"),
        sentence=t("carrier.sentence", first=table[0][0], rho=nf.difference(first[1], language, 2),
                   count=len(found), draws=result.draws),
        columns=(t("carrier.assumption"), t("carrier.rho"), t("carrier.status"), t("table.source")),
        rows=tuple(table),
        data=(("parameter", "rank_correlation", "clear"), *data),
        note=t("carrier.note", draws=result.draws),
        about="carriers",
        **both_widths(draw),
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
