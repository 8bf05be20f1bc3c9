"""Incentives: what a contract rewards, read off its clauses as differences, never typed in.

The same numbers serve ``zorgbundel explain`` and the agents: the marginal euro for one more
session, one more quarter, one point less burden, one admission avoided, one patient more.
"""

from dataclasses import dataclass, field

import numpy as np

from model.codes import GOLD_STAGES, HEAVIEST, INDIVIDUAL, MODES, PHASES, WEIGHT_CLASSES
from model.contracts.audit import Audit
from model.contracts.clause import Clause
from model.contracts.contract import Contract
from model.contracts.measuring_pay import MeasuringPay, measuring_pay
from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Case, Outlook
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.contracts.risk import ceded_cost
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.stop_loss import StopLoss
from model.rules import rule

#: Decimals of a euro that mean something in a difference of expected amounts.
_DECIMALS = 6

#: Sessions over which the slope of a curved payment is taken.
_STEP = 1.0


@dataclass(frozen=True)
class Response:
    """How a patient's outcomes answer to care, as a practice reckons with it.

    Attributes:
        sessions: Typical sessions of a first year by weight class, (3,).
        intensive_quarters: Quarters of the first year that a phase bundle calls intensive.
        relevant_per_ccq: Rise of the share with a relevant change per CCQ point of improvement.
        gpe_per_ccq: The same for the share that feels clearly better.
        walk_per_ccq: Metres of walk that go with one CCQ point.
        admissions_per_ccq: Admissions a year avoided per CCQ point, by GOLD stage, (3,).
        class_mix: Share of each weight class among patients in their first year, (3,).
        open_refusals: Share of refusals that are called one where a contract counts them.
    """

    sessions: np.ndarray
    intensive_quarters: int
    relevant_per_ccq: float
    gpe_per_ccq: float
    walk_per_ccq: float
    admissions_per_ccq: np.ndarray
    class_mix: np.ndarray = field(default_factory=lambda: np.full(3, 1.0 / 3.0))
    open_refusals: float = 1.0


@dataclass(frozen=True)
class Incentives:
    """What a contract rewards at one insurer, in EUR.

    Attributes:
        session: One more session in a year, by weight class and mode, (3, 4); without stop-loss.
        quarter: One more quarter billed, by weight class and phase, (3, 3).
        grading: A year on file in class j instead of the true class i, before audits, (3 true
            classes i, 3 on file j). Too heavy pays where the price rises with the class; too light
            where a KPI looks kinder on mild patients, or counts heavy ones.
        fixed: Taking in a patient for a year, apart from the sessions, by weight class and GOLD
            stage, (3, 3).
        outcome_pay: Pay per euro of patient benefit, by weight class, (3,).
        admission: One admission avoided, by weight class, (3,).
        ccq_point: One CCQ point less burden, by weight class, (3,).
        expected_loss: Share of a detectable overclaim that audits are expected to take back.
        gaming: One CCQ point, and one metre of walk, more on paper if the therapist measures, (2,).
        stop_share, attachment: Stop-loss: share that the insurer pays above so much cost, EUR, less
            what a risk corridor takes of it.
        reference: Price per session by mode that the stop-loss reckons with, EUR, (4,).
        answer_pull, answer_par, completeness, walk_pull: See ``MeasuringPay``; par by weight class
            and GOLD stage, (3, 3).
        floor, least_contacts, crowding, warranty_months, regrade: Terms (``Terms``).
        access_watched: 1 if a refusal of a severe patient has consequences for the practice.
    """

    session: np.ndarray
    quarter: np.ndarray
    grading: np.ndarray
    fixed: np.ndarray
    outcome_pay: np.ndarray
    admission: np.ndarray
    ccq_point: np.ndarray
    expected_loss: float
    gaming: np.ndarray
    reference: np.ndarray
    answer_par: np.ndarray = field(default_factory=lambda: np.zeros((3, 3)))
    answer_pull: float = 0.0
    completeness: float = 0.0
    walk_pull: float = 0.0
    stop_share: float = 0.0
    attachment: float = 0.0
    floor: float = 0.0
    least_contacts: float = 0.0
    crowding: float = 0.0
    warranty_months: int = 0
    regrade: int = 0
    access_watched: int = 0


