"""Every state of every page: it says what it is, in one language, and axe finds nothing wrong.

The states come from the stories (``stories``): the program with an engine and a queue that stand
still. ``make screenshots`` keeps a picture of each at three widths, for people to look at.
"""

import os
import re
from pathlib import Path

import pytest
import stories
from conftest import ROOT, start_server, stop_server
from test_browser import violations

from dashboards.failures import Reason

LANGUAGES = ("nl", "en")
WIDTHS = (1280, 768, 320)
FOLDER = ROOT / "build/screenshots/states"

#: Words that are of one language only, and stand in almost any sentence of it.
FOREIGN = {
    "nl": re.compile(r"\b(the|and|with|which|this|these|from|failed|again|there|your)\b", re.I),
    "en": re.compile(r"\b(het|een|van|niet|wordt|worden|voor|deze|mislukt|uw|zijn)\b", re.I),
}

#: What is visible of a page, without commands and without parts that say they are of a language.
VISIBLE = """() => {
  const parts = [...document.querySelectorAll("main, .zb-lost, [role=status]")];
  const out = [];
  for (const part of parts) {
    const walk = (node) => {
      if (node.nodeType === 3) { out.push(node.textContent); return; }
      if (node.nodeType !== 1) return;
      if (node.matches("code, pre, [lang], svg, option, script, style")) return;
      if (node.matches("details:not([open])")) { walk(node.querySelector("summary")); return; }
      node.childNodes.forEach(walk);
    };
    walk(part);
  }
  return out.join(" ").replace(/\\s+/g, " ");
}"""

RUN = "/outcomes?s=bundle_flat&l.bundle_price_factor={}"
#: Name, address, buttons to press (by id; with ? only if there), what must be there then.
STATES = [
    ("estimate", "/outcomes?l.bundle_price_factor=1.05", (), ".zb-notice.estimate"),
    ("stale", "/outcomes?l.intensive_quarters=3.0", (), ".zb-notice.stale"),
    ("empty", "/outcomes?s=fee_for_service_open", (), ".zb-notice.empty"),
    ("problems", "/outcomes?s=no_such&l.audit_rate=often", (), ".zb-notice.problem"),
    ("impossible", "/outcomes?l.bundle_price_factor=9", (), ".zb-notice.problem"),
    ("other_version", "/outcomes?v=0.0.1", (), ".zb-notice.version"),
    ("missing", "/outcomes?s=bundle_negotiated", (), ".zb-notice.failed"),
    ("page_failed", RUN.format(0.96), (), ".zb-notice.failed"),
    *((f"run_{story}", RUN.format(price), ("zb-run",), ".zb-run-row span:not(:empty)")
      for price, story in stories.RUNS.items() if story not in ("stopped", "done", "partial")),
    ("run_partial", RUN.format(0.84), ("zb-run",), ".zb-notice.partial"),
    ("run_stopped", RUN.format(0.86), ("zb-run", "zb-cancel"), "#zb-run"),
    ("run_done", RUN.format(0.94), ("?zb-run",), "main code"),
    ("certainty_stale", "/certainty?l.intensive_quarters=3.0", (), ".zb-notice.stale"),
    ("certainty_estimate", "/certainty?l.bundle_price_factor=1.05", (), ".zb-notice.empty"),
    ("certainty_failed", RUN.format(0.88).replace("outcomes", "certainty"), ("zb-run",),
     "#zb-run"),
    ("contract_waiting", "/contract?l.bundle_price_factor=1.1", (), ".zb-notice.busy"),
    ("contract_moved", "/contract?l.bundle_price_factor=0.8", (), "figure"),
    ("contract_nothing", "/contract?l.bundle_price_factor=0.94", (), ".zb-notice.empty"),
    ("contract_failed", "/contract?l.bundle_price_factor=0.98", (), ".zb-notice.failed"),
    ("compare_two", "/compare?c=bundle_flat,bundle_corridor", (), "figure"),
]  # fmt: skip
for page, scenario in (("oversight", "bundle_flat"), ("money", "bundle_flat"),
                       ("sweeps", "bundle_flat")):  # fmt: skip
    button = {"sweeps": "sweep"}.get(page, page)
    STATES.append((f"{page}_empty", f"/{page}?s=bundle_corridor", (), ".zb-notice.empty"))
    STATES.extend(
        (
            f"{page}_{story}",
            f"/{page}?s={scenario}&l.bundle_price_factor={price}",
            (f"?{button}-start",),
            "figure" if story == "done" else "[role=status]:not(:empty)",
        )
        for price, story in stories.JOBS.items()
        if page == "oversight" or story not in tuple(Reason)[1:]
    )
