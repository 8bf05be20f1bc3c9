"""Any valid scenario survives being written down; any mangled one ends in one sentence."""

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.entitlement import Entitlement
from model.parameters import load_registry
from model.policy import Policy
from scenarios.loader import ScenarioError, library, load, parse_settings
from scenarios.schema import STATED_ELSEWHERE

REGISTRY = load_registry()
LEVERS = [each for each in REGISTRY.by_role("lever") if each.name not in STATED_ELSEWHERE]
LIBRARY_BYTES = {name: path.read_bytes() for name, path in library().items()}
STR_TAG = "tag:yaml.org,2002:str"
MODERATE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class NoAliases(yaml.SafeDumper):
    """Writes a repeated object in full, because scenario files may not use aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Quoting(NoAliases):
    """Quotes every text, because PyYAML leaves 1e3 bare and our reader takes that as a number."""


Quoting.add_representer(str, lambda self, text: self.represent_scalar(STR_TAG, text, style="'"))


def written(data: Any, dumper: type[NoAliases] = NoAliases) -> bytes:
    return yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False).encode()


# --- valid scenarios -----------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip)
both = st.fixed_dictionaries({"en": words, "nl": words})
shares = st.one_of(st.sampled_from([0, 1]), st.floats(0, 1))
euros = st.one_of(st.integers(0, 2000), st.floats(0, 100_000))

#: Price groups per bundle.
BUNDLES = {
    "flat_bundle": 2, "weight_class_bundle": 4, "phase_bundle": 3, "profile_phase_bundle": 7,
}  # fmt: skip
PAYMENTS = (*BUNDLES, "fee_per_session", "period_tariff")
GRADED = ("weight_class_bundle", "profile_phase_bundle")


def clause(name: str, must: dict | None = None, may: dict | None = None) -> st.SearchStrategy:
    return st.fixed_dictionaries({"clause": st.just(name), **(must or {})}, optional=may or {})


def prices(count: int) -> st.SearchStrategy:
    return st.lists(euros, min_size=count, max_size=count)


#: Clauses that fit any payment.
SAFEGUARDS = [
    clause("intake_fee"),
    clause("outcome_pay", {"per_ccq_point": euros}, {"measured_by": st.just("therapist")}),
    clause("shared_savings", {"share": shares}, {"loss_share": shares, "most": shares}),
    clause("coordination_lump_sum", may={"amount": euros, "start_rate": shares}),
    clause("kpi", {"indicator": st.just("prem"), "at_least": st.floats(0, 10)}),
    clause("kpi", {"indicator": st.just("gpe"), "slope": euros}, {"case_mix": st.booleans()}),
    clause("offer_band", may={"lower": st.floats(0, 100), "upper": st.floats(100, 1000)}),
    clause("index_band", may={"lower": st.floats(0, 100), "upper": st.floats(100, 1000)}),
    clause("audit", may={"rate": shares, "fine": st.floats(0, 100), "insurer_cost": euros}),
    clause("stop_loss", {"attachment": euros}, {"share": shares}),
    clause("risk_corridor", {"width": shares, "kept": shares}),
    clause("change_cap", {"most": shares}),
    clause("session_floor", may={"share": shares}),
    clause("membership", {"of": st.just("quality_network")}),
    clause("joint_contracting", {"practices": st.integers(2, 200)}),
    clause("macro_clawback", may={"probability": shares}),
]
ABOUT_A_BUNDLE = [
    clause("mixed_fee", {"share": shares}),
    clause("pro_rata", may={"share": shares}),
    clause("minimum_contacts", {"contacts": st.integers(1, 30)}),
    clause("warranty", {"months": st.integers(1, 24)}),
]


@st.composite
def contracts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return a contract whose clauses fit together, in any order."""
    payment = draw(st.sampled_from(PAYMENTS))
    beside = list(SAFEGUARDS)
    if payment == "period_tariff":
        periods = st.sampled_from(["day", "week", "month", "quarter"])
        pays = draw(clause(payment, {"period": periods, "prices": prices(1) | prices(3)}))
    else:
        fixed = {"prices": prices(BUNDLES[payment])} if payment in BUNDLES else {}
        pays = draw(clause(payment, may=fixed))
    if payment in BUNDLES:
        beside += ABOUT_A_BUNDLE
        beside += [clause("regrading", {"at": st.just("quarter_start")})] * (payment in GRADED)
        beside += [clause("negotiation"), clause("single_purchasing")] * ("prices" not in pays)
    chosen = draw(st.lists(st.sampled_from(range(len(beside))), unique=True, max_size=8))
    return draw(st.permutations([pays, *(draw(beside[number]) for number in chosen)]))


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    data = draw(st.fixed_dictionaries({"title": both, "story": both, "source": words}))
    data["contract"] = draw(contracts())
    bundle = any(each["clause"] in BUNDLES for each in data["contract"])
    data["entitlement"] = "open" if bundle else draw(st.sampled_from(list(Entitlement))).value
    data["participation"] = draw(
        st.one_of(
            st.fixed_dictionaries({}, optional={"practices": shares, "insurers": shares}),
            st.fixed_dictionaries({"only_practices": st.lists(st.integers(0, 9999), max_size=4)}),
        )
    )
    chosen = draw(st.lists(st.sampled_from(LEVERS), unique_by=lambda each: each.name, max_size=4))
    data["set"] = {each.name: draw(st.floats(each.low, each.high)) for each in chosen}
    optional = ["contract", "entitlement", "participation", "set"]
    for key in draw(st.lists(st.sampled_from(optional), unique=True)):
        del data[key]
    return data


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("scenarios") / "mine.yaml"


