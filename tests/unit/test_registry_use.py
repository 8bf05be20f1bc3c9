"""Every parameter is used, and every number of the model is a parameter."""

import ast
import hashlib
import math
from pathlib import Path

import pytest
from rich_contract import RICH, rich_contract

from experiments.calibration import TARGETS, baseline_facts
from model.budget import framework
from model.codes import THEORIES
from model.contracts.audit import Audit
from model.contracts.fee_per_session import FeePerSession
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.macro_clawback import MacroClawback
from model.contracts.offer_band import OfferBand
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.single_purchasing import SinglePurchasing
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.parameters import ParameterSet, load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import library, load

ROOT = Path(__file__).parent.parent.parent
REGISTRY = load_registry()
P = REGISTRY.values()
POLICIES = {name: load(name, REGISTRY).policy() for name in library()} | {
    "maxima of 2019": Policy(entitlement=Entitlement.MAXIMA_2019),
    "chronic list": Policy(entitlement=Entitlement.CHRONIC_LIST),
    "everything": Policy(clauses=RICH),
    "everything beside a phase bundle": Policy(clauses=rich_contract(PhaseBundle())),
    "regulator acts": Policy(
        clauses=(IntakeFee(), WeightClassBundle(prices=(600.0, 700.0, 800.0, 600.0))),
        practices_share=0.5,
        regulator_acts=True,
    ),
    "by choice": Policy(
        clauses=(
            IntakeFee(),
            WeightClassBundle(),
            SinglePurchasing(),
            OfferBand(),
            Audit(targeted=True),
            Kpi(indicator="prem", at_least=7.5, consequence="malus", by_reliability=True),
        ),
        by_choice=True,
    ),
    "clawback": Policy(clauses=(IntakeFee(), FeePerSession(), MacroClawback())),
    "theories": Policy(clauses=RICH, theories={name: 1.0 / len(THEORIES) for name in THEORIES}),
}

#: Stated in a scenario file; the registry holds where the number comes from.
PARTICIPATION = {
    "practice_participation_share": "practices",
    "insurer_participation_share": "insurers",
}


# --- every parameter is used


class Watched(ParameterSet):
    """A parameter set that remembers which numbers were read."""

    __slots__ = ()
    read: set[str] = set()  # noqa: RUF012  (one set for all copies: worlds make new ones)

    def __getattr__(self, name):
        Watched.read.add(name)
        return super().__getattr__(name)

    def __getitem__(self, name):
        Watched.read.add(name)
        return super().__getitem__(name)

    def replace(self, changes):
        return Watched({**self.to_dict(), **changes})


@pytest.fixture(scope="module")
def read():
    """The names read in small worlds under every policy."""
    Watched.read.clear()
    p = Watched(P.to_dict())
    for size in (Size.of_treated(p, 60), Size.of_share(p, 0.002)):
        history = World(p, HISTORY, 1, size, Span(2024, 2025, 2026)).run(12)
        for policy in POLICIES.values():
            history.branch(policy).run()
    framework([2025, 2026, 2027], p)
    return set(Watched.read)


def test_every_parameter_is_read_or_a_target(read):
    Watched.read.clear()
    baseline_facts(Watched(P.to_dict()), 0.001, 1)  # the calibration has a denominator of its own
    used = read | Watched.read | {target.parameter for target in TARGETS} | set(PARTICIPATION)
    unused = [name for name in REGISTRY if name not in used]

    assert not unused, f"nothing reads {unused}: use them or take them out of the registry"


def test_targets_are_not_read_by_the_model(read):
    """A fact to reproduce that is also an input would be reproduced by construction."""
    targets = {entry.name for entry in REGISTRY.by_role("target")}

    assert not targets & read


def test_the_participation_of_the_voluntary_bundle_is_that_of_the_registry():
    policy = POLICIES["bundle_weight_classes_voluntary"]

    assert policy.practices_share == P.practice_participation_share
    assert policy.insurers_share == P.insurer_participation_share


