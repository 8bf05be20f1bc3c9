"""Grading: the weight class and the entitlement class that are put on file."""

from agents.behaviours.default import moral_cost
from agents.behaviours.theory import grading_under
from model.codes import CLASS_B2, HONEST, PROFILE_3, PROFILE_4, PROFILE_5
from model.month.care_seeking import walk_share_of
from model.rules import phase


@phase
def grade(i, person, health, care, seeking, c, rho, own_cost, upgrade, expected_loss, theory, gap):
    """Return the weight class put on file and how it came about (HONEST or a way to upcode).

    Profile 5 needs both tests low. Scoring the other test low turns 3 or 4 into 5; the closer the
    true test lies to its cut-off, the lower the moral cost, and within one measurement SD no audit
    can tell it from chance. ``upgrade`` is what a year in the heaviest class brings above each
    class, EUR, shape (3,); ``expected_loss`` the share of it that audits are expected to take back;
    ``gap`` the income gap that target income fills.
    """
    profile = care.profile[i]
    honest = profile - PROFILE_3
    if profile == PROFILE_5:
        return honest, HONEST
    gain = upgrade[honest]
    if gain <= 0.0:
        return honest, HONEST
    if profile == PROFILE_4:
        distance = (person.steps[i] - seeking.steps_cutoff) / c.steps_sd
    else:
        walk_share = walk_share_of(i, person, health, seeking)
        distance = (walk_share - seeking.walk_cutoff) / c.walk_sd
    distance = max(0.0, distance)
    cost = moral_cost(own_cost, distance, c.border_width)
    hidden = gain if distance <= 1.0 else 0.0
    choice = grading_under(theory, gain, hidden, rho, expected_loss, cost, gap)
    return (honest, HONEST) if choice == HONEST else (PROFILE_5 - PROFILE_3, choice)


@phase
def class_on_file(true_class, first_year, wanted, maxima, u, upgrade_share):
    """Return the entitlement class on file: B2 instead of A or B1 if the maximum would bind."""
    year = 0 if first_year else 1
    own, higher = maxima[year, true_class], maxima[year, CLASS_B2]
    if true_class < CLASS_B2 and higher > own and wanted > own and u < upgrade_share:
        return CLASS_B2
    return true_class