@MODERATE
@given(data=scenarios())
def test_valid_scenario_survives_being_written_down(file, data):
    file.write_bytes(written(data, Quoting))
    scenario = load(str(file), REGISTRY)
    policy = scenario.policy()
    assert isinstance(policy, Policy)
    assert policy.levers == data.get("set", {})
    assert policy.entitlement == data.get("entitlement", "open")
    if "contract" in data:
        assert [each.clause for each in policy.clauses] == [
            each["clause"] for each in data["contract"]
        ]
    assert scenario.title.nl == " ".join(data["title"]["nl"].split())
    file.write_bytes(written(scenario.model_dump(mode="json"), Quoting))
    assert load(str(file), REGISTRY) == scenario


@MODERATE
@given(clauses=contracts(), data=st.data())
def test_a_contract_in_two_files_is_the_contract_in_one(file, clauses, data):
    """Adding clauses says the same as writing them all, and taking them out undoes it."""
    head = {"title": {"en": "a", "nl": "b"}, "story": {"en": "a", "nl": "b"}, "source": "c"}
    others = [each for each in clauses if each["clause"] not in PAYMENTS]
    added = data.draw(st.lists(st.sampled_from(others), unique_by=id)) if others else []
    inherited = [each for each in clauses if not any(each is other for other in added)]
    base, more, less = (file.with_name(f"{name}.yaml") for name in ("base", "more", "less"))
    base.write_bytes(written({**head, "contract": inherited}))
    more.write_bytes(written({**head, "extends": "base.yaml", "add": added}))
    whole = load(more, REGISTRY)
    names = list(whole.added)
    less.write_bytes(written({**head, "extends": "more.yaml", "remove": names}))
    file.write_bytes(written({**head, "contract": clauses}))
    try:
        assert set(whole.contract) == set(load(file, REGISTRY).contract)
        assert load(less, REGISTRY).contract == load(base, REGISTRY).contract
    finally:
        for path in (base, more, less):
            path.unlink()


# --- mangled scenarios ---------------------------------------------------------------------------

strange = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**310),
    st.text(max_size=20),
    st.dates(date(1, 1, 1)),
    st.datetimes(datetime(1, 1, 1)),
    st.binary(max_size=8),
    st.sampled_from(["open", "fee_per_session", "flat_bundle", "audit", "bundle_flat", "prem"]),
    st.sampled_from(["1e3", "-0", 1.5, -1, 0, 1, 3]),
)
keys = st.one_of(
    st.text(max_size=12),
    st.integers(-5, 5),
    st.sampled_from(
        ["en", "clause", "prices", "set", "bundle_price_factor", "only_practices", "practices",
         "extends", "add", "remove", "contract", "share", "indicator", "consequence"]
    ),
)  # fmt: skip
nested = st.recursive(
    strange, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=4)
)
snippets = st.one_of(
    st.text(max_size=10),
    st.text("{}[]&*!|>'\"%@`#:,-? \n\t\x00\x85\u2028.~0x1_e", max_size=8),
    st.sampled_from(["&a ", "*a", "<<: *a", "!!python/object:os.system ", "---\n", "...", ".nan"]),
)


