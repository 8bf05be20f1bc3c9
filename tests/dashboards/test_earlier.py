"""A link from another version says what has changed, where that is known, and only there."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from dashboards import earlier, library, service
from dashboards.result import Effect
from dashboards.view import View
from dashboards.viewmodels.shown import Kind, Shown, notices
from experiments.number_format import LANGUAGES
from experiments.output import OutputError

SCENARIO, CODE = "bundle_flat", "0.0.9+abc123"
LINK = View(page="outcomes", scenario=SCENARIO, version=CODE)


@pytest.fixture
def folder(tmp_path):
    """An invented earlier version, in which the bundle saved three million more."""
    made = earlier.present() | {"version": "0.0.9", "code": CODE}
    numbers = made["scenarios"][SCENARIO]["paramedical_spending"]
    numbers[1:] = [one - 3e6 for one in numbers[1:]]
    (tmp_path / "0.0.9.json").write_text(json.dumps(made))
    (tmp_path / "0.0.8.json").write_text('{"code": "0.0.8+ffffff", "scenarios": {"a": {"b": [1]}}}')
    (tmp_path / "0.0.7.json").write_text("{")
    return tmp_path


def said(view, then, language="nl", kind=Kind.LIBRARY):
    what = Shown(kind, service.stored_result(SCENARIO))
    found = notices(view, what, [], service.version_code(), language, then=then)
    return next(one for one in found if one.kind == "version")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_headline_number_that_changed_stands_beside_what_it_was(folder, language):
    then = earlier.headlines(CODE, folder)[SCENARIO]
    strip = said(LINK, then, language)
    assert CODE in strip.heads[1] and service.version_code() in strip.heads[2]
    ((name, before, after),) = strip.rows  # spending, and nothing else
    assert ("andere hoofdgetallen" if language == "nl" else "other headline") in strip.text
    assert ("gaven" if language == "nl" else "pending") in name
    now = service.stored_result(SCENARIO).effect("paramedical_spending")
    for text, effect in ((before, then["paramedical_spending"]), (after, now)):
        mark = "," if language == "nl" else "."
        assert f"{abs(effect.mean) / 1e6:.1f}".replace(".", mark) in text
        for word in ("toeval", "aannames") if language == "nl" else ("chance", "assumptions"):
            assert word in text


def test_when_all_have_changed_none_is_said_to_be_the_same(folder):
    then = {
        measure: replace(one, mean=-3.0 * one.mean, baseline=one.baseline)
        for measure, one in earlier.headlines(CODE, folder)[SCENARIO].items()
    }
    strip = said(LINK, then)
    assert len(strip.rows) == len(earlier.HEADLINES) and "gelijk" not in strip.text


def test_numbers_that_stayed_the_same_are_said_to():
    then = {m: service.stored_result(SCENARIO).effect(m) for m in earlier.HEADLINES}
    strip = said(LINK, then)
    assert strip.rows == () and "gelijk gebleven" in strip.text


@pytest.mark.parametrize(
    ("view", "kind"),
    [
        (LINK.with_lever("audit_rate", 0.1), Kind.RUN),
        (LINK.with_lever("bundle_price_factor", 0.95), Kind.ESTIMATE),
        (replace(LINK, scenario="no_such"), Kind.MISSING),
    ],
)
def test_of_other_settings_nothing_is_claimed(folder, view, kind):
    strip = said(view, earlier.headlines(CODE, folder)[SCENARIO], kind=kind)
    assert strip.rows == () and "kunnen verschillen" in strip.text


@pytest.mark.parametrize("code", ["0.0.9+abc124", "0.0.9", "0.0.8+ffffff", "", "../x"])
def test_a_version_that_is_not_kept_or_damaged_is_not_compared(folder, code):
    assert earlier.headlines(code, folder) == {}
    assert said(replace(LINK, version=code or "1"), None).rows == ()


def test_a_version_is_kept_as_it_is_shown_and_not_overwritten_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "fingerprint", lambda: service.manifest()["fingerprint"])
    path = earlier.keep(tmp_path)
    kept = earlier.headlines(service.version_code(), tmp_path)
    assert set(kept) == {n for n in service.choices().scenarios if service.stored_data(n)}
    effect, now = kept[SCENARIO]["admissions"], service.stored_result(SCENARIO).effect("admissions")
    assert isinstance(effect, Effect)
    assert (effect.mean, effect.chance, effect.assumptions) == (
        now.mean, now.chance, now.assumptions
    )  # fmt: skip
    assert earlier.keep(tmp_path) == path  # the same once more is no harm
    other = json.loads(path.read_text()) | {"code": "0.1.0+ffffff"}
    path.write_text(json.dumps(other))
    with pytest.raises(OutputError, match="kept already"):
        earlier.keep(tmp_path)
    assert json.loads(path.read_text()) == other
    earlier.keep(tmp_path, replace=True)
    assert json.loads(path.read_text())["code"] == service.version_code()


def test_results_of_an_older_program_are_not_kept(monkeypatch):
    monkeypatch.setattr(library, "fingerprint", lambda: "another")
    found = CliRunner().invoke(earlier.main, [])
    assert found.exit_code == 2 and "make precomputed" in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_the_package_keeps_at_least_one_version_that_can_be_read():
    codes = [json.loads(path.read_text())["code"] for path in earlier.FOLDER.glob("*.json")]
    assert codes and all(earlier.headlines(code) for code in codes)
