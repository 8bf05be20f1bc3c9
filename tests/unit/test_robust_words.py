"""What is said of robust contracts: which is best, where, and one or more of it."""

import pandas as pd
import pytest
from test_robust_command import DESIGN, FLAT, REGISTRY, robust_of

from experiments.answers import robust_command
from experiments.answers.robust import POLICY, Objective, held
from experiments.answers.robust_words import counted, judged
from experiments.texts import texts
from model.outcomes import BY_ID


@pytest.mark.parametrize(("language", "label"), [("en", "Best where chosen: "),
                                                 ("nl", "Beste waar gekozen: ")])  # fmt: skip
def test_a_label_goes_by_the_figures_in_brackets_and_a_tie_has_none(tmp_path, language, label):
    """Held out, the second is better on both; where chosen, the first is, and refusals tie."""
    path = tmp_path / "design.yaml"
    path.write_text(DESIGN)
    objectives = (Objective("disease_burden_ccq", "lower"), Objective("refused_share", "lower"))
    found = pd.DataFrame(
        {"number": [0, 1], POLICY: FLAT, "bundle_price_factor": [0.9, 1.0], "audit_rate": 0.0,
         "disease_burden_ccq": [0.01, 0.02], "refused_share": [0.02001, 0.02],
         held("disease_burden_ccq"): [0.016, 0.014], held("refused_share"): [0.0455, 0.0124],
         "front": True, "front_held_out": [False, True]}
    )  # fmt: skip
    table = robust_command.robust_table(robust_of(path, objectives), found, REGISTRY, language)
    heads = [str(column.header) for column in table.columns[1:]]
    burden, refused = (getattr(BY_ID[one.measure], language) for one in objectives)
    assert label + burden in heads[0].split("\n")
    assert refused not in "".join(heads)
    assert ("in brackets" if language == "en" else "tussen haakjes") in table.caption
    # Five draws have no worst tenth.
    assert ("the worst of the 5 draws" in table.caption) is (language == "en")
    assert "nine" not in table.caption and "negen" not in table.caption
    assert "nine draws of ten" in judged(20, "en") and "19 draws" in judged(19, "en")
    (still, *_) = robust_command.held_out_sentences(robust_of(path, objectives), found, language)
    assert ("one of these 2 is still" if language == "en" else "wordt één van deze 2") in still
    alone = robust_command.held_out_sentences(robust_of(path, objectives), found.iloc[:1], language)
    assert len(alone) == 2 and "None" not in alone[0] and "were" not in alone[0].split()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_one_is_singular(language):
    text = texts(language)
    known = text.keys()
    singular = [key for key in known if key.startswith("robust.") and key.endswith(".one")]
    assert len(singular) == 8
    for key in singular:
        many = key.removesuffix(".one")
        values = dict.fromkeys(text.placeholders(many) | text.placeholders(key), 1)
        assert counted(many, 1, language, **values) == text(key, **values)
        assert counted(many, 2, language, **values) == text(many, **values)
    one = counted("robust.searching", 1, language, generations=1, population=6)
    assert ("generations" in one, "generaties" in one) == (False, False) and "6" in one
