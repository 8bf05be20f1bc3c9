"""``zorgbundel bench``: nanoseconds per patient-month, all phases, one core, after compilation.

Each size runs in a process of its own, so that memory is its own too. One year is a full cycle of
phases (January's contracts, December's observation included).
"""

import importlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

#: Population sizes and the years each is run.
SIZES = {3_000: 4, 30_000: 2, 381_000: 1, 5_000_000: 1}

#: Size of the comparison with plain Mesa: patients in treatment, months.
PLAIN_PATIENTS, PLAIN_MONTHS = 300, 24

#: Size of the comparison of contracts: patients, and pairs of years run.
CONTRACT_PATIENTS, CONTRACT_REPEATS = 381_000, 9


def bench_report(tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Run all measurements one after the other and return them.

    Args:
        tell: Receives a line of progress before each measurement.
    """
    tell("compiling (first time only)")
    _apart(_compile)
    nanoseconds: dict[str, float] = {}
    for patients, years in SIZES.items():
        tell(f"{patients:,} patients, {years} year(s)")
        nanoseconds[str(patients)] = _apart(_growth, patients, years)["ns"]
    tell("seven years of the whole eligible population")
    whole = _apart(_whole)
    tell("treated cohort, 60 months")
    cohort = _apart(_cohort)
    tell("plain Mesa reference")
    plain = _apart(_plain)
    tell("richest contract")
    richest = _apart(_richest, CONTRACT_PATIENTS, CONTRACT_REPEATS)
    tell(
        f"richest contract ({richest['scenario']}, {richest['clauses']} clauses) against "
        f"weight-class bundle: {richest['percent']:+.1f} % per patient-month"
    )
    tell("everybody responds")
    responding = _apart(_responding, CONTRACT_PATIENTS)
    sizes = list(nanoseconds)
    return {
        "ns_per_patient_month": nanoseconds,
        "ns_per_patient_month_everybody_responds": responding["ns"],
        "ratio_to_plain_mesa": plain,
        "growth_ratio": nanoseconds[sizes[-1]] / nanoseconds[sizes[0]],
        # At 3,000 patients the fixed cost of a month weighs in; this one shows the loops alone.
        "growth_ratio_from_30000": nanoseconds[sizes[-1]] / nanoseconds[sizes[1]],
        "peak_mb": whole["peak_mb"],
        "startup_s": _startup(),
        "seven_years_s": whole["seconds"],
        "seven_years_set_up_s": whole["set_up_s"],
        "treated_cohort_60_months_s": cohort["seconds"],
        "richest_contract": richest["scenario"],
        "richest_contract_extra_percent": richest["percent"],
    }


def _apart(measure: Callable[..., Any], *args: Any) -> Any:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *args).result()


def _pieces():
    """Import what a measurement needs, in its own process."""
    from model.contracts.intake_fee import IntakeFee
    from model.contracts.weight_class_bundle import WeightClassBundle
    from model.parameters import load_registry
    from model.policy import HISTORY, Policy
    from model.population import Size
    from model.simulation import Span, World

    bundle = Policy(clauses=(IntakeFee(), WeightClassBundle()))
    return SimpleNamespace(
        p=load_registry().values(), World=World, Size=Size, Span=Span, history=HISTORY,
        bundle=bundle,
    )  # fmt: skip


def _compile() -> None:
    use = _pieces()
    world = use.World(
        use.p,
        use.history,
        0,
        use.Size.of_treated(use.p, 50),
        use.Span(2024, 2025, 2025),
        keep_lines=False,
    )
    world.run(12).branch(use.bundle).run()


def _growth(patients: int, years: int) -> dict[str, float]:
    """Time whole years under the bundle, from its first month."""
    use = _pieces()
    _compile()
    size = use.Size.of_share(use.p, patients / use.p.gold2plus_patients)
    span = use.Span(2025, 2025, 2024 + years)
    world = use.World(use.p, use.bundle, 1, size, span, keep_lines=False)
    start = time.perf_counter()
    world.run()
    seconds = time.perf_counter() - start
    return {"ns": 1e9 * seconds / (size.patients * span.months)}


def _responding(patients: int) -> dict[str, float]:
    """Time three policy years in which practices choose and the regulator acts, after history.

    Joining, prices, switching, learning, careers and the evaluations of two Januaries are in it.
    """
    from model.policy import Policy

    use = _pieces()
    _compile()
    policy = Policy(clauses=use.bundle.clauses, by_choice=True, regulator_acts=True)
    size = use.Size.of_share(use.p, patients / use.p.gold2plus_patients)
    span = use.Span(2024, 2025, 2027)
    world = use.World(use.p, use.history, 1, size, span, keep_lines=False)
    world = world.run(world.policy_month).branch(policy)
    start = time.perf_counter()
    world.run()
    seconds = time.perf_counter() - start
    return {"ns": 1e9 * seconds / (size.patients * (span.months - span.policy_month))}


def _whole() -> dict[str, float]:
    use = _pieces()
    _compile()
    start = time.perf_counter()
    world = use.World(use.p, use.history, 1, use.Size.of_share(use.p, 1.0), keep_lines=False)
    made = time.perf_counter()
    world.run(world.policy_month).branch(use.bundle).run()
    done = time.perf_counter()
    return {"seconds": done - start, "set_up_s": made - start, "peak_mb": _peak_mb()}


def _cohort() -> dict[str, float]:
    use = _pieces()
    _compile()
    size = use.Size.of_treated(use.p, int(use.p.copd_physio_patients))
    world = use.World(use.p, use.bundle, 1, size, use.Span(2025, 2025, 2029), keep_lines=False)
    start = time.perf_counter()
    world.run()
    return {"seconds": time.perf_counter() - start}


def _plain() -> float | None:
    """Return how many times longer the plain Mesa reference takes than this engine."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "tests" / "reference").is_dir():
        return None  # an installed copy without the tests
    sys.path.insert(0, str(root))
    reference = importlib.import_module("tests.reference.model")
    use = _pieces()
    _compile()
    size, span = use.Size.of_treated(use.p, PLAIN_PATIENTS), use.Span(2025, 2025, 2026)
    world = use.World(use.p, use.bundle, 1, size, span)
    plain = reference.ReferenceModel(use.World(use.p, use.bundle, 1, size, span))
    start = time.perf_counter()
    for _ in range(PLAIN_MONTHS):
        plain.step()
    slow = (time.perf_counter() - start) / (PLAIN_MONTHS * PLAIN_PATIENTS)
    # The engine's fixed cost per month would flatter plain Mesa at 300 patients.
    world = use.World(
        use.p, use.bundle, 1, use.Size.of_treated(use.p, 30_000), span, keep_lines=True
    )
    start = time.perf_counter()
    world.run(PLAIN_MONTHS)
    fast = (time.perf_counter() - start) / (PLAIN_MONTHS * 30_000)
    return slow / fast


def _richest(patients: int, repeats: int) -> dict[str, Any]:
    """Compare the library's contract of most clauses with the weight-class bundle, in CPU time.

    Both continue from one year of history, whose measurements the contract uses, for a year each.
    They run in pairs, and the median of the ratios counts: what else the machine does hits both.
    """
    from model.parameters import load_registry
    from scenarios.loader import library, load

    use = _pieces()
    _compile()
    registry = load_registry()
    policies = {name: load(name, registry).policy() for name in library()}
    name = max(policies, key=lambda one: len(policies[one].clauses))
    size = use.Size.of_share(use.p, patients / use.p.gold2plus_patients)
    world = use.World(use.p, use.history, 1, size, use.Span(2024, 2025, 2025), keep_lines=False)
    world.run(world.policy_month)
    ratios = []
    for _ in range(repeats):
        seconds = []
        for policy in (policies[name], use.bundle):
            branch = world.branch(policy)
            start = time.process_time()
            branch.run()
            seconds.append(time.process_time() - start)
        ratios.append(seconds[0] / seconds[1])
    return {
        "scenario": name,
        "clauses": len(policies[name].clauses),
        "percent": 100.0 * (statistics.median(ratios) - 1.0),
    }


def _peak_mb() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0)


def _startup() -> float:
    command = [sys.executable, "-c", "from experiments.cli import main; main(['--help'])"]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
