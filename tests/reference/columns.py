"""The state of both worlds as columns of the same name, shape and unit."""

import numpy as np

from model import register, state
from model.codes import GOLD_STAGES, HABIT_CONTRACT, INSURERS
from model.indicators import NUMBER
from model.register import Register as EngineRegister
from model.rewards import SHAPES
from model.simulation import World

from .caseload import Caseload
from .entitlement import most_covered
from .model import ReferenceModel
from .panel_columns import engine_panel, reference_panel
from .prices import KINDS
from .register import CARE_COST, CLASSES, Register, cell_of

Columns = dict[tuple[str, str], np.ndarray]

#: Rows of the engine's register, in order.
NOTED = (*sorted(NUMBER, key=NUMBER.get), CARE_COST)
#: What practices learned, and saw of each other.
LEARNED = ("tried", "kind", "payoff", "too_heavy_nearby", "caught_nearby")
STYLES = ("style", "style_before")
#: What moves therapists this year.
DRIVES = ("rho_sessions", "rho_acceptance", "rho_grading", "moral_cost", "lacking")
#: What the books keep per practice and insurer.
ACCOUNT = (
    "revenue",
    "quarters",
    "last_revenue",
    "last_quarters",
    "reference_value",
    "lump_sums",
    "other_lump_sums",
    "watched",
    "lost",
    "missed",
)
CLAIMS = ("sessions", "value", "quarters")
SUMS = ("count", "total", "squares", "expected")
OF_COUNTRY = ("overrun_rate", "reference_spending", "audited", "found", "moral_cost_most")
CASELOAD = ("patients", "gain", "variance", "benefit", "euros", "room")
INSURER_YEAR = ("patients", "seen", "compensation", "health_reward", "care", "result")
#: Who works in the practices: per post, and per practice.
OF_POST = ("in_post", "rho", "norm", "own_moral_cost", "keeps_guideline")
OF_STAFF = ("staffed", "left")
PEOPLE = (*OF_POST, *OF_STAFF, "usual_satisfaction")
ASKED = ("requests", "refused", "refused_share")
NO_MAXIMUM = 32_000.0


def engine_columns(world: World) -> Columns:
    """Return a copy of all state of the engine, by table and column."""
    columns = {
        (table, name): values.copy()
        for table in state.TABLES
        for name, values in getattr(world, table)._asdict().items()
    }
    columns["practices", "load"] = world.load.copy()
    columns["practices", "capacity"] = world.capacity.copy()
    for name in PEOPLE:
        columns["people", name] = getattr(world.people, name).copy()
    columns["practices", "deferred"] = world.practice_deferred.copy()
    columns["practices", "wait"] = world.waits.copy()
    columns["practices", "reputation"] = world.reputations.copy()
    columns["practices", "contract_of"] = world.contract_of.ravel().copy()
    columns["practices", "supplement"] = world.supplement.ravel().copy()
    columns["practices", "barred_until"] = world.barred_until.ravel().copy()
    columns["practices", "coordination_from"] = world.books.coordination_from.copy()
    for name in (*LEARNED, *STYLES):
        columns["conduct", name] = getattr(world.conduct, name).ravel().copy()
    for name in DRIVES:
        columns["drives", name] = getattr(world.drives, name).copy()
    columns["terms", "maxima"] = world.maxima.ravel().astype(float)
    for name in CLAIMS:
        columns["claims", name] = getattr(world.claims, name).ravel().copy()
    for number, prices in enumerate(world.prices):
        columns["prices", f"session {number}"] = prices.session
        columns["prices", f"intake {number}"] = np.array([prices.intake])
        columns["prices", f"quarter {number}"] = prices.quarter.ravel()
        for name in SHAPES:
            of_contract = getattr(world.rewards, name)[number]
            columns["rewards", f"{name} {number}"] = of_contract.ravel().copy()
    for name in SHAPES if world.prices else ():
        columns["rewards", f"{name} habit"] = (
            getattr(world.rewards, name)[HABIT_CONTRACT].ravel().copy()
        )
    for name in ASKED:
        columns["regions", name] = getattr(world.access, name).copy()
    for name in CASELOAD:
        columns["caseload", name] = getattr(world.caseload, name).copy()
    columns["insurers", "won"] = world.won.copy()
    columns["insurers", "price factor"] = world.offer_factor.copy()
    columns["terms", "audit rate"] = np.array([one.audit_rate for one in world.contracts])
    columns |= _engine_books(world)
    columns |= engine_panel(world)
    if world.insurer_years:
        for name in INSURER_YEAR:
            columns["insurers", name] = world.insurer_years[-1][name].to_numpy()
    return columns


def _engine_books(world: World) -> Columns:
    """Return a copy of the engine's books."""
    books = world.books
    columns = {("books", name): getattr(books, name).ravel().copy() for name in ACCOUNT}
    columns["books", "usual_sessions"] = books.usual_sessions.ravel()
    columns["books", "class_mix"] = books.class_mix
    for name in OF_COUNTRY:
        columns["books", name] = np.array([getattr(books, name)])
    for kpi, amounts in books.withheld.items():
        columns["books", f"withheld {kpi}"] = amounts.copy()
    for name in SUMS:
        columns["register", name] = getattr(books.register, name).ravel().copy()
    columns["register", "norm"] = _norm_in_use(books.register).ravel()
    return columns


def _norm_in_use(books: EngineRegister) -> np.ndarray:
    """Return the engine's norm, with nothing in cells that no measurement goes to."""
    norm = books.norm.copy()
    norm[register.HEAVY_CLASS, len(GOLD_STAGES) :] = 0.0
    return norm


