"""The robust search on a front that is known, and its resumption."""

import numpy as np
import pandas as pd
import pytest

from experiments.answers.robust import (
    POLICY,
    WORST,
    Choice,
    Memory,
    Objective,
    Space,
    choices,
    held,
    lived_again,
    not_dominated,
    search,
)

F1, F2 = Objective("f1", "lower"), Objective("f2", "lower")
SPACE = Space({"x": (0.0, 1.0), "y": (0.0, 1.0), "z": (0.0, 1.0)})


def zdt1(candidates):
    """ZDT1 (Zitzler, Deb and Thiele 2000): the front is f2 = 1 - sqrt(f1), at y = z = 0."""
    out = []
    for one in candidates:
        g = 1.0 + 9.0 * (one["y"] + one["z"]) / 2.0
        f1 = one["x"]
        out.append({"f1": [f1], "f2": [g * (1.0 - np.sqrt(f1 / g))]})
    return out


def test_the_known_front_of_zdt1_is_found():
    found = search(SPACE, zdt1, (F1, F2), generations=60, population=24)
    front = found[found["front"]]
    distance = front["f2"] - (1.0 - np.sqrt(front["f1"]))
    assert distance.min() > -1e-9  # nothing lies beyond the front
    assert distance.median() < 0.1
    assert front["f1"].min() < 0.1 and front["f1"].max() > 0.7


def test_the_front_of_a_random_search_is_farther_away():
    rng = np.random.default_rng(1)
    points = [dict(zip("xyz", row, strict=True)) for row in rng.random((24 * 60, 3))]
    values = np.array([[one["f1"][0], one["f2"][0]] for one in zdt1(points)])
    front = values[not_dominated(values)]
    assert np.median(front[:, 1] - (1.0 - np.sqrt(front[:, 0]))) > 0.1


def test_the_worst_decile_is_judged_not_the_mean():
    """A lever that does well on average and badly in a fifth of the draws loses."""

    def evaluate(candidates):
        safe, bold = [1.0] * 10, [0.0] * 8 + [9.0] * 2
        return [{"f1": bold if one["x"] == 1.0 else safe} for one in candidates]

    space = Space({"x": (0.0, 1.0)}, by_value=True)
    found = search(space, evaluate, (F1,), generations=2, population=4)
    assert set(found.loc[found["front"], "x"]) == {0.0}
    assert found.loc[found["x"] == 1.0, "f1"].iloc[0] == pytest.approx(9.0)


def test_worst_decile_by_hand_in_both_directions():
    effects = list(range(11))
    assert WORST == 0.1
    assert Objective("m", "lower").worst(effects) == pytest.approx(9.0)
    assert Objective("m", "higher").worst(effects) == pytest.approx(1.0)
    assert Objective("m", "higher").worst([1.0, np.nan]) == -np.inf
    assert Objective("m", "lower").worst([1.0, np.nan]) == np.inf


def stopping_after(calls):
    """Return an evaluation that is interrupted after so many generations."""
    seen = []

    def evaluate(candidates):
        seen.append(len(candidates))
        if len(seen) > calls:
            raise KeyboardInterrupt
        return zdt1(candidates)

    return evaluate


def test_a_search_that_was_cut_off_ends_as_if_it_had_not_been(tmp_path):
    whole = search(SPACE, zdt1, (F1, F2), generations=5, population=6)
    with pytest.raises(KeyboardInterrupt):
        search(SPACE, Memory(tmp_path, stopping_after(2)), (F1, F2), 5, 6)
    made = len(Memory(tmp_path, zdt1).known)
    assert 6 < made <= 12  # two generations; a child may equal a parent
    again = search(SPACE, Memory(tmp_path, zdt1), (F1, F2), 5, 6)
    pd.testing.assert_frame_equal(again, whole)


def test_nothing_is_evaluated_twice_and_a_longer_search_goes_on(tmp_path):
    first = search(SPACE, Memory(tmp_path, zdt1), (F1, F2), 2, 6)
    same = search(SPACE, Memory(tmp_path, stopping_after(0)), (F1, F2), 2, 6)
    pd.testing.assert_frame_equal(same, first)
    longer = search(SPACE, Memory(tmp_path, stopping_after(1)), (F1, F2), 3, 6)
    assert len(longer) > len(first)
    pd.testing.assert_frame_equal(longer[["x", "f1"]].iloc[: len(first)], first[["x", "f1"]])


def test_a_broken_file_is_evaluated_again(tmp_path):
    whole = search(SPACE, Memory(tmp_path, zdt1), (F1, F2), 2, 6)
    path = min(tmp_path.glob("*.json"))
    path.write_text(path.read_text()[:40])
    pd.testing.assert_frame_equal(search(SPACE, Memory(tmp_path, zdt1), (F1, F2), 2, 6), whole)


