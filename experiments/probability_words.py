"""Which word stands for which probability, as a table for the brief and for pages."""

from itertools import pairwise

from experiments.number_format import PROBABILITY_WORDS, Language
from experiments.texts import texts
from experiments.wilson import wilson_interval


def word_bounds(language: Language) -> list[tuple[str, str]]:
    """Return each word with the runs out of 100 for which it stands, from certain to excluded."""
    t = texts(language)
    bounds = [round(100 * bound) for bound, _ in PROBABILITY_WORDS]
    counts = [t("brief.words.most", low=bounds[0])]
    counts += [t("brief.words.between", low=low, high=high) for high, low in pairwise(bounds[:-1])]
    counts.append(t("brief.words.least", high=bounds[-2]))
    return [(word[language], count) for (_, word), count in zip(PROBABILITY_WORDS, counts,
                                                              strict=True)]  # fmt: skip


def fewest_for_outermost() -> int:
    """Return from how many runs on none (or all) of them earns one of the two outermost words."""
    bound = PROBABILITY_WORDS[-2][0]
    return next(of for of in range(1, 1000) if wilson_interval(0, of)[1] <= bound)
