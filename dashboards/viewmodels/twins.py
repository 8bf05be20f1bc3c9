"""The practice behind a question on twin lives: what it earned in both worlds, year by year."""

from collections.abc import Sequence

from dashboards.charts.paths import PathWords, path_chart
from dashboards.result import Effect
from dashboards.texts import texts
from dashboards.viewmodels.contract import money as exact
from dashboards.viewmodels.figure import Figure, both_widths
from experiments import number_format as nf
from experiments.number_format import Language


def practice_figure(
    number: int,
    first_year: int,
    results: tuple[Sequence[float], Sequence[float]],
    labels: tuple[str, str],
    language: Language,
) -> Figure:
    """Return the result of one practice per year in both worlds, and the difference.

    Args:
        number: Of the practice.
        first_year: Year of the first result.
        results: Revenue less full cost per year, EUR, in the first and in the second world.
        labels: Names of the worlds.
        language: "nl" or "en".
    """
    t = texts(language)
    years = [first_year + k for k in range(len(results[0]))]
    effects = [
        Effect(str(year), a, b - a, None, None, 0, False)
        for year, a, b in zip(years, *results, strict=True)
    ]
    words = PathWords(
        *labels, levels=t("practice.levels"), difference=t("practice.twin.difference"), chance="",
        assumptions="",
    )  # fmt: skip

    def euros(amount: float) -> str:
        return nf.signed(exact(amount, language))

    def draw(width: float) -> str:
        return path_chart(effects, words, lambda x: nf.number(x, language),
                          lambda x: nf.difference(x, language), width)  # fmt: skip

    worst = min(range(len(years)), key=lambda k: results[1][k])
    return Figure(
        id="twin_practice",
        title=t("practice.twin.title", number=number),
        sentence=t("practice.twin.sentence", year=years[worst], first=labels[0], second=labels[1],
                   before=euros(results[0][worst]), after=euros(results[1][worst])),
        columns=(t("practice.year"), *labels, t("table.difference")),
        rows=tuple(
            (str(year), euros(a), euros(b), euros(b - a))
            for year, a, b in zip(years, *results, strict=True)
        ),
        data=(("year", "first_eur", "second_eur", "difference_eur"),
              *((year, a, b, b - a) for year, a, b in zip(years, *results, strict=True))),
        note=t("practice.twin.note"),
        about="practices",
        **both_widths(draw),
    )  # fmt: skip