for name, there in (("report", "text=/HTML/"), ("clear", "#clear-start")):
    STATES.extend(
        (f"{name}_{story}", f"/outcomes?s=bundle_flat&l.bundle_price_factor={price}",
         ("?zb-run", f"{name}-start"), f"#{name}-start" if story == "failed" else there)
        for price, story in ((1.02, "failed"), (0.98, "done"))
        if (name, story) != ("clear", "done")  # its result is that of a real run
    )  # fmt: skip


@pytest.fixture(scope="module")
def still():
    """The server of the stories."""
    here = Path(__file__).parent
    paths = os.pathsep.join(map(str, (ROOT / "tests/offline", here, ROOT)))
    process, address = start_server(code=stories.PROGRAM, PYTHONPATH=paths)
    yield address
    stop_server(process)


def foreign(page, language: str) -> list[str]:
    """Return words of the other language that a visitor can read on a page."""
    said = page.evaluate(VISIBLE)
    assert len(said) > 40
    return [said[max(0, m.start() - 40) : m.end() + 40] for m in FOREIGN[language].finditer(said)]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES, ids=lambda one: one[0])
def test_a_state_says_what_it_is_in_one_language_and_is_accessible(visit, still, state, language):
    name, address, buttons, there = state
    page = visit(f"{address}{'&' if '?' in address else '?'}lang={language}", host=still)
    for button in buttons:
        if button.startswith("?") and page.locator(f"#{button[1:]}").count() == 0:
            continue  # another visitor, in the other language, has had it run
        page.locator(f"#{button.removeprefix('?')}").click()
        page.wait_for_timeout(150)
    page.wait_for_selector(there, state="attached")
    page.wait_for_timeout(350)  # a tick of the bars
    if buttons:
        page.evaluate("document.activeElement.blur()")
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    assert foreign(page, language) == []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        page.screenshot(path=FOLDER / f"{name}_{language}_{width}.png", full_page=width < 1000)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_upload_that_is_no_scenario_is_said_in_the_language_of_the_page(
    visit, still, tmp_path, language
):
    page = visit(f"/compare?lang={language}", host=still)
    file = tmp_path / f"plan_{language}.yaml"
    file.write_text("titel: x\n")
    page.locator("#zb-upload").set_input_files(file)
    page.locator("#own-start").click()
    page.wait_for_selector(".zb-notice.problem")
    said = page.locator(".zb-notice.problem").inner_text()
    assert file.name in said and "3" in said and "'price'" in said
    assert foreign(page, language) == [] and violations(page) == []


@pytest.mark.slow
def test_a_report_comes_by_itself_and_in_other_formats_when_asked(visit, still):
    page = visit("/outcomes?s=bundle_flat&l.bundle_price_factor=0.98&lang=en", host=still)
    page.wait_for_selector("#zb-run, #report-start")
    if page.locator("#zb-run").count():  # another visitor may have had it run
        page.locator("#zb-run").click()
    with page.expect_download() as own:
        page.locator("#report-start").click()
    assert own.value.suggested_filename == "zorgbundel.html"
    for words, ending in (("(PDF)", "pdf"), ("(Word)", "docx")):
        with page.expect_download() as asked:
            page.get_by_role("button", name=words).click()
        assert asked.value.suggested_filename == f"zorgbundel.{ending}"
    # Another measure has a report of its own; back at this one, nothing is saved a second time.
    saved = []
    page.on("download", lambda one: saved.append(one.suggested_filename))
    chooser = page.locator("select[id$=measure]")
    before = chooser.input_value()
    chooser.select_option("admissions")
    page.wait_for_selector("#report-start")
    chooser.select_option(before)
    page.get_by_role("button", name="(PDF)").wait_for()
    page.wait_for_timeout(500)
    assert saved == []
