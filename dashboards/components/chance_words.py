"""Which word stands for which chance, as a table on a page."""

from dashboards.components import html
from dashboards.texts import texts
from experiments import number_format as nf
from experiments.number_format import Language
from experiments.probability_words import fewest_for_outermost, word_bounds
from experiments.wilson import wilson_interval

#: Runs of the example that says why few runs earn neither outermost word.
FEW = 10


def chance_words_html(language: Language) -> str:
    """Return the table of words, and why the outermost two need many runs."""
    t, bounds = texts(language), word_bounds(language)
    note = t(
        "words.note", few=FEW, high=nf.percentage(wilson_interval(0, FEW)[1], language),
        unlikely=bounds[-2][0], enough=fewest_for_outermost(), excluded=bounds[-1][0],
    )  # fmt: skip
    heads = (t("words.word"), t("words.runs"))
    return html.table(t("words.caption"), heads, bounds) + html.paragraphs([note], "zb-small")
