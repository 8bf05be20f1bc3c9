"""Following the money: equal to the ledger, to the cent, and practices with a warning."""

from collections import defaultdict

import pytest

from dashboards import library_more
from dashboards.charts.sankey import Flow, link_totals, node_totals, sankey
from dashboards.follow import BASELINE, follow
from dashboards.viewmodels import money as model
from model.parameters import load_registry
from model.policy import HISTORY
from model.population import Size
from model.simulation import Span, World
from scenarios.ledger_words import ledger_name
from scenarios.loader import load

NAME, SHARE = "bundle_all_safeguards", 0.003


@pytest.fixture(scope="module")
def tiny():
    return follow({"scenario": NAME, "settings": {}, "share": SHARE, "seed": 3})


@pytest.fixture(scope="module")
def ledgers():
    """The same worlds, without anybody who watches."""
    registry = load_registry()
    p, span = registry.values(), Span()
    history = World(p, HISTORY, 3, Size.of_share(p, SHARE), span, keep_lines=False)
    history.run(span.policy_month)
    worlds = [history.branch(load(name, registry).policy()).run() for name in (BASELINE, NAME)]
    return [world.ledger.totals(span.first_year) for world in worlds]


@pytest.fixture(scope="module")
def stored():
    return library_more.more(NAME)["follow"]


def test_flows_are_the_ledger_to_the_cent(tiny, ledgers):
    for which, totals in zip(("baseline", "scenario"), ledgers, strict=True):
        own = totals[totals["paid_in"] >= 2025]
        rows = tiny["flows"][which]
        assert sum(row[5] for row in rows) == int(own["cents"].sum())
        by_clause = own.groupby(["framework", "clause"])["cents"].sum()
        found = defaultdict(int)
        for _, _, framework, clause, _, cents in rows:
            found[framework, clause] += cents
        assert found == {key: int(cents) for key, cents in by_clause.items()}


def test_the_diagram_loses_nothing_between_its_columns(stored):
    rows = model.shown_flows(stored["flows"]["scenario"])
    flows = [
        Flow((one[0], one[2], one[3], one[4]), one[5], "#000000") for one in rows
    ]  # in cents: sums are exact
    total = sum(one[5] for one in rows)
    for column in range(4):
        assert sum(node_totals(flows, column).values()) == total
    for column in range(3):
        links = link_totals(flows, column)
        assert sum(links.values()) == total
        for node, amount in node_totals(flows, column).items():
            assert sum(x for (a, _), x in links.items() if a == node) == amount


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_table_has_every_flow_of_the_ledger_and_every_name(stored, language):
    figure = model.flow_figure(stored, "scenario", "x", language)
    assert len(figure.rows) == len(stored["flows"]["scenario"])
    assert sum(row[5] for row in figure.data[1:]) == sum(
        row[5] for row in stored["flows"]["scenario"]
    )
    names = {cell for row in figure.rows for cell in row[:4]}
    assert not [name for name in names if "_" in name or name == name.lower()]


def test_every_clause_of_the_stored_ledgers_has_a_name():
    for name in library_more.FIRST:
        flows = library_more.more(name)["follow"]["flows"]
        for row in [*flows["baseline"], *flows["scenario"]]:
            assert ledger_name(row[3], "nl") != row[3].replace("_", " "), row[3]


def test_the_commands_say_all_that_the_worlds_were_made_of(stored):
    asked = {**stored["asked"], "settings": {"bundle_price_factor": 0.1 + 0.2, "audit_rate": 1.0}}
    moved = model.commands({**stored, "asked": asked}, BASELINE)
    for name, plain, command in zip((NAME, BASELINE), model.commands(stored, BASELINE), moved,
                                    strict=True):  # fmt: skip
        assert f"run {name} --share 0.1 --years 5 --seed 1 --out " in plain
        assert "--set audit_rate=1.0 --set bundle_price_factor=0.30000000000000004" in command
    assert len({command.split("--out ")[1] for command in moved}) == 2


def test_nothing_flows_draws_a_sheet():
    assert sankey([], ("a", "b"), str, 300.0).startswith("<svg")


def test_practices_are_in_equal_groups_from_worst_to_best(stored):
    groups = stored["practices"]["groups"]
    changes = [group["change"] for group in groups]
    assert changes == sorted(changes) and len(groups) == 20
    sizes = [group["practices"] for group in groups]
    assert max(sizes) - min(sizes) <= 1
    assert sum(sizes) == stored["practices"]["counted"]


def test_a_practice_is_followed_over_all_years_in_both_worlds(stored):
    figure = model.practice_figure(stored, 7, ("a", "b"), "en")
    assert len(figure.rows) == 2 * len(stored["years"])
    one = stored["practices"]["groups"][6]["one"]
    result = model.result_of(one["scenario"])
    assert result[0] == pytest.approx(one["scenario"]["revenue"][0] - one["scenario"]["cost"][0])


def test_few_patients_are_a_warning(stored):
    groups = stored["practices"]["groups"]
    small = next(k for k, group in enumerate(groups) if group["one"]["small"])
    mean = groups[small]["one"]["baseline"]["patients"]
    assert sum(mean) / len(mean) < 10
    assert "Fewer than 10" in model.practice_figure(stored, small + 1, ("a", "b"), "en").note
    assert (
        model.practices_figure(stored, small + 1, "en").rows[small][3] == "fewer than 10 patients"
    )
