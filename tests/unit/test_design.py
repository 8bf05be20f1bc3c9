"""Designs: what a file may say, and the one sentence that refuses what it may not."""

import pytest

from experiments.sweeps.design import SweepDesign, read_design
from model.parameters import load_registry
from model.simulation import Span
from scenarios.loader import ScenarioError

REGISTRY = load_registry()
HEAD = "baseline: fee_for_service_open\npolicies: [bundle_flat]\n"
UNCERTAINTIES = tuple(one.name for one in REGISTRY.by_role("uncertainty"))


def read(folder, text):
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return read_design(path, REGISTRY)


def refusal(folder, text):
    with pytest.raises(ScenarioError) as caught:
        read(folder, HEAD + text)
    said = str(caught.value)
    assert said.startswith("mine.yaml, line ")
    assert "\n" not in said
    return said.removeprefix("mine.yaml, line ")


def test_the_smallest_design(tmp_path):
    design = read(tmp_path, HEAD + "share: 0.01\nseeds: 3\ndraws: 4\n")

    assert design == SweepDesign(
        baseline="fee_for_service_open", policies=("bundle_flat",), share=0.01, seeds=3, draws=4
    )
    assert design.span == Span()
    assert design.inputs(REGISTRY) == UNCERTAINTIES  # draws vary all there are


def test_a_posterior_file_is_looked_for_beside_the_design(tmp_path):
    text = HEAD + "draws: 4\ndraws_from: "

    assert read(tmp_path, text + "sub/mine.csv\n").draws_from == str(tmp_path / "sub/mine.csv")
    elsewhere = tmp_path / "elsewhere.csv"
    assert read(tmp_path / ".", text + f"{elsewhere}\n").draws_from == str(elsewhere)
    assert [read(tmp_path, text + f"{word}\n").draws_from for word in ("prior", "posterior")] == [
        "prior", "posterior"
    ]  # fmt: skip


def test_without_draws_nothing_is_uncertain(tmp_path):
    assert read(tmp_path, HEAD + "seeds: 3").inputs(REGISTRY) == ()


def test_levers_come_before_uncertainties_and_settings_stay_fixed(tmp_path):
    design = read(
        tmp_path,
        HEAD + "draws: 2\nlevers: {audit_rate: [0.0, 0.1]}\nsettings: {fev1_floor: 15.0}\n",
    )
    inputs = design.inputs(REGISTRY)

    assert inputs[0] == "audit_rate"
    assert "fev1_floor" not in inputs
    assert len(inputs) == len(UNCERTAINTIES)


def test_a_sampler_varies_uncertainties_only_if_no_draws_do(tmp_path):
    text = HEAD + (
        "sampling: latin_hypercube\nsamples: 5\nuncertainties: [fev1_floor]\n"
        "levers: {audit_rate: [0.0, 0.1]}\n"
    )

    assert read(tmp_path, text).sampled(REGISTRY) == ("audit_rate", "fev1_floor")
    assert read(tmp_path, text + "draws: 3\n").sampled(REGISTRY) == ("audit_rate",)


def test_years_count_from_the_policy_year(tmp_path):
    assert read(tmp_path, HEAD + "years: 3").span == Span(2023, 2025, 2027)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seedz: 3", "3: unknown key 'seedz'; the nearest valid name is 'seeds'"),
        ("seeds: many", "3: 'seeds' must be a whole number, not 'many'"),
        ("seeds: -1", "3: 'seeds' must be 0 or more, not -1"),
        ("seeds: 0", "3: 'seeds' and 'draws' are both 0, so there is nothing to run"),
        ("share: 0", "3: 'share' must be more than 0, not 0"),
        ("share: .nan", "3: 'share' must be a finite number, not nan"),
        (
            "levers: {audit_rat: [0.1]}",
            "3: there is no lever 'audit_rat'; the nearest valid name is 'audit_rate'",
        ),
        ("levers: {audit_rate: []}", "3: 'audit_rate' has no values"),
        ("levers: {audit_rate: [0.1, 0.1]}", "3: 'audit_rate' has the value 0.1 twice"),
        (
            "levers:\n  bundle_price_quarter_average_patient: [250]",
            "4: 'bundle_price_quarter_average_patient' changes nothing here; use "
            "'bundle_price_factor'",
        ),
        ("uncertainties: [audit_rate]\ndraws: 1", "3: there is no uncertainty 'audit_rate'"),
        ("uncertainties: all", "1: 'uncertainties' need 'draws' or a sampler to vary them"),
        ("samples: 8", "3: 'samples' needs a 'sampling' other than grid"),
        ("sampling: sobol", "3: 'sampling: sobol' needs 'samples'"),
        (
            "sampling: sobol\nsamples: 6\nlevers: {audit_rate: [0.0, 0.1]}",
            "4: 'samples' of a Sobol design must be a power of two",
        ),
        (
            "sampling: morris\nsamples: 6\nlevers: {audit_rate: [0.05]}",
            "5: a sampler needs 'audit_rate: [low, high]'",
        ),
        (
            "sampling: morris\nsamples: 6",
            "3: the sampler has no 'levers' or 'uncertainties' to vary",
        ),
        ("splits: [gold]", "3: 'splits' must contain 'all'"),
        ("settings: {nothing: 1}", "3: there is no parameter 'nothing'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, said, tmp_path):
    assert refusal(tmp_path, text).startswith(said)


def test_a_lever_outside_its_range_is_refused(tmp_path):
    assert "'audit_rate' must lie in 0..0.1" in refusal(tmp_path, "levers: {audit_rate: [2.0]}")


def test_a_policy_named_twice_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match=r"line 2: 'a' is named twice"):
        read(tmp_path, "baseline: a\npolicies: [a]\n")
