from experiments.parameter_units import THE_SAME, unit_name
from model.parameters import load_registry


def test_every_unit_has_a_dutch_name_or_is_the_same():
    for unit in {parameter.unit for parameter in load_registry().all()}:
        assert (unit_name(unit, "nl") != unit) == (unit not in THE_SAME), unit
        assert unit_name(unit, "en") == unit


def test_a_dutch_unit():
    assert unit_name("sessions/year", "nl") == "zittingen/jaar"
