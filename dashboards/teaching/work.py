"""What worker processes do for the page Class."""

from functools import lru_cache

from experiments.teaching.twin_lives import Twins

#: Small enough to wait for, large enough that most questions fit somebody.
SHARE = 0.02
MOST_SEED = 9_999


def twin_lives(baseline: str, policy: str, question: str, seed: int, theory: str) -> Twins:
    """Return twin lives of two scenarios of the library.

    Args:
        baseline: Name of the library.
        policy: Name of the library.
        question: One of ``experiments.teaching.twin_lives.QUESTIONS``.
        seed: Seed of both worlds.
        theory: What moves all therapists from the policy year on; empty for as usual.
    """
    from experiments.teaching.twin_words import twins_of

    pair, scenarios = _pair(baseline, policy, seed, theory)
    return twins_of(pair, scenarios, question, seed, SHARE)


@lru_cache(maxsize=2)
def _pair(baseline: str, policy: str, seed: int, theory: str):
    """Return both worlds; another question about them need not run them again."""
    from dataclasses import replace

    from experiments.teaching.twins import live
    from model.parameters import load_registry
    from scenarios.loader import load

    registry = load_registry()
    scenarios = tuple(load(name, registry) for name in (baseline, policy))
    policies = [one.policy() for one in scenarios]
    if theory:
        policies = [replace(one, theories={theory: 1.0}) for one in policies]
    return live(*policies, registry.values(), seed, SHARE), scenarios