def sources():
    """Return the parsed files of the model and its agents, by path."""
    paths = sorted([*(ROOT / "model").rglob("*.py"), *(ROOT / "agents").rglob("*.py")])
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
        if "parameters" not in path.relative_to(ROOT).parts
    }


def test_every_constant_that_a_phase_collects_is_used_by_it():
    """A parameter that is read into a bundle of constants and then forgotten has no effect."""
    trees = sources()
    used = {
        node.attr for tree in trees.values() for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }  # fmt: skip
    for path, tree in trees.items():
        for node in ast.walk(tree):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id == "namedtuple" and isinstance(node.args[1], ast.Constant):
                forgotten = set(node.args[1].value.split()) - used
                assert not forgotten, f"{path}: {forgotten} of {node.args[0].value}"


# --- every parameter has an effect

NO_EFFECT_HERE = {
    **dict.fromkeys(PARTICIPATION, "stated in a scenario file"),
    "bundle_price_quarter_average_patient": "only if nobody claimed a quarter; see below",
    "pause_after_refusals_months": "three refusals in a row are rare; see below",
    "most_refusals": "three refusals in a row are rare; see below",
    "seek_after_refusal_ratio": "few who were refused would ask again in time; see below",
    "refusal_memory_months": "few who were refused would ask again in time; see below",
    "coordination_experiment_end_month": "the span here ends before 2029; see test_clause_extremes",
    "contract_loss_years": "few contracts are lost here; see tests/unit/test_joining.py",
    "copd_gp_prevalent": "only the denominator of the calibration target physio_use",
}


#: Enough to let every parameter show an effect; the rest of the library repeats parts of these.
SHOWING = (
    "fee_for_service_capped", "fee_for_service_open", "bundle_weight_classes_voluntary",
    "regulator acts", "by choice", "maxima of 2019", "chronic list", "everything",
    "everything beside a phase bundle", "clawback", "theories",
)  # fmt: skip


def everything(p, share):
    """Return a hash of all outcomes, calibration facts and ledger totals under many policies."""
    digest = hashlib.sha256(repr(framework([2025, 2026, 2027], p)).encode())
    history = World(p, HISTORY, 1, Size.of_share(p, share), Span(2024, 2025, 2027), False).run(12)
    for name in SHOWING:
        world = history.branch(POLICIES[name]).run()
        for table in (
            world.results(),
            world.ledger.totals(),
            *world.insurer_years,
            *world.evaluations,
        ):
            digest.update(table.to_csv().encode())
        for facts in world.facts:
            digest.update(repr(sorted((k, str(v)) for k, v in facts.items())).encode())
    return digest.hexdigest()


def other_values(entry):
    """Return values worth trying: the ends of the range, or half and double a fact."""
    if entry.low is not None:
        return [value for value in (entry.low, entry.high) if value != entry.value]
    return [entry.value + 1.0, 0.5 * entry.value, 2.0 * entry.value]


#: A world in which the lightest entitlement class, with its own maxima, is common.
MILD = {"burden_cutoff_ccq_low": 1.3, "need_class_correlation": 0.0, "seek_ccq_slope": 1.75}


@pytest.mark.slow
def test_every_parameter_has_an_effect():
    """Another value somewhere in the range changes some outcome of some policy."""
    worlds = [(P, 0.01), (P, 0.1), (P.replace(MILD), 0.1)]
    before = [everything(p, share) for p, share in worlds]
    idle = [
        entry.name
        for entry in REGISTRY.all()
        if entry.role != "target" and entry.name not in NO_EFFECT_HERE
        and not any(
            everything(p.replace({entry.name: value}), share) != known
            for (p, share), known in zip(worlds, before, strict=True)
            for value in other_values(entry)
        )
    ]  # fmt: skip
    assert not idle


@pytest.mark.parametrize(
    "name",
    [
        "pause_after_refusals_months", "most_refusals", "seek_after_refusal_ratio",
        "refusal_memory_months",
    ],
)  # fmt: skip
def test_what_refused_patients_do_counts_where_many_are_refused(name):
    choosy = P.replace({"reservation_value": P.reservation_value + 5_000.0})
    low, high = (
        everything(choosy.replace({name: value}), 0.01)
        for value in (REGISTRY[name].low, REGISTRY[name].high)
    )
    assert low != high