@rule
def stop_loss_pay(
    sessions: float, unit_cost: float, cv: float, attachment: float, share: float
) -> float:
    """Return the expected stop-loss payment of a patient-year, EUR (R2).

    Args:
        sessions: Sessions expected in the year.
        unit_cost: Reference cost of a session, EUR.
        cv: Coefficient of variation of cost between patients.
        attachment: Cost per patient-year above which the insurer pays, EUR.
        share: Share of that cost it pays.
    """
    if share <= 0.0 or sessions <= 0.0:
        return 0.0
    return share * ceded_cost(sessions * unit_cost, cv, attachment)


@rule
def stop_loss_session(
    sessions: float, unit_cost: float, cv: float, attachment: float, share: float
) -> float:
    """Return what one more session adds to the expected stop-loss payment, EUR."""
    if share <= 0.0:
        return 0.0
    low = max(0.0, sessions - 0.5)
    return stop_loss_pay(low + 1.0, unit_cost, cv, attachment, share) - stop_loss_pay(
        low, unit_cost, cv, attachment, share
    )


def first_year_quarters(intensive: int) -> tuple[float, float, float]:
    """Return the bundle quarters of a whole first year by phase."""
    return (float(intensive), float(FIRST_YEAR_QUARTERS - intensive), 0.0)


def first_year(
    weight_class: int, stage: int, insurer: int, outlook: Outlook, response: Response
) -> Case:
    """Return a typical patient's first year, without the intake."""
    values = {
        name: float(norm.expected[weight_class, stage]) for name, norm in outlook.norms.items()
    }
    if "heavy_class" in values:  # the class on file is known, whatever is usual for the stage
        values["heavy_class"] = float(weight_class == HEAVIEST)
    quarterly = values.get("admissions", 0.0)
    dropout = values.get("dropout", 0.0)
    return Case(
        sessions=float(response.sessions[weight_class]),
        quarters=first_year_quarters(response.intensive_quarters),
        weight_class=weight_class,
        true_class=weight_class,
        stage=stage,
        insurer=insurer,
        admissions=FIRST_YEAR_QUARTERS * quarterly,
        dropout=1.0 - (1.0 - dropout) ** FIRST_YEAR_QUARTERS,
        values=values,
    )


def improved(case: Case, points: float, response: Response) -> Case:
    """Return the case with so many CCQ points less burden, and all that goes with it."""
    avoided = points * float(response.admissions_per_ccq[case.stage])
    changes = {
        "ccq_change": points,
        "relevant_change": points * response.relevant_per_ccq,
        "gpe": points * response.gpe_per_ccq,
        "walk_change": points * response.walk_per_ccq,
        "admissions": -avoided / FIRST_YEAR_QUARTERS,
    }
    values = {name: value + changes.get(name, 0.0) for name, value in case.values.items()}
    return case.but(values=values, admissions=case.admissions - avoided)


def spared(case: Case, admissions: float) -> Case:
    """Return the case with so many admissions fewer in the year."""
    values = dict(case.values)
    if "admissions" in values:
        values["admissions"] -= admissions / FIRST_YEAR_QUARTERS
    return case.but(values=values, admissions=case.admissions - admissions)


def treated_more(case: Case, sessions: float, mode: int = INDIVIDUAL) -> Case:
    """Return the case with so many sessions more, as the treatment index sees it too."""
    values = dict(case.values)
    if "treatment_index" in values and case.sessions > 0.0:
        values["treatment_index"] *= (case.sessions + sessions) / case.sessions
    return case.but(sessions=case.sessions + sessions, values=values, mode=mode)


