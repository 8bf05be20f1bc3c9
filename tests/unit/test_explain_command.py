"""``zorgbundel explain``: one document, one sentence for what is wrong, files whole or absent."""

import json

import pytest
from click.testing import CliRunner

from experiments import explain_command
from experiments.cli import main
from experiments.explanation import explain, january
from model.parameters import load_registry
from scenarios.loader import load

FIXED = """\
title: {en: Fixed prices, nl: Vaste prijzen}
story: {en: For a test., nl: Voor een proef.}
source: none
entitlement: open
contract:
  - clause: intake_fee
  - clause: weight_class_bundle
    prices: [200.0, 300.0, 400.0, 100.0]
"""
NEUTRAL = FIXED.replace("    prices: [200.0, 300.0, 400.0, 100.0]\n", "")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Stand in a folder with two scenario files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixed.yaml").write_text(FIXED, encoding="utf-8")
    nobody = NEUTRAL + "participation: {insurers: 0.0}\n"
    (tmp_path / "nobody.yaml").write_text(nobody, encoding="utf-8")
    return tmp_path


def call(*args):
    return CliRunner().invoke(main, ["explain", *map(str, args)])


def fine(*args):
    result = call(*args)
    assert result.exit_code == 0, (result.exception, result.output)
    return result.stdout


def sentence(result):
    assert result.exit_code == 2, (result.exit_code, result.exception, result.output)
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("zorgbundel: ")
    return line


def test_the_screen_says_it_all_and_writes_nothing(here):
    before = sorted(path.name for path in here.iterdir())
    text = fine("fixed.yaml")
    assert "What it rewards: Fixed prices" in text
    assert "Bundle per quarter by weight class: profile 3 EUR 200.00" in text
    # Profile 4, typical: 48.1 needed, 45.3 planned, 1,200 + 47.49 paid, 24 x (45.3 + 1.3) spent.
    (row,) = [line for line in text.splitlines() if line.startswith("Profile 4, typical, GOLD III")]
    assert row.split()[5:10] == ["48.1", "45.3", "1,247", "1,120", "128"]
    (row,) = [line for line in text.splitlines() if line.startswith("A year on file in profile 5")]
    assert row.split()[-3:] == ["800", "400", "-"]
    assert "Risk selection:" in text and "Undertreatment:" in text and "Upcoding:" in text
    assert all(len(line) <= 100 for line in text.splitlines())
    assert sorted(path.name for path in here.iterdir()) == before


def test_dutch_on_the_screen(here):
    text = fine("fixed.yaml", "--lang", "nl")
    assert "Wat dit beloont: Vaste prijzen" in text and "EUR 47,49" in text
    assert "Risicoselectie:" in text and "Onderbehandeling:" in text and "(upcoding):" in text
    assert "Profiel 4, doorsnee, GOLD III   48,1     45,3  1.247" in text


def test_a_scenario_of_the_library_without_a_contract_explains_the_regular_one():
    text = " ".join(fine("fee_for_service_open").split())
    assert "What is explained is the regular contract, which every practice has." in text


def test_the_document_is_the_explanation(here):
    document = json.loads(fine("fixed.yaml", "--json"))
    registry = load_registry()
    e = explain(january(load("fixed.yaml", registry).policy(), registry.values()))
    assert [one["margin_eur"] for one in document["patients"]] == [x.margin for x in e.patients]
    more = document["one_more"]["profile_3"]
    assert more["heaviest_class_eur"] == e.marginals[0].upgrade == pytest.approx(800.0)
    assert more["session_net_eur"] == pytest.approx(-24.0) and more["lighter_class_eur"] == {}
    assert document["one_more"]["profile_5"]["lighter_class_eur"] == pytest.approx(
        {"profile_3": -800.0, "profile_4": -400.0}
    )
    assert more["quarter_more_eur"] == pytest.approx(
        {"intensive": 200.0, "tapering": 200.0, "maintenance": 100.0}
    )
    refused = document["refused_by_profit_only_provider"]["profile_3"]
    assert refused == [
        {
            "above_sessions": pytest.approx(45.7333, abs=1e-3),  # 800 / 24 + 12.4
            "below_sessions": None,
            "patients_share": pytest.approx(0.2495, abs=2e-4),
        }
    ]
    assert document["loss_probability_share"] == {str(n): x for n, x in e.losses.items()}
    assert set(document["dangers"]) == {"en", "nl"} and len(document["dangers"]["nl"]) == 3
    assert document["deterrent_audit_rate_share"] is None


