"""The command line: one sentence for what is wrong, one document for another program."""

import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.run_command import yearly_values
from experiments.saving import budget_rows
from experiments.terminal import interval, number
from model.outcomes import BY_ID, MEASURES
from model.parameters import load_registry
from scenarios.titles import LIBRARY

REGISTRY = load_registry()
CLASSES = (LIBRARY / "bundle_weight_classes.yaml").read_text(encoding="utf-8")
IDS = [
    "paramedical_spending", "total_care_cost", "out_of_pocket", "sessions_per_patient",
    "other_mode_share", "disease_burden_ccq", "relevant_improvement_share", "measured_share",
    "reported_completeness", "left_out_share", "admissions", "deaths", "qalys", "refused_share",
    "softly_refused_share", "hospital_therapy_spending", "undertreated_share",
    "overtreated_share", "upcoded_share", "upcoded_unprovable_share", "downgraded_share",
    "waiting_weeks", "treated_patients", "practice_margin", "practice_loss_share",
    "joined_share", "job_satisfaction", "therapists_leaving", "vacancy_share", "admin_hours",
]  # fmt: skip


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def fine(*args):
    result = call(*args)
    assert result.exit_code == 0, (result.exception, result.output)
    return result.stdout


# --- run

SMALL = ["--share", "0.002", "--years", "1"]


