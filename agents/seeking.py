"""How patients decide to ask for physiotherapy, and which practice they ask.

Burden and a recent attack make a person ask; money, distance, an earlier refusal and waiting hold
some of them back. Who asks weighs the nearest practices by size, distance, wait and reputation.
"""

import math

from model.contracts.noise import reliability
from model.rules import rule


@rule
def asking_rate(
    base: float,
    ccq: float,
    ccq_slope: float,
    ccq_reference: float,
    attacked_lately: bool,
    attack_ratio: float,
    most: float,
) -> float:
    """Return the monthly chance that a person asks for physiotherapy if nothing is in the way.

    base x exp(slope x (CCQ - reference)) x ratio after an attack, at most ``most``. Fitted to the
    number in treatment and to how much sicker they are (``model/parameters/access_declared.yaml``).
    """
    chance = base * math.exp(ccq_slope * (ccq - ccq_reference))
    if attacked_lately:
        chance *= attack_ratio
    return min(most, chance)


@rule
def hindrance(
    deductible: float,
    per_deductible: float,
    distance: float,
    per_km: float,
    wait: float,
    per_month: float,
    refused_lately: bool,
    after_refusal: float,
) -> float:
    """Return the share of those who would ask that still asks, given what is in the way, 0 to 1.

    exp(-b_E E - b_d d - b_w w) x r if refused lately. That price, way, wait and a closed door hold
    people back is a declared assumption, as is how much; every b may be 0 and r 1.

    Args:
        deductible: Deductible still open this year, E, hundreds of EUR.
        per_deductible: b_E, fall of the log of asking per EUR 100.
        distance: Distance to the nearest practice, d, km.
        per_km: b_d.
        wait: Expected wait at the practices nearby, w, months.
        per_month: b_w.
        refused_lately: Whether a practice refused the person in the last year or two.
        after_refusal: r, asking after a refusal against before.
    """
    share = math.exp(-per_deductible * deductible - per_km * distance - per_month * wait)
    return share * after_refusal if refused_lately else share


@rule
def mean_hindrance_of_distance(per_km: float, spacing: float) -> float:
    """Return the mean of exp(-b d) over people spread evenly between practices.

    The nearest practice is at most half the spacing s away, so it is (1 - exp(-b s / 2)) / (b s/2).
    """
    reach = per_km * spacing / 2.0
    if reach <= 0.0:
        return 1.0
    return -math.expm1(-reach) / reach  # exact also where the reach is next to nothing


@rule
def first_considered(place: float, practices: int, considered: int) -> int:
    """Return the place in the ring of the first of the nearest practices; it may wrap round.

    A region's practices stand evenly on a ring: number k of n at (k + 1/2) / n. The nearest K are
    neighbours, K / 2 to each side. Who considers all of them starts at number 0.

    Args:
        place: Where the person lives on the ring, 0 to 1.
        practices: Practices in the region, n.
        considered: Practices a person considers, K.
    """
    if considered >= practices:
        return 0
    return math.floor(place * practices - considered / 2.0 + 0.5)


@rule
def ring_distance(place: float, number: int, practices: int, spacing: float) -> float:
    """Return the distance along the ring from a person to practice ``number`` of the region, km.

    Args:
        place: Where the person lives on the ring, 0 to 1.
        number: Number of the practice in the region, from 0.
        practices: Practices in the region.
        spacing: Distance between neighbouring practices, km.
    """
    apart = abs(place * practices - (number + 0.5))
    return spacing * min(apart, practices - apart)


@rule
def appeal(
    staff: float,
    distance: float,
    per_km: float,
    wait: float,
    per_month: float,
    reputation: float,
    per_reputation: float,
) -> float:
    """Return the weight of a practice in a person's choice: staff x exp(-b_d d - b_w w + b_r r).

    Chosen in proportion to these weights, which is a multinomial logit (McFadden 1974) in which the
    log of size has weight one. With all b zero patients choose by size alone.

    Args:
        staff: Therapists employed.
        distance: Distance to the practice, d, km.
        per_km: b_d.
        wait: Expected wait there, w, months.
        per_month: b_w.
        reputation: Share of its patients who feel better, against the national mean, r.
        per_reputation: b_r.
    """
    return staff * math.exp(-per_km * distance - per_month * wait + per_reputation * reputation)


@rule
def expected_wait(load: float, queue: float, capacity: float, freed: float) -> float:
    """Return the wait to expect at a practice, months: what is too much over what comes free.

    Args:
        load: Sessions a month planned for those in treatment.
        queue: Sessions a month that those who wait will need.
        capacity: Sessions a month kept for COPD.
        freed: Share of that capacity that comes free in a month.
    """
    too_much = load + queue - capacity
    if too_much <= 0.0 or capacity <= 0.0:
        return 0.0
    return too_much / (capacity * freed)


@rule
def reputation(better: float, patients: float, national: float, icc: float) -> float:
    """Return a practice's reputation: its share of better patients above the national share.

    Shrunk by its reliability (K2): few patients say little, and people know it.

    Args:
        better: Patients who felt clearly better last year.
        patients: Patients who were asked.
        national: National share who felt clearly better.
        icc: Share of the differences between patients that lies between practices.
    """
    if patients <= 0.0:
        return 0.0
    return reliability(patients, icc) * (better / patients - national)


@rule
def soft_refusal_chance(usual: float, counts: bool, watched: float) -> float:
    """Return the chance that a refusal is not called one: "later", or "better go elsewhere".

    A refusal that counts against the practice in its contract is seldom put in so many words.

    Args:
        usual: Share of refusals that are soft where nobody counts them.
        counts: Whether the contract judges the practice on whom it takes in, and counts this one.
        watched: Share of refusals that are soft where they count.
    """
    return max(usual, watched) if counts else usual
