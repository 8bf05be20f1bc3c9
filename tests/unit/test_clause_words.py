"""Clauses in words: every clause, field and word in both languages."""

from typing import Literal, get_args, get_origin

import pytest
from scenario_files import REGISTRY

from model.contracts.audit import Audit
from model.contracts.flat_bundle import FlatBundle
from model.contracts.kpi import Kpi
from model.contracts.pro_rata import ProRata
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.stop_loss import StopLoss
from scenarios.clause_words import clause_in_words, texts
from scenarios.sentences import CLAUSES

P = REGISTRY.values()


@pytest.mark.parametrize("name", CLAUSES)
def test_every_clause_and_field_has_words(name):
    said = texts()["clauses"][name]
    assert said["en"] and said["nl"]
    fields = set(CLAUSES[name].model_fields) - {"clause"}
    if name == "kpi":
        assert "{indicator}" in said["en"] and "{indicator}" in said["nl"]
        fields.remove("indicator")
    assert set(said) - {"en", "nl"} == fields
    for field in fields:
        for language in ("en", "nl"):
            assert said[field][language]


def literals(annotation) -> list[str]:
    """Return the words that a field can have."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [word for part in get_args(annotation) for word in literals(part)]


@pytest.mark.parametrize("name", CLAUSES)
def test_every_word_of_a_clause_is_translated(name):
    for field, known in CLAUSES[name].model_fields.items():
        if field not in ("clause", "indicator"):
            for word in literals(known.annotation):
                assert set(texts()["words"][word]) == {"en", "nl"}, (field, word)


def test_no_words_without_a_clause():
    assert set(texts()["clauses"]) == set(CLAUSES)


def test_what_is_stated_is_said():
    assert clause_in_words(FlatBundle(), "en") == "flat bundle per quarter"
    assert clause_in_words(FlatBundle(maintenance_price=False, prices=(1250.5,)), "en") == (
        "flat bundle per quarter (fixed prices EUR 1,250.5, maintenance at the same price)"
    )
    assert clause_in_words(StopLoss(attachment=1800.0, share=0.75), "nl") == (
        "stop-loss (boven EUR 1.800 per patiëntjaar, 75% daarvan)"
    )
    assert clause_in_words(RiskCorridor(width=0.025, kept=0.5, pool="group"), "nl") == (
        "risicocorridor (buiten 2,5% van de omzet, 50% blijft bij de praktijk, resultaat per groep "
        "praktijken)"
    )
    assert clause_in_words(ProRata(), "en") == "unused months go back"


def test_what_is_left_out_is_said_once_filled():
    assert clause_in_words(Audit(), "en") == "audits of files"
    assert clause_in_words(Audit().filled(P), "en") == (
        "audits of files (4% of files, 80% of errors found, fine 1 times the gain, EUR 150 per "
        "file for the insurer, EUR 75 per file for the practice, 30% after a missed KPI)"
    )


def test_a_kpi_says_what_bears_on_it():
    # share counts only where money is at stake, confidence only where a bound is used
    watched = Kpi(indicator="heavy_class", at_most=0.65, case_mix=True, consequence="audit")
    assert clause_in_words(watched.filled(P), "en") == (
        "KPI: quarters in the heaviest class (at most 0.65, from 10 measurements, adjusted for "
        "case mix, more audits if missed)"
    )
    paid = Kpi(
        indicator="prem", at_least=8.0, consequence="bonus", judged_on="confidence_bound", years=2
    )
    assert clause_in_words(paid.filled(P), "nl") == (
        "KPI: patiëntervaring (PREM) (ten minste 8, vanaf 10 metingen, 2 jaren samen, met het "
        "voordeel van de twijfel, 90% zekerheid, bonus indien gehaald, 5% van de omzet)"
    )
