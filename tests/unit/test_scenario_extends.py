"""A scenario that extends another: what it inherits, and how it goes wrong."""

import pytest
from scenario_files import HEAD, REGISTRY, read, refusal, write

from model.contracts.audit import Audit
from model.contracts.contract import REGULAR
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.session_floor import SessionFloor
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from scenarios.loader import MAX_CHAIN, ScenarioError, load

#: Lines 4 to 13 of a base.
BASE = """\
contract:
  - clause: intake_fee
  - clause: weight_class_bundle
  - clause: audit
    fine: 1
  - clause: kpi
    indicator: heavy_class
    at_most: 0.6
    consequence: audit
participation: {practices: 0.25, insurers: 0.6}
set: {bundle_price_factor: 0.9, audit_rate: 0.1}
"""


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, HEAD + BASE, "base.yaml")
    return tmp_path


CLASSES = "contract: [{clause: weight_class_bundle}]\n"
EXTENDS = HEAD + "extends: base.yaml\n"


def test_what_is_not_said_is_inherited(folder):
    mine, base = read(folder, EXTENDS), load(folder / "base.yaml", REGISTRY)
    assert mine.policy() == base.policy()
    assert (mine.name, mine.extends, mine.added, mine.removed) == ("mine", "base", (), ())
    assert base.extends == ""


def test_title_story_and_source_are_its_own(folder):
    text = EXTENDS.replace("title: {en: Title, nl: Titel}\n", "")
    assert refusal(folder, text) == "1: key 'title' is missing"


def test_clauses_are_added_and_taken_out(folder):
    mine = read(folder, EXTENDS + "remove: [kpi_heavy_class]\nadd:\n  - clause: session_floor\n")
    assert mine.contract == (IntakeFee(), WeightClassBundle(), Audit(fine=1.0), SessionFloor())
    assert mine.added == ("session_floor",)
    assert [clause.name for clause in mine.removed] == ["kpi_heavy_class"]


def test_a_clause_is_changed_by_taking_it_out_and_adding_it(folder):
    mine = read(folder, EXTENDS + "add: [{clause: audit, fine: 4}]\nremove: [audit]\n")
    assert [clause.name for clause in mine.contract] == [
        "intake_fee", "weight_class_bundle", "kpi_heavy_class", "audit",
    ]  # fmt: skip
    assert mine.contract[-1] == Audit(fine=4.0)


def test_a_contract_replaces_the_inherited_one(folder):
    mine = read(folder, EXTENDS + "contract: [{clause: flat_bundle}]\n")
    assert mine.contract == (FlatBundle(),)
    assert mine.participation.practices == 0.25


def test_levers_are_merged_and_the_entitlement_overridden(folder):
    mine = read(
        folder,
        EXTENDS
        + "contract: [{clause: fee_per_session}]\nentitlement: maxima_2019\n"
        + "set: {audit_rate: 0.05, session_floor_share: 0.8}\n",
    )
    assert mine.set == {"bundle_price_factor": 0.9, "audit_rate": 0.05, "session_floor_share": 0.8}
    assert mine.entitlement is Entitlement.MAXIMA_2019


@pytest.mark.parametrize(
    ("stated", "practices", "insurers", "only"),
    [
        ("{practices: 0.5}", 0.5, 0.6, None),
        ("{insurers: 1}", 0.25, 1.0, None),
        ("{only_practices: [3, 4]}", 1.0, 0.6, (3, 4)),
        ("{}", 0.25, 0.6, None),
        ("{only_practices: null}", 0.25, 0.6, None),
    ],
)
def test_participation_is_merged(folder, stated, practices, insurers, only):
    who = read(folder, EXTENDS + f"participation: {stated}\n").participation
    assert (who.practices, who.insurers, who.only_practices) == (practices, insurers, only)


def test_a_share_ousts_inherited_practice_numbers(folder):
    write(folder, EXTENDS + "participation: {only_practices: [3]}\n", "three.yaml")
    who = read(
        folder, HEAD + "extends: three.yaml\nparticipation: {practices: 0.5}\n"
    ).participation
    assert (who.practices, who.only_practices) == (0.5, None)


@pytest.mark.parametrize(
    ("inherited", "stated", "who"),
    [
        ("{practices: 0.25}", "{by_choice: true}", (True, 1.0, None)),
        ("{only_practices: [3]}", "{by_choice: true}", (True, 1.0, None)),
        ("{by_choice: true}", "{practices: 0.5}", (False, 0.5, None)),
        ("{by_choice: true}", "{insurers: 0.5}", (True, 1.0, None)),
        ("{by_choice: true}", "{by_choice: false}", (False, 1.0, None)),
        ("{practices: 0.5}", "{by_choice: false}", (False, 0.5, None)),
    ],
)
def test_choice_and_share_oust_each_other(folder, inherited, stated, who):
    base = CLASSES + f"participation: {inherited}\n"
    write(folder, HEAD + base, "who.yaml")
    found = read(folder, HEAD + f"extends: who.yaml\nparticipation: {stated}\n").participation
    assert (found.by_choice, found.practices, found.only_practices) == who