def graded(case: Case, weight_class: int, response: Response) -> Case:
    """Return the case on file in another weight class, as class mix and treatment index see it."""
    values = dict(case.values)
    if "heavy_class" in values:
        values["heavy_class"] = float(weight_class == HEAVIEST)
    if "treatment_index" in values:
        values["treatment_index"] *= float(
            response.sessions[case.weight_class] / response.sessions[weight_class]
        )
    return case.but(weight_class=weight_class, values=values)


def without(contract: Contract, kind: type[Clause]) -> Contract:
    """Return the contract without its clauses of a kind."""
    return Contract(tuple(c for c in contract.clauses if not isinstance(c, kind)))


def incentives(
    contract: Contract,
    insurer: int,
    outlook: Outlook,
    response: Response,
    crowding_per_clause: float,
) -> Incentives:
    """Ask a contract what it rewards at one insurer.

    Args:
        contract: A filled contract.
        insurer: Insurer number.
        outlook: What is known of the coming year.
        response: How patients answer to care.
        crowding_per_clause: Share of (what is left of) patient orientation that each watching
            clause takes away.
    """
    stop = contract.find(StopLoss)
    linear = without(contract, StopLoss)
    unaudited = without(linear, Audit)
    shape = (len(WEIGHT_CLASSES),)
    session: np.ndarray
    quarter: np.ndarray
    per_point: np.ndarray
    per_admission: np.ndarray
    session, quarter = np.zeros((*shape, len(MODES))), np.zeros((*shape, len(PHASES)))
    grading: np.ndarray = np.zeros((*shape, len(WEIGHT_CLASSES)))
    fixed: np.ndarray = np.zeros((*shape, len(GOLD_STAGES)))
    per_point, per_admission = np.zeros(shape), np.zeros(shape)
    for c in range(len(WEIGHT_CLASSES)):
        case = first_year(c, 1, insurer, outlook, response)
        worth = linear.worth(case, outlook)
        for mode in range(len(MODES)):
            session[c, mode] = _per_session(linear, case, mode, outlook)
        for phase in range(len(PHASES)):
            more = list(case.quarters)
            more[phase] += 1.0
            quarters = (more[0], more[1], more[2])
            quarter[c, phase] = linear.worth(case.but(quarters=quarters), outlook) - worth
        honest = unaudited.worth(case, outlook)
        for other in (o for o in range(len(WEIGHT_CLASSES)) if o != c):
            grading[c, other] = unaudited.worth(graded(case, other, response), outlook) - honest
        for stage in range(len(GOLD_STAGES)):
            one = first_year(c, stage, insurer, outlook, response)
            fixed[c, stage] = linear.worth(one, outlook) - session[c, INDIVIDUAL] * one.sessions
            fixed[c, stage] += response.open_refusals * _for_accepting(linear, one, outlook)
        per_point[c] = linear.worth(improved(case, 0.1, response), outlook) / 0.1 - worth / 0.1
        per_admission[c] = linear.worth(spared(case, 0.01), outlook) / 0.01 - worth / 0.01
    terms = contract.terms
    # A difference of sums carries the rounding of whatever else is in the contract: far below a
    # cent, but enough to move a plan for patients whom the difference does not concern.
    session, quarter, grading, fixed, per_point, per_admission = (
        np.round(part, _DECIMALS)
        for part in (session, quarter, grading, fixed, per_point, per_admission)
    )
    return Incentives(
        session=session,
        quarter=quarter,
        grading=grading,
        fixed=fixed,
        # Where benefit is worth no euro there is no pay per euro of it.
        outcome_pay=per_point / outlook.ccq_value if outlook.ccq_value else np.zeros(shape),
        admission=per_admission,
        ccq_point=per_point,
        expected_loss=_expected_loss(contract, outlook, response, insurer),
        gaming=_gaming(contract, outlook, response, insurer),
        **_measuring(contract, outlook, response, insurer)._asdict(),
        stop_share=outlook.first_calendar_share * _stop_share(contract, outlook, response, insurer),
        attachment=stop.attachment / outlook.first_calendar_share if stop else 0.0,
        reference=np.array(
            [
                outlook.reference_value(Case(1.0, (0.0, 0.0, 0.0), mode))
                for mode in range(len(MODES))
            ]
        ),
        floor=terms.session_floor,
        least_contacts=terms.least_contacts,
        crowding=1.0 - (1.0 - crowding_per_clause) ** terms.monitoring,
        warranty_months=terms.warranty_months,
        regrade=terms.regrade,
        access_watched=int(
            any(k.indicator == "severe_accepted" and k.terms().monitoring for k in contract.kpis)
        ),
    )


