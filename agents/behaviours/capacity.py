"""Capacity: what a slot is worth when they are scarce, and what a patient would find elsewhere.

Both belong to the full rule of acceptance (clinical evidence, section 4.5): the reservation value t
of a slot, and B_alt. Selection is easiest to rationalise where capacity is ample, and hurts most
where it is scarce.
"""

from model.rules import rule


@rule
def scarcity(load: float, capacity: float, start: float) -> float:
    """Return how scarce a practice's slots are: 0 up to a utilisation u0, 1 when full.

    (u - u0) / (1 - u0) within 0 and 1, with u = load / capacity.

    Args:
        load: Sessions a month planned now.
        capacity: Sessions a month kept for these patients.
        start: u0, the utilisation at which slots begin to be scarce.
    """
    return min(1.0, max(0.0, (load / capacity - start) / (1.0 - start)))


@rule
def shadow_price(scarce: float, regular_margin: float, sessions: float) -> float:
    """Return what a scarce slot could earn with a regular patient instead, EUR a year.

    scarcity x (p - c of a regular session) x sessions; nothing where a regular session earns
    nothing.

    Args:
        scarce: Value of ``scarcity``.
        regular_margin: p - c of an individual session under the regular contract, EUR.
        sessions: Sessions a year that the patient would take.
    """
    return scarce * max(0.0, regular_margin) * sessions


@rule
def others_with_room(
    staff_with_room: float, staff: float, own_with_room: float, own: float
) -> float:
    """Return the share of the other practices in a region that have room, weighted by staff.

    Args:
        staff_with_room: Staff of the region's practices that have room.
        staff: Staff of all its practices.
        own_with_room: Own staff if the own practice has room, else 0.
        own: Own staff.
    """
    if staff <= own:
        return 0.0
    return min(1.0, max(0.0, (staff_with_room - own_with_room) / (staff - own)))


@rule
def outside_option(found: float, with_room: float, refused: float) -> float:
    """Return the part of full treatment a refused patient would get elsewhere in the region.

    B_alt = this x B(min(n, maximum), n): others must have room, and not refuse as well (S2).

    Args:
        found: Part of full treatment found where others have room and refuse nobody.
        with_room: Value of ``others_with_room``.
        refused: Share of requests refused in the region last year.
    """
    return found * with_room * (1.0 - refused)