def test_a_name_of_the_library_can_be_extended(folder):
    mine = read(folder, HEAD + "extends: bundle_flat\nadd: [{clause: session_floor}]\n")
    assert mine.contract == (*load("bundle_flat", REGISTRY).contract, SessionFloor())
    assert mine.extends == "bundle_flat"


def test_a_path_is_seen_from_the_folder_of_the_file(folder, monkeypatch):
    inner = folder / "inner"
    inner.mkdir()
    path = write(inner, HEAD + "extends: ../base.yaml\n")
    monkeypatch.chdir("/")
    assert load(path, REGISTRY).extends == "base"


def test_a_chain_adds_up(folder):
    write(folder, EXTENDS + "add: [{clause: session_floor}]\n", "floor.yaml")
    mine = read(folder, HEAD + "extends: floor.yaml\nremove: [session_floor, kpi_heavy_class]\n")
    assert mine.contract == (IntakeFee(), WeightClassBundle(), Audit(fine=1.0))
    assert mine.set == {"bundle_price_factor": 0.9, "audit_rate": 0.1}


def test_a_file_without_a_contract_can_be_extended(folder):
    write(folder, HEAD, "regular.yaml")
    mine = read(folder, HEAD + "extends: regular.yaml\nadd: [{clause: session_floor}]\n")
    assert mine.contract == (*REGULAR.clauses, SessionFloor())


