"""The address says everything, and nothing in an address can break a page."""

import json
import random
import subprocess
import sys
from dataclasses import asdict

import pytest

from dashboards.levers import levers
from dashboards.texts import texts
from dashboards.view import MOST_COMPARED, PAGES, Choices, View, address, link, parse, places
from model.outcomes import MEASURES
from model.parameters import load_registry

SCENARIOS = ("bundle_weight_classes", "bundle_flat", "fee_for_service_open", "mixed_optimum")
COMPARED = tuple(name for name in SCENARIOS if name != "fee_for_service_open")
CHOICES = Choices(
    SCENARIOS, tuple(m.id for m in MEASURES), tuple(range(2025, 2030)), levers(load_registry()),
    "fee_for_service_open",
)  # fmt: skip


def random_ranges(luck: random.Random) -> tuple[tuple[str, float, float], ...]:
    out = []
    for name in luck.sample(sorted(CHOICES.levers), 2):
        lever = CHOICES.levers[name]
        low, high = sorted(luck.uniform(lever.low, lever.high) for _ in range(2))
        out.append((name, low, high))
    return tuple(out)


def random_compared(luck: random.Random) -> tuple[str, ...] | None:
    """Nobody has chosen, or none, some or all of the places are taken."""
    names = [luck.choice((name, "")) for name in luck.sample(COMPARED, MOST_COMPARED)]
    return luck.choice((None, places(names)))


def random_view(luck: random.Random) -> View:
    names = luck.sample(sorted(CHOICES.levers), luck.randint(0, 5))
    moved = {n: luck.uniform(CHOICES.levers[n].low, CHOICES.levers[n].high) for n in names}
    return View(
        page=luck.choice(PAGES),
        language=luck.choice(("nl", "en")),
        scenario=luck.choice(SCENARIOS),
        levers={n: CHOICES.levers[n].clamped(x) for n, x in moved.items()},
        compared=random_compared(luck),
        measure=luck.choice(CHOICES.measures),
        year=luck.choice((0, *CHOICES.years)),
        version=luck.choice(("", "0.1.0+ab12cd")),
        practice=luck.randint(1, 20),
        ranges=luck.choice(((), random_ranges(luck))),
        points=luck.choice((3, 5, 7)),
        draws=luck.choice((3, 6, 10)),
    )


def test_200_random_views_survive_their_address():
    luck, compared = random.Random(7), set()
    for _ in range(200):
        view = random_view(luck)
        found, problems = parse(*address(view), CHOICES)
        assert found == view and not problems
        compared.add(view.compared)
    assert {None, ()} < compared and any(x and not x[0] for x in compared)


def test_an_address_means_the_same_in_a_fresh_process():
    view = random_view(random.Random(11))
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[3]); from dataclasses import asdict;"
        "from test_view import CHOICES; from dashboards.view import parse;"
        "print(json.dumps(asdict(parse(sys.argv[1], sys.argv[2], CHOICES)[0])))"
    )
    from pathlib import Path

    done = subprocess.run(
        [sys.executable, "-c", code, *address(view), str(Path(__file__).parent)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert json.loads(done.stdout) == json.loads(json.dumps(asdict(view)))


def test_what_is_usual_is_left_out():
    assert link(View()) == "/?lang=nl"


def test_nothing_chosen_is_not_the_same_as_nobody_has_chosen():
    assert link(View(page="compare", compared=())) == "/compare?lang=nl&with="
    assert parse("/compare", "with=", CHOICES)[0].compared == ()
    assert parse("/compare", "", CHOICES)[0].compared is None


@pytest.mark.parametrize(
    ("given", "compared", "wrong"),
    [
        (",bundle_flat", ("", "bundle_flat"), []),
        ("bundle_flat,,mixed_optimum,", ("bundle_flat", "", "mixed_optimum"), []),
        (",,,", (), []),
        ("fee_for_service_open,bundle_flat", ("", "bundle_flat"),
         [("compared_baseline", "fee_for_service_open")]),
        ("fee_for_service_open", None, [("compared_baseline", "fee_for_service_open")]),
        ("bundle_flat,bundle_flat,mixed_optimum", ("bundle_flat", "", "mixed_optimum"),
         [("compared_twice", "bundle_flat")]),
        ("bundle_flat,,,mixed_optimum,no_such", ("bundle_flat",),
         [("compared_most", "mixed_optimum,no_such")]),
    ],
)  # fmt: skip
def test_scenarios_stay_at_their_places_and_what_is_left_out_is_named(given, compared, wrong):
    view, problems = parse("/compare", f"with={given}", CHOICES)
    assert view.compared == compared
    assert [(one.key, one.values["given"]) for one in problems] == wrong
    assert parse(*address(view), CHOICES) == (view, [])
    for one in problems:
        assert one.values["given"] in texts(view.language)(f"problem.{one.key}", **one.values)


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        ("/nonsense", "", "page"),
        ("/outcomes", "s=no_such", "scenario"),
        ("/compare", "with=bundle_flat,no_such", "scenario"),
        ("/outcomes", "l.no_such=1", "lever"),
        ("/outcomes", "l.audit_rate=often", "number"),
        ("/outcomes", "l.audit_rate=nan", "number"),
        ("/outcomes", "l.audit_rate=inf", "number"),
        ("/outcomes", "l.audit_rate=7", "range"),
        ("/outcomes", "m=no_such", "measure"),
        ("/outcomes", "y=1066", "year"),
        ("/", "p=nonsense", "page"),
        ("/", "&".join(f"a{k}=1" for k in range(500)), "address"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_holds(path, query, key):
    view, problems = parse(path, "lang=en&" + query, CHOICES)
    assert [one.key for one in problems] == [key]
    assert view.page in PAGES
    if key != "address":
        assert view.language == "en"


def test_a_value_out_of_range_becomes_the_nearest():
    view, _ = parse("/outcomes", "l.audit_rate=7", CHOICES)
    assert view.levers["audit_rate"] == CHOICES.levers["audit_rate"].high


def test_mangled_addresses_never_raise():
    luck = random.Random(3)
    letters = "abcdl.=&%+;/?#é\x00<>\"'0123456789"
    for _ in range(500):
        text = "".join(luck.choice(letters) for _ in range(luck.randint(0, 80)))
        view, _ = parse("/" + text[:10], text, CHOICES)
        assert view.page in PAGES
