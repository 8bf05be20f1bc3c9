"""Lines of the ledger in words: one list, in both languages, for whatever can be booked."""

import ast
from pathlib import Path

import pytest

import model
from scenarios.ledger_words import booked, ledger_name
from scenarios.sentences import CLAUSES

#: Clauses that decide, but book nothing under their own name.
BOOK_NOTHING = {
    "index_band", "offer_band", "change_cap", "minimum_contacts", "regrading", "session_floor",
    "membership", "joint_contracting", "single_purchasing", "negotiation", "kpi",
}  # fmt: skip


def posted() -> set[str]:
    """Return the names of clauses that the model's code writes into a ledger as they stand."""
    found = set()
    for path in Path(model.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("post", "pay"):
                found |= {one.value for one in node.args if isinstance(one, ast.Constant)
                          and isinstance(one.value, str)}  # fmt: skip
    return found


def test_whatever_the_model_books_by_name_has_words():
    assert posted() and posted() <= set(booked())


def test_every_clause_that_can_be_booked_has_words():
    assert set(CLAUSES) - BOOK_NOTHING <= set(booked())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_names_are_short_enough_for_a_figure_and_tell_clauses_apart(language):
    names = [one[language] for one in booked().values()]
    assert max(map(len, names)) <= 24 and len(set(names)) == len(names)


def test_a_kpi_says_which_indicator_only_where_there_is_room():
    assert ledger_name("kpi_measured", "nl") == "KPI-betaling"
    assert ledger_name("withheld_kpi_measured", "en", True).startswith("KPI part withheld: ")


def test_a_clause_without_words_keeps_its_name():
    assert ledger_name("new_clause", "nl") == "new clause"
