"""The split by age: everyone is in one group, by the age on the day of observation."""

import numpy as np
import pytest

from model.codes import AGE_GROUPS
from model.month.observation import _age_group, _age_groups
from model.outcomes import MEASURES, SPLITS
from model.parameters import load_registry
from model.policy import HISTORY
from model.population import Size
from model.simulation import World

#: Born after these months one is younger than 65 and 75 in month 1000.
BORN_AFTER = (1000 - 12 * 65, 1000 - 12 * 75)


@pytest.mark.parametrize(
    ("birth_month", "group"),
    [(221, 0), (220, 1), (101, 1), (100, 2), (0, 2), (999, 0)],
)
def test_a_birthday_is_the_first_day_of_the_next_group(birth_month, group):
    assert _age_group(birth_month, BORN_AFTER) == group
    assert _age_groups(np.array([birth_month]), BORN_AFTER).tolist() == [group]


def test_the_groups_together_are_everyone():
    p = load_registry().values()
    world = World(p, HISTORY, 5, Size.of_share(p, 0.003), keep_lines=False).run(12)
    table = world.results()
    assert set(table["split"]) == set(SPLITS)
    own = table[table["split"] == "age"]
    assert tuple(own["group"].unique()) == AGE_GROUPS
    for measure in MEASURES:
        if measure.whose == "practices":
            continue
        parts = own[own["measure"] == measure.id]
        whole = table[(table["split"] == "all") & (table["measure"] == measure.id)].iloc[0]
        assert parts["top"].sum() == pytest.approx(whole["top"], rel=1e-9, abs=1e-9), measure.id
        assert parts["patients"].sum() == whole["patients"]
