"""Budget gauges: whether spending stays within what is allowed, year by year."""

from dashboards.charts.rows import Row, rows_chart
from dashboards.result import Result
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from dashboards.viewmodels.outcomes import band_names
from experiments import number_format as nf
from experiments.number_format import Language

MILLION = 1e6


@shared
def gauge(result: Result, test: str, language: Language) -> Figure:
    """Return one of the budget gauges, year by year.

    Args:
        result: Results.
        test: "entitlement" (against the framework), "neutrality" (against zero) or "together".
        language: "nl" or "en".
    """
    t, found = texts(language), result.test(test)
    guessed = result.estimated and not found.of  # the price leaves the entitlement test as it is
    bands = band_names(guessed, language)
    against = test != "neutrality"
    rows, table, data = [], [], []
    for k, year in enumerate(result.years):
        hits = round(found.by_year[k] * found.of)
        said = t("gauge.of", hits=hits, of=found.of) if found.of else ""
        limit = result.framework[k] if against else None
        mean, chance, assumptions = found.means[k], found.chance[k], found.assumptions[k]
        rows.append(
            Row(str(year), mean / MILLION, _millions(chance), _millions(assumptions), said,
                None if limit is None else limit / MILLION)
        )  # fmt: skip
        words = [_euros(mean, language), *(_euro_range(x, language) for x in (chance, assumptions))]
        limits = [nf.exact_euros(limit, language)] if limit is not None else []
        table.append((str(year), *words, *limits, said or t("unknown")))
        data.append(
            (year, mean, *(chance or ("", "")), *(assumptions or ("", "")),
             0 if limit is None else limit, hits, found.of)
        )  # fmt: skip

    def draw(width: float) -> str:
        return rows_chart(
            rows, lambda x: nf.number(x, language, 1), width, *bands,
            t("gauge.limit") if against else "", dashed=guessed,
        )  # fmt: skip

    heads = [t("table.year"), t("table.difference"), *bands]
    note = "gauge.interpolated" if against else "gauge.neutral_note"
    return Figure(
        id=f"budget_{test}",
        title=t(f"gauge.{test}.title"),
        sentence=t(
            f"gauge.{test}.sentence_estimate" if guessed else f"gauge.{test}.sentence",
            mean=_euros(sum(found.means) / len(found.means), language),
            first=result.years[0], last=result.years[-1],
            **({"runs": nf.runs_share(found.hits, found.of, language)} if found.of else {}),
        ),
        columns=(*heads, *([t("gauge.limit")] if against else []), t(f"gauge.{test}.holds")),
        rows=tuple(table),
        data=(
            ("year", "mean_eur", "chance_low_eur", "chance_high_eur", "assumptions_low_eur",
             "assumptions_high_eur", "limit_eur", "runs_within", "runs"), *data,
        ),
        note=t("gauge.neutral_note_estimate" if guessed else note),
        about="budget_neutrality" if test == "neutrality" else "budget_entitlement",
        draw=draw,
    )  # fmt: skip


def verdict_words(result: Result, test: str, language: Language) -> str:
    """Return in how many runs a test holds over the window, with a word for the probability."""
    found = result.test(test)
    said = nf.probability(found.hits, found.of, language)
    return texts(language)(f"gauge.{test}.verdict", probability=said)


def _millions(pair: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if pair is None else (pair[0] / MILLION, pair[1] / MILLION)


def _euros(amount: float, language: Language) -> str:
    return nf.signed(nf.euros(amount, language))


def _euro_range(pair: tuple[float, float] | None, language: Language) -> str:
    if pair is None:
        return texts(language)("unknown")
    return nf.between(_euros(pair[0], language), _euros(pair[1], language), language)
