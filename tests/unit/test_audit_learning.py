"""What insurers learn from audits: the share in too heavy a class, without bias."""

import numpy as np
import pytest
from reckoned_world import before_reckoning

from agents.insurer import best_audit_rate, estimated_share, moral_cost_most
from model.codes import HEAVIEST, INSURERS, MAINTENANCE, POLICY_CONTRACT, PROFILE_3
from model.contracts.audit import Audit
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month import reckoning
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2026)
DECEMBER_2026 = 35
STEEP = (300.0, 300.0, 600.0, 100.0)
DETECTION = 0.8
RATE = 0.3


def december(bundle, audit: Audit, size: float = 0.05, p=P) -> World:
    """Return a world in December of the second year of a contract, up to the reckoning."""
    policy = Policy(clauses=(IntakeFee(), bundle, audit))
    w = World(p, policy, 1, Size.of_share(p, size), SPAN, keep_lines=False).run(DECEMBER_2026)
    return before_reckoning(w)


@pytest.fixture(scope="module")
def heavy() -> World:
    """Patients who could be in too heavy a class and patients who could not, and real upcoding."""
    return december(WeightClassBundle(prices=STEEP), Audit(rate=0.0, detection=DETECTION, fine=0.0))


def learned(w: World, audit: Audit, lots: int) -> tuple[int, int]:
    """Return files counted and findings, over many lots falling on the files of one year."""
    rows = reckoning._patients(w)
    audited = found = 0
    seed = w.seed
    for lot in range(lots):
        w.seed = 1_000 + lot
        files = reckoning.files_of(w, rows)
        reckoning.learn_from_files(w, audit, files, rows)
        audited, found = audited + w.books.audited, found + w.books.found
    w.seed = seed
    return audited, found


def test_with_a_known_share_upcoded_the_estimate_is_unbiased(heavy):
    """Three in ten gradable files are too heavy, nine in ten of the watched ones; others extend."""
    w, luck = heavy, np.random.default_rng(5)
    rows = reckoning._patients(w)
    kept = {name: getattr(w.tally, name).copy() for name in ("gradable", "too_heavy", "overclaim")}
    gradable = luck.random(rows.size) < 0.4
    practice, insurer = np.divmod(w.care.policy_account[rows], len(INSURERS))
    watched = practice % 5 == 0
    wrong = gradable & (luck.random(rows.size) < np.where(watched, 0.9, 0.3))
    extended = luck.random(rows.size) < 0.3
    w.tally.gradable[rows], w.tally.too_heavy[rows] = gradable, wrong
    w.tally.overclaim[rows] = 10_000 * (wrong | extended)
    w.books.watched[practice[watched], insurer[watched]] = True
    audit = Audit(
        rate=RATE, rate_watched=1.0, detection=DETECTION, fine=0.0, insurer_cost=0.0,
        practice_cost=0.0,
    )  # fmt: skip

    audited, found = learned(w, audit, lots=60)
    share = wrong.sum() / gradable.sum()
    estimate = estimated_share(found, audited, DETECTION, 0.5, 0.0)
    error = np.sqrt(share * DETECTION * (1.0 - share * DETECTION) / audited) / DETECTION
    assert audited > 3_000
    assert estimate == pytest.approx(share, abs=3.0 * error)

    # Counting every audited file and every finding, as was done before, is far off.
    files = reckoning.files_of(w, rows)
    every, any_finding = audit.audited(files).sum(), audit.finds(files).sum()
    assert abs(any_finding / every / DETECTION - share) > 6.0 * error
    for name, values in kept.items():
        getattr(w.tally, name)[:] = values
    w.books.watched[:] = False


def test_the_real_share_upcoded_is_estimated_without_bias_too(heavy):
    rows = reckoning._patients(heavy)
    gradable, wrong = (getattr(heavy.tally, x)[rows] > 0 for x in ("gradable", "too_heavy"))
    share = wrong.sum() / gradable.sum()
    audit = Audit(rate=RATE, rate_watched=RATE, detection=DETECTION, fine=0.0)

    audited, found = learned(heavy, audit, lots=60)
    error = np.sqrt(share * DETECTION * (1.0 - share * DETECTION) / audited) / DETECTION
    assert 0.02 < share < 0.9 and 30 < gradable.sum() < rows.size
    assert found / audited / DETECTION == pytest.approx(share, abs=3.0 * error)


def test_more_upcoding_learned_is_a_higher_best_rate(heavy):
    """Files that could not be too heavy would water the share down, and the rate with it (U4)."""
    rows = reckoning._patients(heavy)
    wrong = (heavy.tally.too_heavy[rows] > 0).sum()
    gain, loss = 800.0, DETECTION
    rates = []
    for files in (rows.size, (heavy.tally.gradable[rows] > 0).sum()):
        most = moral_cost_most(wrong / files, gain, 0.5, 0.0)
        rates.append(best_audit_rate(P.audit_cost, gain, 0.5, loss, most, 0.0))
    assert rates[0] < rates[1]


def test_only_a_class_that_pays_less_than_the_heaviest_is_gradable(heavy):
    w = heavy
    counted = np.flatnonzero(w.tally.gradable)
    assert (w.care.policy_account[counted] >= 0).all()
    assert (w.tally.too_heavy <= w.tally.gradable).all()
    assert (w.tally.overclaim[w.tally.too_heavy > 0] > 0).all()
    # Whoever was in one class all year: not the heaviest profile, not in maintenance all along.
    settled = counted[w.tally.intakes[counted] == 0]
    assert (w.care.profile[settled] < PROFILE_3 + HEAVIEST).mean() > 0.95
    in_maintenance = (w.care.quarter >= 9) & (w.tally.intakes == 0) & (w.care.status == 2)
    assert in_maintenance.sum() > 20 and not w.tally.gradable[in_maintenance].any()
    assert MAINTENANCE == 2 and w.contracts[POLICY_CONTRACT].per_patient


def test_under_one_price_there_is_nothing_to_learn():
    w = december(FlatBundle(prices=(300.0, 150.0)), Audit(rate=1.0), size=0.01)
    reckoning.reckon_year(w)

    assert not w.tally.gradable.any() and (w.books.audited, w.books.found) == (0, 0)


def test_without_audits_nothing_is_noted():
    policy = Policy(clauses=(IntakeFee(), WeightClassBundle(prices=STEEP)))
    w = World(P, policy, 1, Size.of_share(P, 0.005), SPAN, keep_lines=False).run(20)

    assert not w.tally.gradable.any() and w.tally.policy_value.any()
