"""Offer band and single purchasing: clauses that say who may sign, and who sets the price."""

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.contract import Contract
from model.contracts.index_band import IndexBand
from model.contracts.offer_band import OfferBand
from model.contracts.outlook import Case, Norm, Outlook
from model.contracts.prices import Prices
from model.contracts.single_purchasing import SinglePurchasing
from model.contracts.terms import Terms
from model.parameters import load_registry

P = load_registry().values()


def test_left_out_it_is_the_tiers_of_2018_and_2019():
    band = OfferBand().filled(P)

    assert (band.lower, band.upper) == (40.0, 150.0)
    assert (band.minimum_patients, band.confidence) == (P.kpi_minimum_patients, P.kpi_confidence)


def test_a_band_that_nobody_could_be_in_is_refused():
    with pytest.raises(ValidationError, match="the contract would be offered to nobody"):
        OfferBand(lower=120.0, upper=80.0)
    OfferBand(lower=100.0, upper=100.0)


def test_no_money_is_settled_but_losing_the_contract_is_to_be_feared():
    norm = Norm(100.0, 40.0, np.full((3, 3), 100.0), 16.0)
    known = Outlook(
        prices=Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64)),
        norms={"treatment_index": norm}, patients=9.0, sessions=30.0, margin=0.0, cost_cv=0.6,
        reference_cost=36.53, benchmark=2_000.0, admission_cost=5_000.0, ccq_value=6_000.0,
        icc=0.05, contract_gain=300.0,
    )  # fmt: skip
    said = {"lower": 80.0, "upper": 120.0, "minimum_patients": 1.0, "confidence": 0.9}
    band, like = OfferBand(**said), IndexBand(**said, consequence="loss_of_contract")
    low, mean = (
        Case(sessions=30.0, quarters=(2.0, 2.0, 0.0), values={"treatment_index": value})
        for value in (70.0, 100.0)
    )

    assert band.expect(low, known) == 0.0
    assert band.settle_accounts(None) is None
    for case in (low, mean):
        assert band.burden(case, known) == like.burden(case, known)
    assert band.burden(mean, known) > 0.0
    assert band.terms() == like.terms() == Terms(monitoring=1.0)


def test_single_purchasing_is_a_term():
    assert Contract((SinglePurchasing(),)).terms.single == 1
    assert Contract(()).terms.single == 0
