"""Twin lives told in words, ready for a terminal or a page (``twin_lives``)."""

import numpy as np

from experiments import number_format as nf
from experiments.number_format import Language
from experiments.scenario_names import label
from experiments.teaching.twin_lives import DIED, SHOWN, Twins, month_name
from experiments.teaching.twins import (
    DECISIONS,
    Cause,
    Pair,
    cause,
    choose,
    first_difference,
)
from experiments.texts import texts
from model.codes import DEAD, MODES
from scenarios.clause_words import clause_in_words
from scenarios.schema import Scenario

CENTS = 100.0


def twins_of(
    pair: Pair, scenarios: tuple[Scenario, Scenario], question: str, seed: int, share: float
) -> Twins:
    """Return the twin lives that answer a question.

    Args:
        pair: Both worlds (``experiments.teaching.twins.live``).
        scenarios: Baseline and policy.
        question: One of ``twin_lives.QUESTIONS``.
        seed: Seed of the worlds.
        share: Share of the country in them.
    """
    chosen = choose(pair, question)
    names = (scenarios[0].name, scenarios[1].name)
    year = pair.policy.first_year
    if chosen is None:
        said = {x: [_nobody(scenarios, seed, share, x)] for x in nf.LANGUAGES}
        return Twins(question, seed, share, names, False, -1, -1, year, {}, ([], []), -1, {}, said)
    lives = pair.lives(chosen.row)
    parting = first_difference(*lives)
    money = first_difference(*lives, columns=("paid", "own"))
    made = None if parting is None else cause(pair, chosen.row, parting)
    said: dict[Language, list[str]] = {}
    for language in nf.LANGUAGES:
        t = texts(language)
        lines = [
            t(f"twins.count.{question}", count=nf.number(chosen.count, language),
              of=nf.number(chosen.of, language),
              **({"year": year + chosen.month // 12} if question == "practice_loss" else {})),
            _who(pair, chosen.row, chosen.practice, chosen.month, language),
        ]  # fmt: skip
        if parting is None or made is None:
            lines.append(t("twins.never"))
        else:
            what = _what(parting.column, parting.values, language)
            when = month_name(year, parting.month, language)
            why = _cause(made, pair, language)
            lines.append(t("twins.part", when=_capital(when), what=what, cause=why))
            lines.append(t("twins.same"))
        if money is not None and (parting is None or money.month != parting.month):
            when = _capital(month_name(year, money.month, language))
            lines.append(t("twins.money", when=when))
        if question == "practice_loss":
            lines.append(_practice(pair, chosen.practice, scenarios, language))
        end = t("twins.end", seed=seed, share=nf.percentage(share, language, _digits(share)))
        said[language] = [*lines, end]
    return Twins(
        question, seed, share, names, True,
        -1 if parting is None else parting.month, -1 if money is None else money.month, year,
        {name: (_column(lives[0], name), _column(lives[1], name)) for name in SHOWN},
        (_stands(lives[0]), _stands(lives[1])), chosen.practice,
        _practice_lives(pair, chosen.practice), said,
    )  # fmt: skip


def _practice_lives(pair: Pair, practice: int) -> dict[str, tuple[list[float], list[float]]]:
    """Return a practice in both worlds by month, as ``OF_PRACTICE`` names it."""
    if practice < 0:
        return {}
    both = (pair.baseline, pair.policy)
    return {
        "margin": tuple(
            ((one.revenue - one.cost)[:, practice] / CENTS).round(2).tolist() for one in both
        ),
        "treated": tuple(one.treated[:, practice].tolist() for one in both),
    }


def _stands(life: dict[str, np.ndarray]) -> list[int]:
    return np.where(life["alive"] == DEAD, DIED, life["status"]).tolist()


def _column(life: dict[str, np.ndarray], name: str) -> list[float]:
    if name == "attacks":
        return (life["attack"] > 0).astype(float).tolist()
    values = life[name].astype(float)
    return (values / 100.0 if name in ("paid", "own") else values).tolist()


def _digits(share: float) -> int:
    return 0 if 100.0 * share >= 1.0 else 1


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _nobody(
    scenarios: tuple[Scenario, Scenario], seed: int, share: float, language: Language
) -> str:
    first, second = (scenario_label(one, language) for one in scenarios)
    return texts(language)(
        "twins.nobody", baseline=first, policy=second, seed=seed,
        share=nf.percentage(share, language, _digits(share)),
    )  # fmt: skip


def scenario_label(scenario: Scenario, language: Language) -> str:
    """Return the short name of a scenario."""
    return label(scenario.name, language, {scenario.name: scenario.title.model_dump()})


def _who(pair: Pair, row: int, practice: int, month: int, language: Language) -> str:
    t, person = texts(language), pair.history.person
    born = pair.history.span.first_year + int(person.birth_month[row]) // 12
    return t(
        "twins.who", row=row, sex=t("twins.female" if person.female[row] else "twins.male"),
        born=born, gold=int(pair.policy.columns["gold"][month, row]), practice=practice,
        when=month_name(pair.policy.first_year, month, language),
    )  # fmt: skip


def _what(column: str, values: tuple[float, float], language: Language) -> str:
    t = texts(language)
    if column == "status":
        before, after = (t(f"twins.status.{int(value)}") for value in values)
    elif column == "mode":
        before, after = (t(f"twins.mode.{MODES[int(value)]}") for value in values)
    elif column == "weight_class":
        before, after = (str(int(value) + 1) for value in values)
    else:
        digits = 1 if column == "plan" else SHOWN.get(column, 0)
        before, after = (nf.number(value, language, digits) for value in values)
    if column == "refused":
        return t("twins.what.refused" if values[1] > values[0] else "twins.what.not_refused")
    key = f"twins.what.{column}"
    wanted = t.placeholders(key)
    return t(key, **{k: v for k, v in (("before", before), ("after", after)) if k in wanted})


def _cause(made: Cause, pair: Pair, language: Language) -> str:
    t = texts(language)
    p = pair.history.basis
    words = [clause_in_words(one.filled(p), language) for one in made.clauses]
    key = f"twins.cause.{made.kind}"
    return t(key, clauses="; ".join(words)) if made.clauses else t(key)


def _practice(
    pair: Pair, practice: int, scenarios: tuple[Scenario, Scenario], language: Language
) -> str:
    both = [lives.result()[:, practice] / 100.0 for lives in (pair.baseline, pair.policy)]
    years = [
        f"{pair.policy.first_year + k}: {nf.number(one, language)} / {nf.number(two, language)}"
        for k, (one, two) in enumerate(zip(*both, strict=True))
    ]
    first, second = (scenario_label(one, language) for one in scenarios)
    return texts(language)(
        "twins.practice", practice=practice, baseline=first, policy=second, years="; ".join(years)
    )


#: Everything that decides a month; a test asks that each has words.
COLUMNS_WITH_WORDS = tuple(
    name for key, names in DECISIONS.items() if key != "payment" for name in names
)