@pytest.mark.parametrize(
    ("theory", "planned", "heavy"),
    [
        ("default", 45.3, False),  # 48.1 - (24 - 10) / 5
        ("pure_professional", 48.1, False),
        ("pure_profit", 4.0, True),  # a contact a quarter, from which it may be billed
        ("target_income", 23.6, False),  # the practice lacks what half of its sessions cost
        ("inertia", 48.7, False),
    ],
)
def test_another_theory_responds_in_another_way_to_the_same_rewards(here, theory, planned, heavy):
    usual, found = (
        json.loads(fine("fixed.yaml", "--json", "--theory", name)) for name in ("default", theory)
    )
    typical = found["patients"][4]  # profile 4, typical

    assert found["theory"] == theory
    assert typical["planned_sessions"] == pytest.approx(planned, abs=0.06)
    rewards = ("heaviest_class_eur", "session_eur", "quarter_more_eur")
    for name, more in found["one_more"].items():
        assert [more[key] for key in rewards] == [usual["one_more"][name][key] for key in rewards]
    graded = found["response"]["profile_3"]["grades_border_patient_too_heavy"]
    assert graded is heavy
    assert found["response"]["profile_5"]["grades_border_patient_too_heavy"] is None
    if theory == "pure_professional":
        accepted = [one["accepts_severe_share"] for one in found["response"].values()]
        assert accepted == [1.0, 1.0, 1.0]


def test_target_income_makes_up_what_the_practice_lacks_and_no_more(here):
    """Lower prices: fewer sessions for everybody; prices of plenty: need."""
    poor = FIXED.replace("[200.0, 300.0, 400.0, 100.0]", "[150.0, 250.0, 300.0, 100.0]")
    rich = FIXED.replace("[200.0, 300.0, 400.0, 100.0]", "[600.0, 600.0, 600.0, 100.0]")
    shares = []
    for name, text in (("poor", poor), ("rich", rich)):
        (here / f"{name}.yaml").write_text(text, encoding="utf-8")
        document = json.loads(fine(f"{name}.yaml", "--json", "--theory", "target_income"))
        shares.append(
            [one["planned_sessions"] / one["need_sessions"] for one in document["patients"]]
        )
    assert max(shares[0]) < 0.99
    assert shares[1] == pytest.approx([1.0] * 9)


def test_the_theory_is_named_on_the_screen(here):
    text = " ".join(fine("fixed.yaml", "--theory", "pure_profit").split())
    assert "The typical therapist here is moved by pure profit" in text
    assert "What a typical therapist does" in text and "ends up in it on file" in text
    dutch = " ".join(fine("fixed.yaml", "--theory", "pure_professional", "--lang", "nl").split())
    assert "volgens deze gedragstheorie: zuiver professioneel" in dutch
    assert "Wat een doorsnee therapeut doet" in dutch and "wordt eerlijk ingedeeld" in dutch
    assert "is moved by" not in fine("fixed.yaml")


def test_a_setting_changes_what_is_explained(here):
    document = json.loads(fine("fixed.yaml", "--json", "--set", "variable_cost_per_session=30"))
    assert document["one_more"]["profile_5"]["session_net_eur"] == pytest.approx(-30.0)
    assert document["settings"] == {"variable_cost_per_session": 30.0}


def test_a_folder_is_written_whole(here):
    text = fine("fixed.yaml", "--out", "found", "--lang", "nl")
    assert "Figuur en getallen staan in found." in text
    assert sorted(path.name for path in (here / "found").iterdir()) == [
        "explain.json", "explain.png",
    ]  # fmt: skip
    assert (here / "found" / "explain.png").read_bytes().startswith(b"\x89PNG")
    saved = json.loads((here / "found" / "explain.json").read_text(encoding="utf-8"))
    assert saved == json.loads(fine("fixed.yaml", "--json"))


def test_a_figure_that_cannot_be_drawn_leaves_no_folder(here, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("experiments.figures.image_bytes", full)
    assert "No space left" in sentence(call("fixed.yaml", "--out", "found"))
    assert sorted(path.name for path in here.iterdir()) == ["fixed.yaml", "nobody.yaml"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["fixd"], "no scenario 'fixd'"),
        (["missing.yaml"], "no file 'missing.yaml'"),
        (["fixed.yaml", "--set", "variable_cost=30"], "no parameter 'variable_cost'"),
        (["fixed.yaml", "--set", "variable_cost_per_session"], "name=value"),
        (["fixed.yaml", "--out", " "], "name is empty"),
        (["fixed.yaml", "--lang", "fr"], "'fr'"),
        (["fixed.yaml", "--theory", "pure_profitt"], "the nearest valid name is 'pure_profit'"),
    ],
)
def test_what_is_wrong_is_said_before_a_world_is_made(here, monkeypatch, args, says):
    monkeypatch.setattr(explain_command, "january", None)
    assert says in sentence(call(*args))


def test_an_existing_folder_is_kept(here, monkeypatch):
    monkeypatch.setattr(explain_command, "january", None)
    (here / "mine").mkdir()
    (here / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    assert "exists already" in sentence(call("fixed.yaml", "--out", "mine"))
    assert [path.name for path in (here / "mine").iterdir()] == ["letter.txt"]


def test_a_bundle_that_no_insurer_offers_has_no_price_to_explain(here):
    assert "no insurer offers the bundle of 'nobody'" in sentence(call("nobody.yaml"))