def test_policies_are_a_choice_only_if_there_are_several():
    def evaluate(candidates):
        return [{"f1": [float(one.get(POLICY) == "bad")]} for one in candidates]

    space = Space({"x": (0.0, 1.0)}, ("bad", "good"))
    found = search(space, evaluate, (F1,), 2, 6)
    assert set(found.loc[found["front"], POLICY]) == {"good"}
    alone = search(Space({"x": (0.0, 1.0)}, ("good",)), evaluate, (F1,), 1, 4)
    assert POLICY not in alone


def test_more_than_three_objectives_are_searched_too():
    many = tuple(Objective(f"f{k}", "lower") for k in range(5))

    def evaluate(candidates):
        return [{f"f{k}": [abs(one["x"] - k / 4)] for k in range(5)} for one in candidates]

    found = search(Space({"x": (0.0, 1.0)}), evaluate, many, 3, 8)
    assert found["front"].sum() >= 8
    assert not found.duplicated("x").any()


def test_domination_by_hand():
    costs = np.array([[1, 3], [2, 2], [3, 1], [3, 3], [2, 2]], dtype=float)
    assert list(not_dominated(costs)) == [True, True, True, False, True]


def test_choices_by_hand():
    found = pd.DataFrame(
        {"number": [0, 1, 2, 3], "f1": [0.0, 0.3, 1.0, 2.0], "f2": [1.0, 0.3, 0.0, 9.0],
         "front": [True, True, True, False]}
    )  # fmt: skip
    assert choices(found, (F1, F2)) == [Choice("compromise", 1), Choice("f1", 0), Choice("f2", 2)]


def test_of_equals_none_is_called_best_and_held_out_figures_choose_nothing():
    found = pd.DataFrame(
        {"number": [0, 1, 2], "f1": [0.0, 0.3, 1.0], "f2": [1.0, 0.3, 0.3001], "front": True,
         held("f1"): [9.0, 0.0, 1.0]}
    )  # fmt: skip
    assert choices(found, (F1, F2))[1:] == [Choice("f1", 0), Choice("f2", 1)]
    rounded = choices(found, (F1, F2), lambda one, value: f"{value:.1f}")
    assert rounded == [Choice("compromise", 1), Choice("f1", 0)]


# --- the winner's curse


def noisy(rng, draws=11):
    """Return an evaluation in which every candidate is as good as any other, but for luck."""
    return lambda candidates: [
        {"f1": rng.random(draws).tolist(), "f2": rng.random(draws).tolist()} for _ in candidates
    ]


def test_the_front_is_optimistic_where_it_was_chosen_and_unbiased_in_draws_held_out():
    """Effects are uniform on (0, 1) whatever the levers: in eleven draws the worst decile is the
    tenth smallest, whose mean is 10/12 exactly. The front looks better than that, and is not."""
    rng = np.random.default_rng(1)
    seemed, really = [], []
    for _ in range(60):
        found = search(SPACE, noisy(rng), (F1, F2), generations=2, population=10)
        again = lived_again(found, SPACE, noisy(rng), (F1, F2), batch=10)
        front = again[again["front"]]
        seemed.append(front[["f1", "f2"]].to_numpy().mean())
        really.append(front[[held("f1"), held("f2")]].to_numpy().mean())
    error = np.std(really, ddof=1) / np.sqrt(len(really))
    assert abs(np.mean(really) - 10.0 / 12.0) < 3.0 * error < 0.03
    assert np.mean(seemed) < 10.0 / 12.0 - 10.0 * error
    assert (np.array(seemed) < np.array(really)).mean() > 0.9


def test_only_the_front_is_lived_again_and_by_hand(tmp_path):
    space = Space({"x": (0.0, 1.0)}, ("a", "b"))
    found = pd.DataFrame(
        {"number": [4, 5, 6], POLICY: ["a", "b", "a"], "x": [0.1, 0.2, 0.3], "f1": [0.0, 1.0, 2.0],
         "f2": [1.0, 0.0, 2.0], "front": [True, True, False]}
    )  # fmt: skip
    asked, told = [], []

    def evaluate(candidates):
        asked.extend(candidates)
        worst = {"a": 3.0, "b": 5.0}[candidates[0][POLICY]]
        return [{"f1": [worst] * 5, "f2": [worst - 1.0, *([worst] * 9)]}]

    again = lived_again(found, space, Memory(tmp_path, evaluate), (F1, F2), 1, told.append)
    assert asked == [{POLICY: "a", "x": 0.1}, {POLICY: "b", "x": 0.2}] and told == [1, 2]
    assert again[held("f1")].tolist()[:2] == [3.0, 5.0] and np.isnan(again[held("f1")][2])
    assert again[f"{held('f2')}_mean"].tolist()[:2] == pytest.approx([2.9, 4.9])
    assert again["front_held_out"].tolist() == [True, False, False]
    assert again[["f1", "f2", "front"]].equals(found[["f1", "f2", "front"]])
