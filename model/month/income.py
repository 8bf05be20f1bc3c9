"""Income gaps: by how much a patient's need earns less than it did under the fee of history."""

from agents.behaviours.target_income import income_gap
from agents.insurer import CENTS
from model.codes import GOLD_STAGES, HABIT_CONTRACT, POLICY_CONTRACT, PROFILE_3, TARGET_INCOME
from model.contracts.incentives import stop_loss_pay
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.month.modes import usual_mode
from model.rules import phase


@phase
def gap_of_year(
    theory, rewards, contract, insurer, weight_class, stage, usual, mode, need, cost, cost_cv,
    cost_ratio, supplement,
):  # fmt: skip
    """Return the income gap of a first treatment year, EUR; 0 for every other theory.

    Args:
        theory: The therapist's theory.
        rewards: What each contract rewards, history's fee included.
        contract: Contract that the therapist reckons with.
        insurer: Insurer it is held with.
        weight_class: Weight class on file, or about to be.
        stage: GOLD stage from 0.
        usual: Mode in which sessions were given before: individual or at home.
        mode: Mode in which they are given now.
        need: Sessions a year.
        cost: Variable cost of an individual session, EUR.
        cost_cv: Coefficient of variation of cost between patients.
        cost_ratio: Cost of a session by mode, shape (4,).
        supplement: Negotiated above the price of a bundle quarter, EUR.
    """
    if theory != TARGET_INCOME:
        return 0.0
    before = rewards.session[HABIT_CONTRACT, insurer, weight_class, usual]
    now = rewards.session[contract, insurer, weight_class, mode]
    reference = rewards.fixed[HABIT_CONTRACT, insurer, weight_class, stage]
    reference += (before - cost * cost_ratio[usual]) * need
    at_need = rewards.fixed[contract, insurer, weight_class, stage]
    at_need += FIRST_YEAR_QUARTERS * supplement
    at_need += (now - cost * cost_ratio[mode]) * need
    at_need += stop_loss_pay(
        need, rewards.reference[contract, insurer, mode], cost_cv,
        rewards.attachment[contract, insurer], rewards.stop_share[contract, insurer],
    )  # fmt: skip
    return income_gap(reference, at_need)


@phase
def gap_of_quarter(
    theory, rewards, contract, insurer, weight_class, usual, mode, need, price, cost,
    cost_ratio,
):  # fmt: skip
    """Return the income gap of a quarter as a yearly rate, EUR; 0 for every other theory.

    The arguments are those of ``gap_of_year``; ``need`` is a yearly rate too, ``price`` what
    billing the quarter brings, EUR.
    """
    if theory != TARGET_INCOME:
        return 0.0
    before = rewards.session[HABIT_CONTRACT, insurer, weight_class, usual]
    now = rewards.session[contract, insurer, weight_class, mode]
    reference = (before - cost * cost_ratio[usual]) * need
    at_need = 4.0 * price + (now - cost * cost_ratio[mode]) * need
    return income_gap(reference, at_need)


@phase
def gap_before_grading(
    i, person, health, care, theory, keeps_guideline, rewards, contract, insurer, c, modes,
    supplement,
):  # fmt: skip
    """Return the income gap of a first year at the true weight class, EUR.

    What misgrading may fill under target income. ``c`` are the constants of the intake.
    """
    if theory != TARGET_INCOME:
        return 0.0
    need = care.need[i]
    if keeps_guideline:
        need = min(need, c.guideline_maximum[care.profile[i]])
    usual = usual_mode(person.mode_luck[i], modes)
    return gap_of_year(
        theory, rewards, contract, insurer, care.profile[i] - PROFILE_3,
        health.gold[i] - GOLD_STAGES[0], usual, usual, need, c.cost, c.cost_cv, modes.cost_ratio,
        supplement,
    )  # fmt: skip


@phase
def supplement_of(supplement, contract, practice, insurer):
    """Return what a practice negotiated above the price of a bundle quarter, EUR.

    Args:
        supplement: By practice and insurer, cents.
        contract: Contract that a therapist reckons with.
        practice: Practice.
        insurer: Insurer.
    """
    return supplement[practice, insurer] / CENTS if contract == POLICY_CONTRACT else 0.0
