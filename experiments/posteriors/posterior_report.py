"""What a posterior says: how targets and parameters moved, and which holds which."""

import numpy as np
import pandas as pd

from experiments.calibration import TARGETS
from experiments.posteriors.posterior import Waves, parameters_at, used_targets
from model.parameters import Registry

#: Parameters named per target.
NAMED = 3


def target_rows(waves: Waves, checks: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Return one row per target that the registry gives as such, also those kept apart.

    Args:
        waves: The calibration.
        checks: Values by target of posterior draws as a user gets them, with luck of their own.
        registry: Parameters.

    Returns:
        target, label, used, value, low, high; the share of runs within the range and the 5th,
        50th and 95th percentile, of the prior (wave 1) and of the checks; moved_by (parameters
        that move it most, strongest first), explained (share of variance that the first emulator
        predicts in runs left out).
    """
    prior = waves.values[waves.values["wave"] == 1]
    used = {target.id for target in used_targets(registry)}
    first = {e.observed.id: e for e in waves.emulators[0]} if waves.emulators else {}
    rows = []
    for target in TARGETS:
        entry = registry[target.parameter]
        if entry.role != "target":
            continue
        row = {
            "target": target.id, "label": entry.label.en, "used": target.id in used,
            "value": entry.value, "low": entry.low, "high": entry.high,
        }  # fmt: skip
        for name, runs in (("prior", prior), ("check", checks)):
            values = runs[target.id].to_numpy()
            row[f"{name}_within"] = float(((entry.low <= values) & (values <= entry.high)).mean())
            known = values[np.isfinite(values)]
            for q in (5, 50, 95):
                row[f"{name}_{q}"] = float(np.percentile(known, q)) if len(known) else np.nan
        emulator = first.get(target.id)
        active = emulator.active[:NAMED] if emulator else ()
        row["moved_by"] = " ".join(waves.names[k] for k in active)
        row["explained"] = emulator.explained if emulator else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def parameter_rows(waves: Waves, registry: Registry) -> pd.DataFrame:
    """Return one row per constrained parameter, the one that was narrowed most first.

    Returns:
        parameter, label, prior and posterior 5th, 50th and 95th percentile, narrower (how much
        smaller the standard deviation of its quantile has become, share; below 0 for wider),
        shift (how far its mean quantile moved), targets (those that it is active in).
    """
    kept = waves.x[waves.agrees]
    values = parameters_at(registry, waves.names, kept)
    levels = np.array([0.05, 0.5, 0.95])
    rows = []
    for name in waves.active:
        k = waves.names.index(name)
        prior = parameters_at(registry, [name], levels[:, None])[name].to_numpy()
        posterior = np.quantile(values[name], levels)
        moved = dict.fromkeys(
            e.observed.id for wave in waves.emulators for e in wave if e.trusted and k in e.active
        )
        spread = float(kept[:, k].std(ddof=1)) if len(kept) > 1 else 0.0
        rows.append(
            {"parameter": name, "label": registry[name].label.en}
            | {f"prior_{q}": v for q, v in zip((5, 50, 95), prior, strict=True)}
            | {f"posterior_{q}": v for q, v in zip((5, 50, 95), posterior, strict=True)}
            | {
                "narrower": 1.0 - spread * np.sqrt(12.0),  # an even spread has 1 / sqrt(12)
                "shift": float(kept[:, k].mean() - 0.5),
                "targets": " ".join(moved),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values("narrower", ascending=False, ignore_index=True) if rows else table
