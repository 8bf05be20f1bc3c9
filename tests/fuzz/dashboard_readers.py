"""Readers of what a visitor of the dashboard sends: the address, a file, a form."""

import json
from pathlib import Path

from dashboards.game.questions import POINTS, ROLES, checked, cost
from dashboards.levers import levers as all_levers
from dashboards.own_scenario import own_name, read_text
from dashboards.upload import given
from dashboards.view import Choices, address, parse
from model.outcomes import MEASURES
from scenarios.loader import library
from tests.fuzz.mangling import as_json, mangled_bytes
from tests.fuzz.reader import REGISTRY, Reader, spoiled_json, spoiled_yaml
from tests.fuzz.readers import LIBRARY, use

CHOICES = Choices(
    tuple(LIBRARY), tuple(each.id for each in MEASURES), tuple(range(2025, 2030)),
    all_levers(REGISTRY), "fee_for_service_open",
)  # fmt: skip
ADDRESSES = [
    b"/outcomes?lang=en&s=bundle_flat&l.bundle_price_factor=1.05&m=paramedical_spending&y=2026",
    b"/compare?lang=nl&with=bundle_flat,bundle_phase&v=0.1.0",
    b"/compare?with=,bundle_flat,fee_for_service_open",
    b"/?lang=nl",
]


def read_address(folder: Path, raw: bytes) -> None:
    path, _, query = raw.decode(errors="replace").partition("?")
    view, problems = parse(path, query, CHOICES)
    assert len(problems) < 1_000
    assert all(len(text) <= 100 for one in problems for text in one.values.values())
    again, complaints = parse(*address(view), CHOICES)
    assert (again, complaints) == (view, [])


# --- a scenario file of the visitor's own


def read_own(folder: Path, raw: bytes) -> None:
    """Read a file as a browser sends it: as text, whatever it was."""
    use(read_text(raw.decode("utf-8-sig", errors="replace"), "mine.yaml"))


def uploads() -> list[bytes]:
    files = [(name, raw.decode()) for name, raw in list(LIBRARY.items())[:4]]
    return [
        as_json({"name": f"{name}.yaml", "size": len(text), "text": text}) for name, text in files
    ]


def read_upload(folder: Path, raw: bytes) -> None:
    """Read what the page sends; the server believes nothing of it but that it is JSON."""
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        return
    file = given(sent)
    assert len(file.name) <= 80 and "/" not in own_name(file.name)
    assert own_name(file.name) not in library()
    if not file.large:
        use(read_text(file.text, file.name))


# --- what a role decides in the class game


def read_decision(folder: Path, raw: bytes) -> None:
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        return
    for role in ROLES:
        found = checked(role, 4, sent)
        assert 0 <= cost(role, found) <= 20 * POINTS


DECISIONS = [as_json({"insurer_1": "flat", "practice_1": "join", "regulator_1": "watch"})]


READERS = (
    Reader("address", ADDRESSES, read_address, mangled_bytes, 8.0),
    Reader("own scenario", list(LIBRARY.values()), read_own, spoiled_yaml, 2.0),
    Reader("upload", uploads(), read_upload, spoiled_json, 2.0),
    Reader("decision", DECISIONS, read_decision, spoiled_json, 1.0),
)