def only_json(text):
    """Return the one JSON document that a text is, refusing what JSON does not know."""
    assert len(text.splitlines()) == 1

    def refuse(token):
        raise AssertionError(f"{token} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_run_prints_one_document():
    result = call("run", "bundle_flat", *SMALL, "--json")
    document = only_json(result.stdout)

    assert result.exit_code == 0 and result.stderr == ""
    assert document["scenario"] == "bundle_flat"
    national = [row for row in document["outcomes"] if row["split"] == "all"]
    assert {row["measure"] for row in national} == set(IDS)
    assert {row["year"] for row in national} == {2023, 2024, 2025}
    assert (document["manifest"]["share"], document["manifest"]["seed"]) == (0.002, 1)


def test_run_writes_what_it_prints(tmp_path):
    out = tmp_path / "deeper" / "out"
    document = only_json(fine("run", "bundle_flat", *SMALL, "--json", "--out", out))
    table = pd.read_parquet(out / "outcomes.parquet")

    assert len(table) == len(document["outcomes"])
    seen = pd.read_parquet(out / "evaluations.parquet")
    assert len(seen) == len(document["evaluations"])
    assert all(row["true_effect"] is None for row in document["evaluations"])
    printed = [row["value"] for row in document["outcomes"]]
    np.testing.assert_array_equal(np.array(printed, dtype=float), table.value.to_numpy())
    ledger = pd.read_parquet(out / "ledger.parquet")
    totals = pd.read_csv(out / "ledger_totals.csv")
    assert ledger.cents.sum() == totals.cents.sum() > 0
    assert sorted(path.name for path in out.iterdir()) == [
        "evaluations.csv", "evaluations.parquet", "insurers.csv", "insurers.parquet",
        "ledger.parquet", "ledger_totals.csv", "ledger_totals.parquet", "manifest.json",
        "outcomes.csv", "outcomes.parquet",
    ]  # fmt: skip
    assert [path.name for path in tmp_path.rglob(".*")] == []


def test_run_shows_a_table_with_every_outcome():
    text = fine("run", "bundle_flat", *SMALL)

    flat = re.sub(r"\W+", "", text)
    for measure in MEASURES:
        assert re.sub(r"\W+", "", measure.en)[:12] in flat
    assert "2025" in text and "2026" not in text
    assert "fewer than 10 simulated patients" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100


def test_the_same_seed_gives_the_same_document_and_another_does_not():
    one, again, other = (
        fine("run", "bundle_flat", *SMALL, "--json", "--seed", seed) for seed in (1, 1, 2)
    )
    assert one == again != other


def test_a_setting_reaches_the_world():
    low, high = (
        only_json(
            fine("run", "fee_for_service_open", *SMALL, "--json",
                 "--set", f"session_tariff_contracted={value}")
        )
        for value in (34, 39)
    )  # fmt: skip

    def spent(document):
        return next(
            row["value"] for row in document["outcomes"]
            if (row["measure"], row["split"], row["year"]) == ("paramedical_spending", "all", 2025)
        )  # fmt: skip

    assert spent(low) < spent(high)
    assert low["manifest"]["settings"] == {"session_tariff_contracted": 34.0}


def test_years_lengthen_the_window():
    document = only_json(
        fine("run", "fee_for_service_open", "--share", "0.001", "--years", "3", "--json")
    )
    assert {row["year"] for row in document["outcomes"]} == set(range(2023, 2028))


def test_yearly_values_divide_and_leave_the_empty_unknown():
    table = pd.DataFrame({"top": [1.0, 3.0, 0.0], "bottom": [4.0, 1.0, 0.0], "year": 2025})

    value = yearly_values(table).value
    assert value[:2].tolist() == [0.25, 3.0] and math.isnan(value[2])


# --- compare

POLICIES = ("bundle_weight_classes", "bundle_flat")
COMPARE = [
    "compare", "fee_for_service_open", *POLICIES, "--seeds", 2, "--draws", 2, "--share", 0.002,
    "--workers", 1,
]  # fmt: skip


@pytest.fixture(scope="module")
def compared():
    """What ``compare --json`` gives."""
    return call(*COMPARE, "--json")


def test_compare_prints_one_document_and_nothing_else(compared):
    assert compared.exit_code == 0, compared.output
    assert compared.stderr == ""
    document = only_json(compared.stdout)

    assert {"baseline", "policies", "manifest"} <= set(document)
    assert document["baseline"] == "fee_for_service_open"
    assert [policy["name"] for policy in document["policies"]] == list(POLICIES)
    assert set(document["manifest"]["scenarios"]) == {
        "fee_for_service_open", "fee_for_service_capped", *POLICIES,
    }  # fmt: skip


def test_every_measure_has_an_effect_with_both_intervals(compared):
    for policy in only_json(compared.stdout)["policies"]:
        assert set(policy) == {"name", "effects", "budget", "evaluation"}
        assert set(policy["effects"]) == set(IDS)
        for effect in policy["effects"].values():
            wanted = {"mean", "monte_carlo_interval", "parameter_interval", "by_year"}
            assert wanted <= set(effect)
            assert [year["year"] for year in effect["by_year"]] == [2025, 2026, 2027, 2028, 2029]
            for part in (effect, *effect["by_year"]):
                pair = part["monte_carlo_interval"]
                assert pair is None or pair[0] <= part["mean"] <= pair[1]
                pair = part["parameter_interval"]
                assert pair is None or pair[0] <= pair[1]


def test_the_budget_has_the_agreed_keys_in_euros(compared):
    for policy in only_json(compared.stdout)["policies"]:
        budget = policy["budget"]
        assert {
            "years", "framework_eur", "entitlement_use_eur", "neutrality_eur",
            "within_framework_probability", "neutral_probability",
        } <= set(budget)  # fmt: skip
        assert budget["years"] == [2025, 2026, 2027, 2028, 2029]
        assert budget["framework_eur"] == [173_000, 260_000, 347_000, 347_000, 347_000]
        assert len(budget["entitlement_use_eur"]) == len(budget["neutrality_eur"]) == 5
        for name in ("within_framework_probability", "neutral_probability"):
            assert budget[name] in (0.0, 0.5, 1.0)  # of two draws


def test_the_neutrality_test_is_the_effect_on_spending(compared):
    """Two ways to the same euros: the budget test and the effect against the open entitlement."""
    for policy in only_json(compared.stdout)["policies"]:
        years = policy["effects"]["paramedical_spending"]["by_year"]
        assert policy["budget"]["neutrality_eur"] == pytest.approx([year["mean"] for year in years])


def test_entitlement_use_is_the_same_whatever_the_policy(compared):
    first, second = (p["budget"] for p in only_json(compared.stdout)["policies"])

    assert first["entitlement_use_eur"] == second["entitlement_use_eur"]


def test_compare_in_words_shows_effects_budget_and_findings():
    result = call(*COMPARE)
    text = " ".join(result.stdout.split())

    assert result.exit_code == 0
    for label in ("Paramedical spending", "Budget tests", "173,000", "chance (95 %)"):
        assert label in text
    assert "Simulating" in result.stderr and "Simulating" not in result.stdout
    assert sum(line.startswith("- ") for line in result.stdout.splitlines()) >= 3  # findings
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_without_draws_the_parameter_interval_is_unknown():
    document = only_json(
        fine("compare", "fee_for_service_open", "bundle_flat", "--seeds", 2, "--draws", 0,
             "--share", 0.001, "--workers", 1, "--json")
    )  # fmt: skip
    policy = document["policies"][0]

    assert all(effect["parameter_interval"] is None for effect in policy["effects"].values())
    assert policy["budget"]["neutral_probability"] in (0.0, 0.5, 1.0)  # of two seeds


def own_capped(folder):
    """Write a scenario of somebody who took a library file and gave it other maxima."""
    path = folder / "fee_for_service_capped.yaml"
    text = (LIBRARY / path.name).read_text(encoding="utf-8")
    path.write_text(text.replace("maxima_2021", "maxima_2019"), encoding="utf-8")
    return path


def test_an_own_file_never_replaces_a_comparator_of_the_budget_tests(tmp_path, compared):
    result = call(*COMPARE[:4], own_capped(tmp_path), *COMPARE[4:], "--json")
    if result.exit_code == 2:
        return  # refused in one sentence: as good
    before = only_json(compared.stdout)["policies"][0]["budget"]["entitlement_use_eur"]
    assert only_json(result.stdout)["policies"][0]["budget"]["entitlement_use_eur"] == before


def test_an_own_scenario_can_be_compared(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(CLASSES.replace("practices: 1.0", "practices: 0.5"), encoding="utf-8")
    document = only_json(
        fine("compare", "fee_for_service_open", path, "--seeds", 2, "--draws", 0, "--share",
             0.001, "--workers", 1, "--json")
    )  # fmt: skip

    assert document["policies"][0]["name"] == "mine"
    assert document["manifest"]["scenarios"]["mine"]["participation"]["practices"] == 0.5


# --- numbers on the screen


@pytest.mark.parametrize(
    ("measure", "value", "signed", "text"),
    [
        ("paramedical_spending", 1234567.8, False, "1,234,568"),
        ("paramedical_spending", -1234.4, True, "-1,234"),
        ("upcoded_share", 0.12345, False, "12.3 %"),
        ("upcoded_share", 0.02, True, "+2.0 pp"),
        ("refused_share", 0.00123, False, "0.12 %"),
        ("disease_burden_ccq", math.nan, False, "-"),
        ("waiting_weeks", 2.345, True, "+2.35"),
    ],
)
def test_numbers_on_the_screen(measure, value, signed, text):
    assert number(BY_ID[measure], value, signed) == text


def test_intervals_on_the_screen():
    money = BY_ID["paramedical_spending"]

    assert interval(money, -10.0, 20.0) == "-10 to +20"
    assert interval(money, math.nan, math.nan) == "-"


@pytest.mark.parametrize("value", [-1e-6, 0.0])
@pytest.mark.parametrize("measure", ["paramedical_spending", "upcoded_share"])
def test_nothing_has_no_sign(measure, value):
    assert number(BY_ID[measure], value, True)[0] == "0"


def test_the_budget_table_has_a_row_per_policy_and_year(compared, tmp_path):
    from experiments.comparison import Design, compare
    from model.simulation import Span
    from scenarios.loader import load

    design = Design(
        "fee_for_service_open", POLICIES, 2, 0, share=0.001, span=Span(2024, 2025, 2026)
    )
    policies = {name: load(name, REGISTRY).policy() for name in design.worlds}
    result = compare(design, policies, REGISTRY, workers=1)
    rows = budget_rows(result)

    assert list(zip(rows.policy, rows.year, strict=True)) == [
        (name, year) for name in POLICIES for year in (2025, 2026)
    ]
    np.testing.assert_allclose(rows.together, rows.entitlement + rows.neutrality)
    assert rows.framework.tolist() == [173_000, 260_000] * 2