REFUSED = {
    "unknown name": (
        HEAD + "extends: bundle_flt\n",
        "4: 'extends' cannot be followed: there is no scenario 'bundle_flt'; the nearest valid "
        "name is 'bundle_flat'",
    ),
    "unknown file": (
        HEAD + "extends: elsewhere/bundle_flat.yaml\n",
        "4: 'extends' cannot be followed: there is no file 'elsewhere/bundle_flat.yaml'; the "
        "nearest name in the library is 'bundle_flat'",
    ),
    "empty name": (
        HEAD + "extends: ''\n",
        "4: 'extends' must be text that is not empty",
    ),
    "a number": (HEAD + "extends: 3\n", "4: 'extends' must be text, not 3"),
    "misspelt key": (
        HEAD + "extend: bundle_flat\n",
        "4: unknown key 'extend'; the nearest valid name is 'extends'",
    ),
    "taking out what is not there": (
        EXTENDS + "remove:\n  - audit\n  - sesion_floor\n",
        "7: the contract of 'base' has no clause 'sesion_floor' to take out, it has intake_fee, "
        "weight_class_bundle, audit, kpi_heavy_class",
    ),
    "taking out a misspelt clause": (
        EXTENDS + "remove: [kpi_heavy_clas]\n",
        "5: the contract of 'base' has no clause 'kpi_heavy_clas' to take out, it has "
        "intake_fee, weight_class_bundle, audit, kpi_heavy_class",
    ),
    "taking out twice": (
        EXTENDS + "remove:\n  - audit\n  - audit\n",
        "7: 'audit' is taken out twice (line 6 and line 7)",
    ),
    "taking out a number": (EXTENDS + "remove: [1]\n", "5: 'remove.1' must be text, not 1"),
    "adding what is there": (
        EXTENDS + "add:\n  - clause: audit\n",
        "6: the contract has the same clause twice, 'audit' (base.yaml, line 7) and 'audit' "
        "(line 6); keep one",
    ),
    "adding twice": (
        EXTENDS
        + "add:\n  - clause: warranty\n    months: 6\n  - clause: warranty\n    months: 3\n",
        "8: the contract has the same clause twice, 'warranty' (line 6) and 'warranty' (line 8); "
        "keep one",
    ),
    "adding what contradicts": (
        EXTENDS + "add:\n  - clause: fee_per_session\n",
        "6: 'fee_per_session' (line 6) and 'weight_class_bundle' (base.yaml, line 6) pay for the "
        "same sessions; beside a bundle, pay a part of the fee with 'mixed_fee'",
    ),
    "taking out what another clause needs": (
        EXTENDS + "remove: [audit]\n",
        "5: 'kpi_heavy_class' (base.yaml, line 9) answers a missed KPI with more audits, and the "
        "contract has no 'audit'",
    ),
    "taking out what pays": (
        EXTENDS + "remove: [weight_class_bundle]\n",
        "5: the contract pays for no treatment; add 'fee_per_session', 'period_tariff' or a bundle "
        "(flat_bundle, weight_class_bundle, phase_bundle or profile_phase_bundle)",
    ),
    "maxima under an inherited bundle": (
        EXTENDS + "entitlement: maxima_2019\n",
        "5: 'weight_class_bundle' (base.yaml, line 6) needs 'entitlement: open' and not "
        "'maxima_2019' (line 5), because session maxima stand in the way of a price per quarter",
    ),
    "adding to nothing": (
        HEAD + "add:\n  - clause: session_floor\n",
        "4: 'add' changes the contract of another scenario; say which with 'extends'",
    ),
    "taking out of nothing": (
        HEAD + "remove: [audit]\n",
        "4: 'remove' changes the contract of another scenario; say which with 'extends'",
    ),
    "a contract and a change to it": (
        EXTENDS + "add:\n  - clause: session_floor\ncontract:\n  - clause: flat_bundle\n",
        "7: 'contract' (line 7) replaces the inherited contract that 'add' (line 5) changes; keep "
        "one of the two",
    ),
    "a misspelt clause": (
        EXTENDS + "add:\n  - clause: sesion_floor\n",
        "6: there is no clause 'sesion_floor'; the nearest valid name is 'session_floor'",
    ),
    "a misspelt key of a clause": (
        EXTENDS + "add:\n  - clause: session_floor\n    shar: 0.9\n",
        "7: unknown key 'add.1.shar'; the nearest valid name is 'share'",
    ),
    "a clause that says nothing": (
        EXTENDS + "add:\n  - clause: outcome_pay\n",
        "6: in 'add.1', outcome pay needs either per_ccq_point or per_relevant_change",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_one_sentence(folder, case):
    content, sentence = REFUSED[case]
    assert refusal(folder, content) == sentence


def test_a_circle_is_refused(tmp_path):
    write(tmp_path, HEAD + "extends: b.yaml\n", "a.yaml")
    write(tmp_path, HEAD + "extends: mine.yaml\n", "b.yaml")
    with pytest.raises(
        ScenarioError,
        match=r"^b\.yaml, line 4: scenarios cannot extend each other in a circle "
        r"\(mine\.yaml -> a\.yaml -> b\.yaml -> mine\.yaml\)$",
    ):
        read(tmp_path, HEAD + "extends: a.yaml\n")


def test_a_file_cannot_extend_itself(tmp_path):
    assert refusal(tmp_path, HEAD + "extends: ./mine.yaml\n") == (
        "4: scenarios cannot extend each other in a circle (mine.yaml -> mine.yaml)"
    )


def test_a_file_may_be_called_as_the_library_scenario_it_extends(tmp_path):
    path = write(tmp_path, HEAD + "extends: bundle_flat\n", "bundle_flat.yaml")
    assert load(path, REGISTRY).policy() == load("bundle_flat", REGISTRY).policy()


def test_an_endless_chain_is_refused(tmp_path):
    for number in range(MAX_CHAIN + 1):
        write(tmp_path, HEAD + f"extends: {number + 1}.yaml\n", f"{number}.yaml")
    write(tmp_path, HEAD, f"{MAX_CHAIN + 1}.yaml")
    assert load(tmp_path / "1.yaml", REGISTRY).contract == REGULAR.clauses
    with pytest.raises(ScenarioError, match=r"^20\.yaml, line 4: .*20 others above it"):
        load(tmp_path / "0.yaml", REGISTRY)


def test_what_is_wrong_in_a_base_is_said_of_the_base(folder):
    write(folder, HEAD + "contract: [{clause: intake_fee}]\n", "base.yaml")
    with pytest.raises(ScenarioError, match=r"^base\.yaml, line 4: the contract pays for no"):
        read(folder, EXTENDS)
    write(folder, HEAD + "entitlement: shut\n", "base.yaml")
    with pytest.raises(ScenarioError, match=r"^base\.yaml, line 4: there is no entitlement 'shut'"):
        read(folder, EXTENDS)


# --- the regulator


def test_the_regulator_is_inherited_or_overridden(tmp_path):
    write(tmp_path, HEAD + BASE + "regulator: acts\n", "base.yaml")
    kept = read(tmp_path, HEAD + "extends: base.yaml\n")
    changed = read(tmp_path, HEAD + "extends: base.yaml\nregulator: watches\n")
    assert (kept.regulator, changed.regulator) == ("acts", "watches")
    assert (kept.policy().regulator_acts, changed.policy().regulator_acts) == (True, False)
    assert read(tmp_path, HEAD).policy().regulator_acts is False


def test_a_regulator_who_does_something_else_is_refused(tmp_path):
    said = refusal(tmp_path, HEAD + "regulator: sleeps\n")
    assert said == "4: 'regulator' must be 'watches' or 'acts', not 'sleeps'"