def reference_columns(model: ReferenceModel) -> Columns:
    """Return the state of the plain model in the engine's columns."""
    columns: Columns = {}
    for table, (_, declared) in state.TABLES.items():
        if table == "practice_tally":
            owners = [practice.tally for practice in model.practices]
        elif table == "tally":
            owners = [patient.tally for patient in model.patients]
        else:
            owners = model.patients
        for column in declared:
            columns[table, column.name] = np.array([getattr(who, column.name) for who in owners])
    practices = model.practices
    signed = [number for practice in practices for number in practice.contract_with]
    columns["practices", "load"] = np.array([practice.load for practice in practices])
    columns["practices", "capacity"] = np.array([one.capacity for one in practices])
    for name in OF_POST:
        columns["people", name] = np.array([getattr(one, name) for one in model.therapists])
    for name in OF_STAFF:
        columns["people", name] = np.array([getattr(one, name) for one in practices])
    columns["people", "usual_satisfaction"] = np.array([model.usual_satisfaction])
    columns["practices", "deferred"] = np.array([practice.deferred for practice in practices])
    columns["practices", "wait"] = np.array([practice.wait for practice in practices])
    columns["practices", "reputation"] = np.array([one.reputation for one in practices])
    columns["practices", "contract_of"] = np.array(signed)
    accounts = model.books.accounts.values()
    columns["practices", "supplement"] = np.array([one.supplement for one in accounts])
    columns["practices", "barred_until"] = np.array([one.barred_until for one in accounts])
    columns["practices", "coordination_from"] = np.array(
        [one.coordinates_from for one in practices]
    )
    for name in LEARNED:
        columns["conduct", name] = np.array([getattr(one, name) for one in practices])
    for name in STYLES:
        columns["conduct", name] = np.array([getattr(one, name) for one in practices]).ravel()
    for name in DRIVES:
        columns["drives", name] = np.array([getattr(one, name) for one in model.therapists])
    maxima = [min(NO_MAXIMUM, most_covered(model, y, k)) for y in (True, False) for k in range(5)]
    columns["terms", "maxima"] = np.array(maxima)
    for name in CLAIMS:
        claimed = [
            getattr(claims, name)[kind]
            for of_contract in model.claims
            for claims in of_contract
            for kind in KINDS
        ]
        columns["claims", name] = np.array(claimed)
    for number, prices in enumerate(model.prices):
        columns["prices", f"session {number}"] = prices.session
        columns["prices", f"intake {number}"] = np.array([prices.intake])
        columns["prices", f"quarter {number}"] = prices.quarter.ravel()
        for name in SHAPES:
            of_insurer = [getattr(rewards, name) for rewards in model.rewards[number]]
            columns["rewards", f"{name} {number}"] = np.array(of_insurer, dtype=float).ravel()
    for name in SHAPES if model.habit else ():
        of_insurer = [getattr(rewards, name) for rewards in model.habit]
        columns["rewards", f"{name} habit"] = np.array(of_insurer, dtype=float).ravel()
    regions = range(model.practices[-1].region + 1)
    for name in ASKED:
        by_region = getattr(model.asked, name)
        columns["regions", name] = np.array([float(by_region.get(one, 0)) for one in regions])
    for name in CASELOAD:
        loads = [model.caseloads.get(key, Caseload()) for key in model.books.accounts]
        columns["caseload", name] = np.array([getattr(load, name) for load in loads])
    columns["insurers", "won"] = np.array([one.won for one in model.insurers])
    columns["insurers", "price factor"] = np.array([one.price_factor for one in model.insurers])
    columns["terms", "audit rate"] = np.array([one.audit_rate for one in model.contracts])
    columns |= _reference_books(model)
    columns |= reference_panel(model)
    if model.insurer_years:
        for name in INSURER_YEAR:
            values = [getattr(one, name) for one in model.insurer_years]
            columns["insurers", name] = np.array(values)
    return columns


def _reference_books(model: ReferenceModel) -> Columns:
    """Return the books of the plain model in the engine's columns."""
    books, accounts = model.books, model.books.accounts.values()
    columns: Columns = {}
    for name in ACCOUNT:
        columns["books", name] = np.array([getattr(account, name) for account in accounts])
    columns["books", "usual_sessions"] = np.array([books.usual_sessions[kind] for kind in KINDS])
    columns["books", "class_mix"] = np.array(books.class_mix)
    for name in OF_COUNTRY:
        columns["books", name] = np.array([getattr(books, name)])
    for kpi in sorted({kpi for account in accounts for kpi in account.withheld}):
        withheld = [account.withheld.get(kpi, 0) for account in accounts]
        columns["books", f"withheld {kpi}"] = np.array(withheld)
    for name in SUMS:
        columns["register", name] = _sums(books.register, name, model)
    columns["register", "norm"] = np.array(
        [
            books.register.norm[indicator, (kind, gold)]
            if cell_of(indicator, kind, gold) == (kind, gold)
            else 0.0
            for indicator in NOTED
            for kind in CLASSES
            for gold in GOLD_STAGES
        ]
    )
    return columns


def _sums(books: Register, name: str, model: ReferenceModel) -> np.ndarray:
    """Return one sum of the register per indicator and account, in the engine's order."""
    out = np.zeros((len(NOTED), len(model.practices), len(INSURERS)))
    for (indicator, practice, insurer), sums in books.of_account.items():
        out[NOTED.index(indicator), practice, insurer] = getattr(sums, name)
    return out.ravel()
