"""An explanation in words: the contract clause by clause, and one sentence per danger."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from experiments import number_format as nf
from experiments.explained_contract import Explanation
from experiments.explanation import INSURER
from experiments.number_format import Language
from experiments.provider import TYPICAL, Refusal
from experiments.texts import texts
from model.codes import DEFAULT, INDIVIDUAL, MODES, THEORIES, WEIGHT_CLASSES
from model.contracts.audit import Audit
from model.contracts.clause import Clause
from model.contracts.fee_per_session import FeePerSession
from model.contracts.incentives import HEAVIEST
from model.contracts.intake_fee import IntakeFee
from model.contracts.mixed_fee import MixedFee
from model.contracts.quarter_bundle import QuarterBundle
from scenarios.clause_words import clause_in_words

#: The weight class that the sentence on undertreatment is about: profile 4.
_MIDDLE = 1

#: Below this an amount or a number of sessions is not worth a word.
_CENT, _NO_GAP = 0.005, 0.05
#: From this many euros a year on a class on file is said to pay.
_PAYS = 0.5


def money(amount: float, language: Language, decimals: int = 0) -> str:
    """Return an amount in full euros or cents: ``EUR 1.259``, ``−EUR 2,61``."""
    text = nf.number(amount, language, decimals)
    sign = nf.MINUS if text.startswith(nf.MINUS) else ""
    return f"{sign}EUR {text.removeprefix(nf.MINUS)}"


def chance(probability: float, language: Language) -> str:
    """Return a probability in per cent, without claiming certainty that is not there."""
    if probability < 0.005:
        return "<" + nf.percentage(0.01, language)
    if 0.995 < probability < 1.0:
        return ">" + nf.percentage(0.99, language)
    return nf.percentage(probability, language)


def _percent(share: float, language: Language) -> str:
    """Return a share in per cent, with a decimal only where it has one."""
    percent = round(100.0 * share, 1)
    return nf.percentage(share, language, 0 if percent == round(percent) else 1)


def contract_lines(explanation: Explanation, language: Language) -> list[str]:
    """Return one line per clause: what it says, and the prices in force."""
    return [clause_line(clause, explanation, language) for clause in explanation.contract.clauses]


def clause_line(clause: Clause, explanation: Explanation, language: Language) -> str:
    """Return one clause in words, with the prices in force if it is paid by them.

    Args:
        clause: A clause of the explained contract, filled in.
        explanation: Gives the prices.
        language: "nl" or "en".
    """
    stated = clause
    if isinstance(clause, QuarterBundle):  # its prices follow by name, stated or set
        stated = clause.model_copy(update={"prices": None})
    said = clause_in_words(stated, language)
    prices = _prices_in_force(clause, explanation, language)
    return said[:1].upper() + said[1:] + (f": {prices}" if prices else "")


def _prices_in_force(clause: Clause, explanation: Explanation, language: Language) -> str:
    """Return what a clause pays this year as far as its own fields do not say it."""
    t, prices = texts(language), explanation.prices
    if isinstance(clause, IntakeFee):
        return money(prices.intake / 100.0, language, 2)
    if isinstance(clause, FeePerSession):
        shown = [money(cents / 100.0, language, 2) for cents in prices.session]
        return t("explain.prices.fee", **dict(zip(MODES, shown, strict=True)))
    if isinstance(clause, MixedFee):
        fee = clause.share * float(prices.session[INDIVIDUAL]) / 100.0
        return t("explain.prices.mixed", individual=money(fee, language, 2))
    if not isinstance(clause, QuarterBundle):
        return ""
    groups, price = clause.groups().ravel(), prices.quarter[INSURER].ravel() / 100.0
    named = ", ".join(
        f"{group_name(name, language)} {money(float(price[groups == group][0]), language, 2)}"
        for group, name in enumerate(clause.group_names())
    )
    chosen = "contract" if clause.prices is not None else "insurers"
    how = t(f"explain.set.{'negotiated' if explanation.negotiated else chosen}")
    return t("explain.prices.bundle", prices=named, set=how)


def group_name(name: str, language: Language) -> str:
    """Return a price group in words; one of class and phase has two words."""
    t = texts(language)
    if f"explain.group.{name}" in t:
        return t(f"explain.group.{name}")
    weight_class = next(c for c in WEIGHT_CLASSES if name.startswith(c))
    phase = name.removeprefix(f"{weight_class}_")
    return f"{t(f'explain.group.{weight_class}')} {t(f'explain.group.{phase}')}"


def dangers(explanation: Explanation, language: Language) -> list[str]:
    """Return one paragraph each on risk selection, undertreatment and upcoding.

    Where measurements pay there is one more, on measuring.
    """
    said = [tell(explanation, language) for tell in (_selection, _undertreatment, _grading)]
    measuring = _measuring(explanation, language)
    return [*said, measuring] if measuring else said


def _profile(weight_class: int, language: Language) -> str:
    return group_name(WEIGHT_CLASSES[weight_class], language)


def _selection(e: Explanation, language: Language) -> str:
    t = texts(language)
    if not any(e.refusals):
        nets = sorted(one.session_net for one in e.marginals)
        if nets[0] > _CENT and _grows_with_need(e):
            least, most = (money(net, language, 2) for net in (nets[0], nets[-1]))
            net = least if least == most else nf.between(least, most, language)
            return t(f"explain.selection.volume{'_capped' if e.capped else ''}", net=net)
        return t("explain.selection.never")
    said = [_ranges(ranges, language) for ranges in e.refusals]
    shares = [sum(one.share for one in ranges) for ranges in e.refusals]
    if len(set(said)) == 1:
        share = sum(own * part for own, part in zip(e.mix, shares, strict=True))
        return t("explain.selection.same", range=said[0], share=chance(share, language))
    items = [
        t(
            "explain.selection.item", profile=_profile(c, language), range=said[c],
            share=chance(shares[c], language),
        )
        for c in range(len(WEIGHT_CLASSES))
        if e.refusals[c]
    ]  # fmt: skip
    return t("explain.selection.some", list=nf.listing(items, language))


def _grows_with_need(e: Explanation) -> bool:
    """Return whether more need is more money, at any need and with the severity that goes with it.

    Under shared savings, say, a session more pays and an admission more costs.
    """
    margins = np.array([one.margin for one in e.patients]).reshape(len(WEIGHT_CLASSES), -1)
    return bool((np.diff(e.profits) > -_CENT).all() and (np.diff(margins) > -_CENT).all())


def _ranges(ranges: tuple[Refusal, ...], language: Language) -> str:
    """Return who is refused in one weight class."""
    t, said = texts(language), []
    for one in ranges:
        which = {(True, True): "any", (False, True): "above", (True, False): "below"}.get(
            (one.above is None, one.below is None), "between"
        )
        above, below = (
            None if x is None else nf.number(x, language) for x in (one.above, one.below)
        )
        said.append(t(f"explain.selection.{which}", **{"above": above, "below": below}))
    return nf.listing(said, language)


def _undertreatment(e: Explanation, language: Language) -> str:
    t = texts(language)
    patient, net = e.patient(_MIDDLE, TYPICAL), e.marginals[_MIDDLE].session_net
    driven = float(e.profit_driven[_MIDDLE])
    plans = t(
        f"explain.undertreatment.plans{'_capped' if e.capped else ''}",
        sessions=nf.number(patient.sessions, language, 1), driven=nf.number(driven, language, 1),
        gap=_gap(patient.sessions - patient.need, language),
        driven_gap=_gap(driven - patient.need, language),
    )  # fmt: skip
    which = "saves" if net < -_CENT else "costs" if net > _CENT else "neither"
    return t(
        f"explain.undertreatment.{which}", need=nf.number(patient.need, language, 1),
        plans=plans, **({} if which == "neither" else {"net": money(abs(net), language, 2)}),
    )  # fmt: skip


def _gap(sessions: float, language: Language) -> str:
    """Return how far a plan lies from need."""
    t = texts(language)
    if abs(sessions) < _NO_GAP:
        return t("explain.gap.none")
    which = "more" if sessions > 0.0 else "fewer"
    return t(f"explain.gap.{which}", number=nf.number(abs(sessions), language, 1))


def _grading(e: Explanation, language: Language) -> str:
    """Return what grading a patient too heavy brings, and too light where that pays."""
    t = texts(language)
    said = [_upcoding(e, language)]
    lighter = e.marginals[HEAVIEST].lighter
    best = max(range(len(lighter)), key=lambda c: lighter[c])
    if lighter[best] >= _PAYS:
        amount = money(lighter[best], language)
        said.append(
            t(
                "explain.too_light", amount=amount, lighter=_profile(best, language),
                profile=_profile(HEAVIEST, language),
            )
        )  # fmt: skip
    return " ".join(said)


def _upcoding(e: Explanation, language: Language) -> str:
    t = texts(language)
    paid = [c for c, one in enumerate(e.marginals) if (one.upgrade or 0.0) >= _PAYS]
    if not paid:
        return t("explain.upcoding.never")

    def amounts(what: Callable[[int], float | None]) -> str:
        return nf.listing([money(what(c) or 0.0, language) for c in paid], language)

    items = [
        t(
            "explain.upcoding.item", amount=money(e.marginals[c].upgrade or 0.0, language),
            profile=_profile(c, language),
        )
        for c in paid
    ]  # fmt: skip
    said = [t("explain.upcoding.brings", list=nf.listing(items, language))]
    audit = e.contract.find(Audit)
    if audit is None or e.deterrent_rate is None:
        return " ".join([*said, t("explain.upcoding.no_audit")])
    said.append(
        t(
            "explain.upcoding.audit",
            audited=amounts(lambda c: e.marginals[c].audited),
            left=amounts(lambda c: e.marginals[c].upgrade_net),
        )
    )
    said += [_deterrence(audit, e.deterrent_rate, language), t("explain.upcoding.hidden")]
    return " ".join(said)


def _deterrence(audit: Audit, rate: float, language: Language) -> str:
    """Return from which audit rate misgrading stops paying."""
    t = texts(language)
    if rate > 1.0:
        share = 0.0 if math.isinf(rate) else 1.0 / rate
        return t("explain.upcoding.powerless", share=_percent(share, language))
    which = "deterred" if audit.rate >= rate else "from"
    # Rounded up: at the rate that is named it must really stop paying.
    least = math.ceil(100.0 * rate - 1e-9) / 100.0
    return t(
        f"explain.upcoding.{which}", rate=_percent(least, language),
        now=_percent(audit.rate, language),
    )  # fmt: skip


def _measuring(e: Explanation, language: Language) -> str:
    """Return what not measuring a patient, or training for the test, brings; "" if nothing."""
    t, said = texts(language), []
    if e.half_point >= _CENT:
        left_out = t("explain.measuring.left_out", amount=money(e.half_point, language, 2))
        said.append(left_out)
        if e.gap >= _CENT:
            said.append(t("explain.measuring.complete", amount=money(e.gap, language, 2)))
    if e.metre >= _CENT:
        said.append(t("explain.measuring.test", amount=money(e.metre, language, 2)))
    return " ".join([t("explain.measuring.heading"), *said]) if said else ""


def facts(explanation: Explanation, language: Language) -> list[str]:
    """Return what this scenario has beside or instead of a contract of its own."""
    t, e = texts(language), explanation
    followed = t("explain.note.theory", theory=t(f"theory.{e.theory}.name"))
    said = [name for name in ("regular", "negotiated", "capped") if getattr(e, name)]
    lines = [t(f"explain.note.{name}") for name in said]
    if e.self_paid:
        lines.append(t("explain.note.self_paid", sessions=nf.number(e.self_paid, language)))
    return [*lines, followed] if e.theory != THEORIES[DEFAULT] else lines


def response(explanation: Explanation, language: Language) -> list[str]:
    """Return what the typical therapist does: sessions, severe patients, patients at the border."""
    t, e = texts(language), explanation
    plans = [
        t(
            "explain.response.plan", profile=_profile(c, language),
            sessions=nf.number(e.patient(c, TYPICAL).sessions, language, 1),
            need=nf.number(e.patient(c, TYPICAL).need, language, 1),
        )
        for c in range(len(WEIGHT_CLASSES))
    ]  # fmt: skip
    accepted = [
        t("explain.response.chance", profile=_profile(c, language),
          chance=chance(one.accepts_severe, language))
        for c, one in enumerate(e.response)
    ]  # fmt: skip
    heavy = [_profile(c, language) for c, one in enumerate(e.response) if one.grades_too_heavy]
    graded = "explain.response.heavy" if heavy else "explain.response.honest"
    return [
        t("explain.response.plans", list=nf.listing(plans, language)),
        t("explain.response.severe", list=nf.listing(accepted, language)),
        t(graded, **({"list": nf.listing(heavy, language)} if heavy else {})),
    ]


def basis(year: int, maxima: Iterable[float], language: Language) -> list[str]:
    """Return what every explanation rests on.

    Args:
        year: First year of the contract.
        maxima: Sessions of the guideline in profiles 3, 4 and 5.
        language: "nl" or "en".
    """
    t = texts(language)
    shown = nf.listing([nf.number(one, language) for one in maxima], language)
    return [t("explain.note.year", year=year), t("explain.note.guideline", maxima=shown)]
