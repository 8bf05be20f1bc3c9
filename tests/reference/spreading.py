"""Spreading: in whose care an amount for a practice counts, to the cent."""

from collections.abc import Callable

import numpy as np

from model.share_out import share_out

from .patient import ReferencePatient
from .practice_accounts import AccountKey


def count_on_patients(
    keys: list[AccountKey],
    patients: list[ReferencePatient],
    amounts: list[int],
    count: Callable[[ReferencePatient, int], None],
    everybody: list[ReferencePatient],
) -> None:
    """Say in whose care an amount per account counts: in proportion to what was paid for each.

    Accounts whose patients have all gone elsewhere are spread over everybody.
    """
    weights = [max(0, patient.tally.paramedical) for patient in patients]
    of_everybody = [max(0, patient.tally.paramedical) for patient in everybody]
    number = {key: place for place, key in enumerate(keys)}
    inside = [
        (patient, weight, number[patient.file_key])
        for patient, weight in zip(patients, weights, strict=True)
        if patient.file_key in number
    ]
    with_patients = {group for _, _, group in inside}
    kept = [amount if group in with_patients else 0 for group, amount in enumerate(amounts)]
    rest = sum(amounts) - sum(kept)
    # All accounts go in together, in order: where half a cent falls hangs on the running total.
    shares = shared(kept, [weight for _, weight, _ in inside], [group for *_, group in inside])
    for (patient, *_), share in zip(inside, shares, strict=True):
        count(patient, share)
    if rest:
        shares = shared([rest], of_everybody, [0] * len(everybody))
        for patient, share in zip(everybody, shares, strict=True):
            count(patient, share)


def shared(totals: list[int], weights: list[int], groups: list[int]) -> list[int]:
    """Return each row's part of the amount of its group, in proportion to weights, to the cent."""
    return share_out(
        np.array(totals, dtype=np.int64),
        np.array(weights, dtype=float),
        np.array(groups, dtype=np.int64),
    ).tolist()