def test_the_price_of_an_average_quarter_counts_when_nobody_has_claimed():
    """A register without claims: nobody was ever treated before the policy year."""
    empty = P.replace({"initial_treated_ratio": 0.0, "seek_rate": 0.0})
    bundle = Policy(clauses=(IntakeFee(), WeightClassBundle()))
    prices = []
    for price in (250.0, 300.0):
        p = empty.replace({"bundle_price_quarter_average_patient": price})
        world = World(p, bundle, 1, Size.of_share(p, 0.002), Span(2024, 2025, 2025)).run(13)
        prices.append(world.bundle_prices.tolist())

    assert prices == [[[price * P.bundle_price_factor] * 4] * 10 for price in (250.0, 300.0)]


# --- every number is a parameter

#: Numbers that may stand in any file: counting, halving, and the calendar.
ANYWHERE = {
    0: "nothing, first",
    1: "one, all, next",
    2: "a pair, a square, the second code",
    3: "months in a quarter, the third code",
    4: "quarters in a year, the fourth code",
    12: "months in a year",
    100: "cents in a euro, percent",
    0.5: "a half: the middle, a triangle",
    0.25: "a quarter of a year",
}

#: Numbers that may stand in one file, with the reason why they are no parameter.
HERE = {
    ("agents/behaviours/default.py", 700): "where exp overflows",
    ("agents/behaviours/laboratory_game.py", 5): "the game of the experiment, as published",
    ("agents/behaviours/laboratory_game.py", 10): "the game of the experiment, as published",
    ("agents/joining.py", 60): "halvings that leave nothing of an amount",
    ("model/books.py", 32_000): "a month that never comes, in a small column",
    ("model/budget.py", 2025): "calendar of the framework",
    ("model/budget.py", 2026): "calendar of the framework",
    ("model/randomness.py", 14): "streams that are kept, as a power of two",
    ("model/codes.py", 5): "code: profile 5",
    ("model/codes.py", 65): "groups of age in tables",
    ("model/codes.py", 75): "groups of age in tables",
    ("model/contracts/clause.py", 100_000): "an amount beyond this is a typing error",
    ("model/contracts/incentives.py", 0.01): "step of a difference: a hundredth of an admission",
    ("model/contracts/incentives.py", 0.1): "step of a difference: a tenth of a CCQ point",
    ("model/contracts/incentives.py", 6): "decimals of a euro that a difference is rounded to",
    ("model/contracts/index_band.py", 1000): "an index beyond this is a typing error",
    ("model/contracts/index_band.py", 10_000): "a number of patients beyond this is an error",
    ("model/contracts/offer_band.py", 10_000): "a number of patients beyond this is an error",
    ("model/contracts/joint_contracting.py", 200): "a group beyond this is a typing error",
    ("model/contracts/kpi.py", 1e-9): "guard against dividing by nothing",
    ("model/contracts/kpi.py", 1000): "a bound beyond this is a typing error",
    ("model/contracts/kpi.py", 10_000): "a number of patients beyond this is an error",
    ("model/contracts/minimum_contacts.py", 30): "contacts in a quarter beyond this are an error",
    ("model/contracts/period_tariff.py", 5): "weeks in a long month: 13 in a quarter",
    ("model/contracts/period_tariff.py", 30): "days in a month: 91 in a quarter",
    ("model/contracts/period_tariff.py", 31): "days in a month: 91 in a quarter",
    ("model/contracts/profile_phase_bundle.py", 5): "number of a price group",
    ("model/contracts/profile_phase_bundle.py", 6): "number of a price group",
    ("model/contracts/shared_savings.py", 1e-6): "guard against dividing by nothing",
    ("model/contracts/warranty.py", 24): "months beyond this are a typing error",
    ("model/disease.py", 0.01): "percent",
    ("model/disease.py", 6): "the CCQ scale ends at 6",
    ("model/disease.py", 10): "unit: 1 % of a litre is 10 mL",
    ("model/entitlement.py", 5): "number of entitlement classes",
    ("model/entitlement.py", 32_000): "stands for no maximum",
    ("model/expectations.py", 60): "minutes in an hour",
    ("model/first_month.py", 1e-12): "guard against division by zero",
    ("model/ledger.py", 5): "code of a party",
    ("model/ledger.py", 6): "code of a party",
    ("model/ledger.py", 7): "code of a party",
    ("model/ledger.py", 8): "code of a party",
    ("model/month/delivery.py", 7): "three bits: the months of a quarter",
    ("model/month/delivery.py", 32_000): "what a small column can hold",
    ("model/month/disease.py", 65): "age at which the level of the life table is given",
    ("model/month/disease.py", 120): "last age of the life table",
    ("model/month/disease.py", 121): "length of the life table",
    ("model/month/disease.py", 0xFFF): "twelve bits",
    ("model/month/examination.py", 1e-12): "guard against an infinite score",
    ("model/month/measurement.py", 10): "the questionnaire's scale ends at 10",
    ("model/month/observation.py", 5): "length of an array by GOLD stage; the sixth split",
    ("model/month/observation.py", 6): "length of an array",
    ("model/month/observation.py", 52): "weeks in a year",
    ("model/month/observation.py", 250): "length of the histogram of sessions",
    ("model/month/practice_year.py", 52): "weeks in a year",
    ("model/month/settlement.py", 11): "December",
    ("model/outcomes.py", 10): "disclosure: small cells",
    ("model/physiotherapy.py", 13): "weeks in a quarter",
    ("model/population.py", 0.2): "a fifth of people in each income quintile",
    ("model/population.py", 6): "the CCQ scale ends at 6",
    ("model/randomness.py", 8): "bytes of a hash",
    ("model/rules.py", 16): "letters of a hash",
    ("model/rules.py", 448): "who may read a folder, 0o700",
    ("model/share_out.py", 53): "whole numbers are exact as floats up to 2 to the 53rd",
    ("model/simulation.py", 2023): "calendar of the simulated period",
    ("model/simulation.py", 2025): "calendar of the simulated period",
    ("model/simulation.py", 2029): "calendar of the simulated period",
    **{
        ("model/randomness.py", number): "SplitMix64 as published"
        for number in (11, 27, 30, 31, 2**53, 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9,
                       0x94D049BB133111EB)
    },
}  # fmt: skip