def _for_accepting(contract: Contract, case: Case, outlook: Outlook) -> float:
    """Return what a KPI on access pays for taking in a severe patient instead of refusing, EUR."""
    if case.stage == 0 or "severe_accepted" not in case.values:
        return 0.0
    accepted, refused = (
        case.but(values=case.values | {"severe_accepted": share}) for share in (1.0, 0.0)
    )
    return contract.worth(accepted, outlook) - contract.worth(refused, outlook)


def _per_session(contract: Contract, case: Case, mode: int, outlook: Outlook) -> float:
    """Return what one more session a year is worth when all are given in one mode."""
    high = treated_more(case, 0.5 * _STEP, mode)
    low = treated_more(case, -0.5 * _STEP, mode)
    return (contract.worth(high, outlook) - contract.worth(low, outlook)) / _STEP


def _stop_share(contract: Contract, outlook: Outlook, response: Response, insurer: int) -> float:
    """Return the share of cost above the attachment that a stop-loss pays in the end.

    A risk corridor counts the stop-loss payment as a result, and takes back its part of it.
    """
    stop, corridor = contract.find(StopLoss), contract.find(RiskCorridor)
    if stop is None:
        return 0.0
    case = first_year(0, 1, insurer, outlook, response)
    kept = 1.0
    if corridor is not None:
        one = case.but(ceded=1.0)
        kept += corridor.expect(one, outlook) - corridor.expect(case, outlook)
    return stop.share * kept


def _expected_loss(contract: Contract, outlook: Outlook, response: Response, insurer: int) -> float:
    """Return the expected loss per euro of an overclaim that audits can find (U2)."""
    case = first_year(0, 1, insurer, outlook, response)
    honest, wrong = case.but(overclaim=0.0), case.but(overclaim=1.0)
    return sum(c.expect(honest, outlook) - c.expect(wrong, outlook) for c in contract.clauses)


def _measuring(
    contract: Contract, outlook: Outlook, response: Response, insurer: int
) -> MeasuringPay:
    """Return what measuring a typical patient, or not, is worth."""
    case = contract.reckon(first_year(1, 1, insurer, outlook, response), outlook)
    per_point = {
        "ccq_change": 1.0,
        "relevant_change": response.relevant_per_ccq,
        "gpe": response.gpe_per_ccq,
    }
    return measuring_pay(contract, outlook, per_point, case.revenue)


def _gaming(contract: Contract, outlook: Outlook, response: Response, insurer: int) -> np.ndarray:
    """Return what a CCQ point and a metre more on paper pay, where the therapist measures."""
    per_point = {"ccq_change": 1.0, "relevant_change": response.relevant_per_ccq}
    ccq, walk = 0.0, 0.0
    case = contract.reckon(first_year(1, 1, insurer, outlook, response), outlook)
    for kpi in contract.kpis:
        if kpi.who_measures == "therapist":
            pull = kpi.pull(kpi.stake(case.revenue, outlook), outlook)
            ccq += pull * per_point.get(kpi.indicator, 0.0)
            walk += pull * (kpi.indicator == "walk_change")
    outcome = contract.find(OutcomePay)
    if outcome is not None and outcome.measured_by == "therapist":
        ccq += outcome.slope * per_point[outcome.indicator]
    return np.array([ccq, walk])
