"""Contradictions: what a contract cannot say at once.

Clauses add up, but some pairs pay for the same care twice, or mean nothing without each other. A
contract that would do something else than it seems to say is refused before it is simulated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from model.contracts.audit import Audit
from model.contracts.clause import Clause
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.joint_contracting import JointContracting
from model.contracts.kpi import Kpi
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.mixed_fee import MixedFee
from model.contracts.negotiation import Negotiation
from model.contracts.offer_band import OfferBand
from model.contracts.period_tariff import PeriodTariff
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.pro_rata import ProRata
from model.contracts.quarter_bundle import QuarterBundle
from model.contracts.regrading import Regrading
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.single_purchasing import SinglePurchasing
from model.contracts.warranty import Warranty
from model.entitlement import Entitlement
from model.parameters import ParameterSet

#: Clauses that say something about a bundle.
ABOUT_A_BUNDLE = (
    MixedFee, ProRata, MinimumContacts, Warranty, Regrading, Negotiation, SinglePurchasing
)  # fmt: skip

_BUNDLES = "flat_bundle, weight_class_bundle, phase_bundle or profile_phase_bundle"


@dataclass(frozen=True)
class Contradiction:
    """Two or more things that cannot be said together.

    Attributes:
        text: What is wrong, with {} wherever a clause is named, and {entitlement}.
        about: Places in the contract of the clauses named, in the order of the text.
        entitlement: Whether the entitlement has a part in it.
    """

    text: str
    about: tuple[int, ...] = ()
    entitlement: bool = False

    def sentence(self, clauses: Sequence[str], entitlement: str) -> str:
        """Return what is wrong, with each clause called as the reader knows it.

        Args:
            clauses: What to call each clause of the contract, e.g. "'audit' (line 9)".
            entitlement: What to call the entitlement.
        """
        return self.text.format(*(clauses[place] for place in self.about), entitlement=entitlement)


def first_contradiction(
    clauses: Sequence[Clause], entitlement: Entitlement, p: ParameterSet
) -> Contradiction | None:
    """Return the first thing a contract cannot say, or None.

    Args:
        clauses: Clauses of the contract, as stated.
        entitlement: Session maxima that hold with it.
        p: Parameters, with the levers of the scenario set; they fill what clauses leave out.
    """
    filled = [clause.filled(p) for clause in clauses]
    return next(_all(filled, entitlement), None)


def _all(clauses: list[Clause], entitlement: Entitlement) -> Iterator[Contradiction]:
    yield from _twice(clauses)
    yield from _paid_twice(clauses)
    yield from _without_a_bundle(clauses)
    yield from _about_the_bundle(clauses)
    yield from _no_treatment(clauses)
    yield from _without_their_partner(clauses)
    yield from _out_of_bounds(clauses)
    for place in _where(clauses, QuarterBundle):
        if entitlement is not Entitlement.OPEN:
            yield Contradiction(
                "{} needs 'entitlement: open' and not {entitlement}, because session maxima stand "
                "in the way of a price per quarter",
                (place,),
                entitlement=True,
            )


def _where(clauses: list[Clause], *kinds: type[Clause]) -> list[int]:
    """Return the places of the clauses of some kinds."""
    return [place for place, clause in enumerate(clauses) if isinstance(clause, kinds)]


def _twice(clauses: list[Clause]) -> Iterator[Contradiction]:
    first: dict[str, int] = {}
    for place, clause in enumerate(clauses):
        if clause.name in first:
            yield Contradiction(
                "the contract has the same clause twice, {} and {}; keep one",
                (first[clause.name], place),
            )
        first.setdefault(clause.name, place)


def _paid_twice(clauses: list[Clause]) -> Iterator[Contradiction]:
    bundles = _where(clauses, QuarterBundle)
    if len(bundles) > 1:
        yield Contradiction("{} and {} are both bundles, and a contract has one", (*bundles[:2],))
    for fee in _where(clauses, FeePerSession):
        for bundle in bundles:
            yield Contradiction(
                "{} and {} pay for the same sessions; beside a bundle, pay a part of the fee with "
                "'mixed_fee'",
                (fee, bundle),
            )
    for period in _where(clauses, PeriodTariff):
        for other in _where(clauses, FeePerSession, QuarterBundle):
            yield Contradiction("{} and {} pay for the same care; keep one", (period, other))


def _without_a_bundle(clauses: list[Clause]) -> Iterator[Contradiction]:
    if not _where(clauses, QuarterBundle):
        for place in _where(clauses, *ABOUT_A_BUNDLE):
            yield Contradiction(
                f"{{}} needs a bundle, and the contract has none ({_BUNDLES})", (place,)
            )


def _about_the_bundle(clauses: list[Clause]) -> Iterator[Contradiction]:
    for bundle in _where(clauses, FlatBundle, PhaseBundle):
        for place in _where(clauses, Regrading):
            yield Contradiction(
                "{} lets the weight class change, and {} has no weight classes", (place, bundle)
            )
    for bundle in _where(clauses, QuarterBundle):
        for place in _where(clauses, Negotiation, SinglePurchasing):
            if clauses[bundle].prices is not None:
                does = "negotiate" if isinstance(clauses[place], Negotiation) else "set"
                yield Contradiction(
                    f"{{}} lets insurers {does} the price, and {{}} fixes it; leave out one of the "
                    "two, the clause or its 'prices'",
                    (place, bundle),
                )


def _no_treatment(clauses: list[Clause]) -> Iterator[Contradiction]:
    if not clauses:
        yield Contradiction("the contract is empty; name at least one clause")
    elif all(not clause.pays_for_care or isinstance(clause, IntakeFee) for clause in clauses):
        yield Contradiction(
            "the contract pays for no treatment; add 'fee_per_session', 'period_tariff' or a "
            f"bundle ({_BUNDLES})"
        )


def _without_their_partner(clauses: list[Clause]) -> Iterator[Contradiction]:
    if not _where(clauses, Audit):
        for place in _where(clauses, Kpi):
            if clauses[place].consequence == "audit":
                yield Contradiction(
                    "{} answers a missed KPI with more audits, and the contract has no 'audit'",
                    (place,),
                )
    if not _where(clauses, JointContracting):
        for place in _where(clauses, Kpi, RiskCorridor):
            if clauses[place].pool == "group":
                yield Contradiction(
                    "{} takes a group of practices together, and the contract has no "
                    "'joint_contracting'",
                    (place,),
                )


def _out_of_bounds(clauses: list[Clause]) -> Iterator[Contradiction]:
    withholding = [
        place for place in _where(clauses, Kpi) if clauses[place].consequence == "withhold"
    ]
    total = sum(clauses[place].share for place in withholding)
    if total > 1.0:
        yield Contradiction(
            f"{' and '.join(['{}'] * len(withholding))} together withhold {100 * total:g}% of what "
            "is paid; more than all cannot be withheld",
            tuple(withholding),
        )
    for place in _where(clauses, IndexBand, OfferBand):
        band = clauses[place]
        if band.lower > band.upper:
            yield Contradiction(
                f"{{}} has its lower bound ({band.lower:g}) above its upper bound "
                f"({band.upper:g}), so nobody could keep within it",
                (place,),
            )