def places(data: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of nested data."""
    found = []
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in list(items):
        found.append((data, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


@st.composite
def mangled_values(draw: st.DrawFn) -> bytes:
    """Return a library file with some keys and values deleted, replaced or added."""
    data = yaml.safe_load(LIBRARY_BYTES[draw(st.sampled_from(sorted(LIBRARY_BYTES)))])
    data.setdefault("set", {"bundle_price_factor": 1.05})
    for _ in range(draw(st.integers(1, 3))):
        if not (spots := places(data)):
            break
        holder, key = draw(st.sampled_from(spots))
        match draw(st.sampled_from(["replace", "delete", "rename", "add", "repeat"])):
            case "replace":
                holder[key] = draw(nested)
            case "delete":
                del holder[key]
            case "rename" if isinstance(holder, dict):
                holder[draw(keys)] = holder.pop(key)
            case "add" if isinstance(holder, dict):
                holder[draw(keys)] = draw(nested)
            case _ if isinstance(holder, list):
                holder.append(draw(nested) if draw(st.booleans()) else holder[key])
    return written(data)


@st.composite
def mangled_bytes(draw: st.DrawFn) -> bytes:
    """Return a library file with some of its bytes cut, repeated, replaced or added to."""
    raw = LIBRARY_BYTES[draw(st.sampled_from(sorted(LIBRARY_BYTES)))]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(raw)))
        stop = min(len(raw), start + draw(st.integers(0, 60)))
        new = draw(st.one_of(st.binary(max_size=8), snippets.map(str.encode)))
        middle = draw(st.sampled_from([b"", raw[start:stop] * 2, new, new + raw[start:stop]]))
        raw = raw[:start] + middle + raw[stop:]
    return raw


@st.composite
def mangled_lines(draw: st.DrawFn) -> bytes:
    """Return a library file with lines deleted, repeated, moved, or with another value."""
    lines = LIBRARY_BYTES[draw(st.sampled_from(sorted(LIBRARY_BYTES)))].splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(lines) - 1))
        key, _, value = lines[number].partition(b":")
        other = draw(st.sampled_from(lines))
        value = b": " + draw(snippets).encode() + draw(st.sampled_from([b"\n", value]))
        new = draw(
            st.sampled_from([b"", lines[number] * 2, other, key + value, b"  " + key + value])
        )
        lines[number] = new
    return b"".join(lines)


@MODERATE
@given(raw=st.one_of(mangled_values(), mangled_bytes(), mangled_lines()))
def test_mangled_file_gives_a_scenario_or_one_sentence(file, raw):
    file.write_bytes(raw)
    try:
        scenario = load(str(file), REGISTRY)
    except ScenarioError as error:
        assert len(str(error).splitlines()) == 1
        assert str(error).startswith("mine.yaml, line ")
        assert len(str(error)) < 600
    else:
        policy = scenario.policy()
        assert 0 <= policy.practices_share <= 1 and 0 <= policy.insurers_share <= 1
        assert all(math.isfinite(value) for value in policy.levers.values())
    assert file.read_bytes() == raw
    assert [each.name for each in file.parent.iterdir()] == ["mine.yaml"]


def test_library_is_untouched():
    assert {name: path.read_bytes() for name, path in library().items()} == LIBRARY_BYTES


@MODERATE
@given(
    texts=st.lists(
        st.one_of(st.text(), st.builds("bundle_price_factor={}".format, nested)), max_size=3
    )
)
def test_settings_give_numbers_or_one_sentence(texts):
    try:
        numbers = parse_settings(texts, REGISTRY)
    except ScenarioError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert all(math.isfinite(value) for value in numbers.values())


@MODERATE
@given(name=st.text(max_size=60))
def test_any_name_gives_a_scenario_or_one_sentence(name):
    try:
        load(name, REGISTRY)
    except ScenarioError as error:
        assert len(str(error).splitlines()) == 1