def literals(tree):
    """Return every number written in a file, with its line."""
    return [
        (node.value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    ]


def bare_numbers(path, tree):
    return [
        f"{path}, line {line}: {value}"
        for value, line in literals(tree)
        if value not in ANYWHERE and (path, value) not in HERE
    ]


def test_no_number_stands_bare_in_the_model():
    found = [text for path, tree in sources().items() for text in bare_numbers(path, tree)]

    assert not found, (
        "make these parameters in model/parameters, or allow them here with the reason why they "
        f"are none: {'; '.join(found)}"
    )


def test_a_bare_number_would_be_found():
    tree = ast.parse('"""Text with 7 in it."""\ndef rate(x):\n    return 0.37 * x + 1.0 - 12\n')

    assert bare_numbers("model/new.py", tree) == ["model/new.py, line 3: 0.37"]
    assert bare_numbers("model/new.py", ast.parse("age = 65")) == ["model/new.py, line 1: 65"]


def test_every_allowed_number_is_still_there():
    """What is no longer written need not stay allowed."""
    written = {(path, value) for path, tree in sources().items() for value, _ in literals(tree)}
    gone = [key for key in HERE if key not in written]

    assert not gone


def test_no_parameter_is_written_out_as_a_number():
    """A literal that equals a parameter's peculiar value would be a second copy of it."""
    peculiar = {
        entry.value: entry.name for entry in REGISTRY.all()
        if not math.isclose(entry.value, round(entry.value, 2)) or entry.value > 1000
    }  # fmt: skip
    copies = [
        f"{path}, line {line}: {value} ({peculiar[value]})"
        for path, tree in sources().items()
        for value, line in literals(tree)
        if value in peculiar and (path, value) not in HERE
    ]
    assert not copies
