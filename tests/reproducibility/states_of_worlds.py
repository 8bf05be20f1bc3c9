"""Live a few small worlds and print what they come to, exactly; run under any interpreter.

Prints one JSON object: per world the fingerprint of its state (every bit of every array) at each
January and at the end, and of its outcomes.
"""

import hashlib
import json
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

WORLDS = ("fee_for_service_capped", "bundle_weight_classes", "bundle_all_safeguards")
SHARE, YEARS, SEED = 0.003, 2, 1


def states() -> dict[str, dict[str, str]]:
    """Return the fingerprints by world; the last world has drawn parameters."""
    from experiments.run_command import january_of, run_world, yearly_values
    from experiments.state_fingerprint import state_fingerprint
    from model.parameters import load_registry
    from scenarios.loader import load

    registry = load_registry()
    drawn = registry.draws(2, seed=1)[1]
    out = {}
    for name, p in [(name, registry.values()) for name in WORLDS] + [(WORLDS[1], drawn)]:
        found: dict[str, str] = {}

        def note(world, found=found) -> None:
            found[january_of(world.year)] = state_fingerprint(world)

        policy = load(name, registry).policy()
        world = run_world(policy, p, SHARE, YEARS, SEED, keep_lines=False, each_january=note)
        found["end"] = state_fingerprint(world)
        table = yearly_values(world.results())
        exact = "".join(f"{value.hex()} " for value in table["value"].astype(float))
        found["outcomes"] = hashlib.sha256(exact.encode()).hexdigest()
        out[f"{name}, {'drawn' if p is drawn else 'central'}"] = found
    return out


if __name__ == "__main__":
    print(json.dumps({"python": platform.python_version(), "states": states()}))
