"""The dashboard as visitors meet it, in Chromium: no page asks another host or has an error."""

import re

import pytest
from conftest import ROOT, start_server, stop_server

from dashboards.view import PAGES

LANGUAGES = ("nl", "en")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SLIDER = "#l-bundle_price_factor"
OTHER = "l.intensive_quarters=3.0"


def path(page: str) -> str:
    return "/" if page == "start" else f"/{page}"


def violations(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_cold_link_to_any_page_opens_and_is_accessible(visit, name, language):
    page = visit(f"{path(name)}?lang={language}")
    assert page.evaluate("document.documentElement.lang") == language
    assert page.locator("h1").count() == 1
    assert page.locator("nav [aria-current=page]").count() == 1
    assert violations(page) == []


@pytest.mark.parametrize(
    "query",
    [
        "l.bundle_price_factor=1.05",  # estimate
        OTHER,  # stale
        "s=fee_for_service_open",  # nothing to compare
        "s=no_such&l.audit_rate=often&v=0.0.1",  # problems and another version
    ],
)
def test_states_are_accessible_and_say_what_they_are(visit, query):
    page = visit(f"/outcomes?lang=en&{query}")
    assert page.locator(".zb-notice").count() >= 1
    assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_lost_at_320_pixels(visit, name):
    """Also what 400 % zoom gives on a screen of 1280 pixels."""
    page = visit(f"{path(name)}?lang=nl", width=320, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_answer_stands_above_the_charts(visit):
    page = visit("/outcomes?lang=nl")
    answer = page.locator(".zb-answer")
    assert re.search(r"EUR \d", answer.inner_text())
    assert answer.bounding_box()["y"] < page.locator("figure").first.bounding_box()["y"]
    assert answer.bounding_box()["y"] < 600


def test_a_lever_changes_the_estimate_and_the_address(visit):
    page = visit("/outcomes?lang=nl")
    before = page.locator(".zb-answer").inner_text()
    page.locator(SLIDER).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".zb-notice.estimate")
    assert page.locator(".zb-answer").inner_text() != before
    assert "Met uw wijzigingen: Bundelprijs" in page.locator("main").inner_text()
    page.wait_for_url(re.compile(r"l\.bundle_price_factor=1\.02"))
    page.reload()
    page.wait_for_selector(".zb-notice.estimate")
    assert float(page.locator(SLIDER).input_value()) == pytest.approx(1.02)


def test_levers_make_no_history_and_back_goes_to_the_page_before(visit):
    page = visit("/?lang=nl")
    page.get_by_role("link", name="Uitkomsten", exact=True).click()
    page.wait_for_selector(SLIDER)
    assert page.locator("main").count() == 1  # with the panel beside it, and again without
    page.locator(SLIDER).focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("bundle_price_factor"))
    page.go_back()
    page.wait_for_selector("text=Vier scenario's")
    assert page.locator("main").count() == 1


def test_a_run_replaces_the_stale_results_and_survives_a_reload(visit):
    page = visit(f"/outcomes?lang=en&{OTHER}")
    page.wait_for_selector(".zb-notice.stale")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_selector(".zb-notice.stale", state="detached", timeout=300_000)
    page.wait_for_selector("main code", timeout=300_000)
    assert "--set intensive_quarters=3" in page.locator("main code").inner_text()
    assert (
        "With your changes: Quarters that count as intensive" in page.locator("main").inner_text()
    )
    assert "Done." in page.locator("[role=status]").first.inner_text()
    answer = page.locator(".zb-answer").inner_text()
    assert violations(page) == []
    page.reload()
    page.wait_for_selector("main code")
    assert page.locator(".zb-answer").inner_text() == answer


def click_twice(page, first: str, second: str) -> None:
    """Double click so slowly that the page has put another button where the first was."""
    for count, selector in enumerate((first, second), start=1):
        page.locator(selector).first.hover()
        page.mouse.down(click_count=count)
        page.mouse.up(click_count=count)


def test_a_double_click_does_what_one_click_does(visit):
    page = visit("/outcomes?lang=en&l.intensive_quarters=2&l.bundle_price_factor=1.13")
    page.wait_for_selector(".zb-notice.stale")
    chips = ".zb-chips button"
    assert page.locator(chips).count() == 2
    click_twice(page, chips, chips)
    click_twice(page, "#zb-run", "#zb-cancel")
    page.wait_for_selector("main code", timeout=300_000)  # it was not cancelled
    assert page.locator(chips).count() == 1


def test_the_focus_stays_where_it_is_when_a_run_ends(visit):
    """What the end of a run puts above a choice or takes away there must not draw it anew."""
    page = visit("/outcomes?lang=en&l.bundle_price_factor=1.15")
    page.wait_for_selector(".zb-notice.estimate")
    page.locator("#measure").focus()
    page.keyboard.press("Alt+r")
    page.wait_for_selector("main code", timeout=300_000)
    assert page.evaluate("document.activeElement.id") == "measure"


def test_a_chip_takes_a_change_back(visit):
    page = visit("/outcomes?lang=en&l.bundle_price_factor=1.1")
    page.get_by_role("button", name=re.compile("^Undo:")).click()
    page.wait_for_selector(".zb-notice", state="detached")
    page.wait_for_selector("main code")


def test_a_value_out_of_range_is_clamped_and_that_is_said(visit):
    page = visit("/outcomes?lang=en")
    field = page.get_by_role("textbox", name=re.compile("^Bundle price")).first
    field.fill("9")
    field.press("Enter")
    page.wait_for_selector(".zb-warning")
    assert float(page.locator(SLIDER).input_value()) == pytest.approx(1.3)


def test_numbers_are_typed_as_the_page_writes_them_and_an_empty_field_moves_nothing(visit):
    page = visit("/outcomes?lang=nl&l.session_tariff_real_growth=0.004")
    growth = page.locator(".zb-lever", has=page.locator("#l-session_tariff_real_growth"))
    price = page.locator(".zb-lever", has=page.locator(SLIDER))
    fields = [one.get_by_role("textbox") for one in (growth, price)]
    assert fields[0].input_value() == "0,4%"

    def shows(lever, text: str) -> None:
        lever.locator("output", has_text=text).wait_for()

    fields[0].fill("1")
    fields[0].press("Enter")
    shows(growth, "1,0%")
    assert fields[0].input_value() == "1,0%"
    for typed in ("0,95", "0.94"):
        fields[1].fill(typed)
        fields[1].press("Enter")
        shows(price, typed.replace(".", ","))
    for _ in range(2):  # also when the page has said so already
        fields[1].fill("")
        fields[1].press("Enter")
        price.get_by_role("alert").filter(has_text="Dat is geen getal").wait_for()
        fields[1].press("Tab")
        assert fields[1].input_value() == "0,94"
    assert float(page.locator(SLIDER).input_value()) == pytest.approx(0.94)
    page.wait_for_url(re.compile(r"l\.bundle_price_factor=0\.94"))
    assert violations(page) == []


def test_the_focus_goes_from_run_to_cancel_and_back(visit):
    page = visit("/outcomes?lang=en&l.audit_cost=230&l.bundle_price_factor=1.07")

    def focus_is_on(button: str) -> None:
        page.wait_for_function(f"document.activeElement.id === '{button}'")

    page.locator("#zb-run").focus()
    page.keyboard.down("Enter")
    focus_is_on("zb-cancel")
    page.keyboard.down("Enter")  # still held down: that must not cancel
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == "zb-cancel"
    page.keyboard.up("Enter")
    page.keyboard.press("Enter")
    focus_is_on("zb-run")


def test_the_language_changes_everything_but_the_view(visit):
    page = visit("/outcomes?lang=nl&l.bundle_price_factor=1.1&m=admissions")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=Quick estimate")
    page.wait_for_url(re.compile("lang=en"))
    assert "l.bundle_price_factor=1.1" in page.url and "m=admissions" in page.url
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_whole_task_by_keyboard_in_at_most_40_keys(visit):
    """Open, go to outcomes, change the bundle price, run, and come to the answer."""
    page = visit("/?lang=nl")
    keys = 0

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    def focused() -> str:
        return page.evaluate("document.activeElement.id || document.activeElement.innerText")

    while focused().strip() != "Uitkomsten":
        press("Tab")
        assert keys <= 40
    press("Enter")
    page.wait_for_selector(SLIDER)
    while focused() != "l-bundle_price_factor":
        press("Tab")
        assert keys <= 40
    for _ in range(3):
        press("ArrowRight")
    page.wait_for_selector(".zb-notice.estimate")
    press("Alt+r")
    page.wait_for_selector("#zb-cancel")
    page.wait_for_selector("main code", timeout=300_000)
    assert focused() == "l-bundle_price_factor"  # focus has not jumped
    assert keys <= 40


def test_figures_can_be_kept_as_data_and_picture(visit, tmp_path):
    page = visit("/outcomes?lang=en")
    group = page.get_by_role("group", name=re.compile("^Save: Neutrality"))
    for kind, start in (("CSV", b"year,"), ("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            group.get_by_role("button", name=kind).click()
        file = tmp_path / kind
        waiting.value.save_as(file)
        assert file.read_bytes().startswith(start)


@pytest.mark.parametrize("address", ["/nonsense", "/outcomes/more", "/?lang=%ff&l.=&s=%00"])
def test_mangled_addresses_open_something_that_says_so(visit, address):
    page = visit(address)
    assert page.locator(".zb-notice.problem").count() >= 1


def test_it_runs_below_a_path(visit, chromium):
    process, address = start_server("--root-path", "/zorg")
    try:
        page = visit("/zorg/outcomes?lang=nl", host=address)
        assert page.locator("h1").inner_text()
        page.get_by_role("link", name="Zekerheid", exact=True).click()
        page.wait_for_url(re.compile("/zorg/certainty"))
    finally:
        stop_server(process)


def test_a_figure_opens_its_sources_by_keyboard_and_gives_the_focus_back(visit):
    page = visit("/outcomes?lang=en")
    button = page.locator("figure [data-zb-source=budget_neutrality]")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    said = dialog.inner_text()
    assert "paramedical_spending(scenario)" in said and "Source: " in said
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert page.evaluate("document.activeElement.dataset.zbSource") == "budget_neutrality"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/oversight?lang=en&l.bundle_price_factor=1.1", "beside what is true"),  # empty
        ("/oversight?lang=en&s=fee_for_service_open", "nothing to evaluate"),
        ("/money?lang=en&l.bundle_price_factor=1.1", "show the flows of money"),
        ("/sweeps?lang=en", "The map will appear here"),
        ("/sweeps?lang=en&sw=nonsense&pr=99", "no sweep that is possible"),
    ],
)
def test_pages_without_an_answer_say_what_will_be_there(visit, address, said):
    page = visit(address)
    assert said in page.locator("main").inner_text()
    assert violations(page) == []


def test_the_form_of_a_sweep_clamps_and_says_so_and_the_address_holds_it(visit):
    page = visit("/sweeps?lang=en")
    low = page.locator("#sw-low-0")
    low.fill("-4")
    low.press("Enter")
    page.wait_for_selector(".zb-form .zb-warning")
    page.locator("#sw-high-0").fill("1.2")
    page.locator("#sw-high-0").press("Enter")
    page.wait_for_url(re.compile(r"sw=bundle_price_factor%3A0\.7%3A1\.2"))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the design (YAML)").click()
    assert "bundle_price_factor" in waiting.value.path().read_text()


def test_compare_stays_as_it_was_put_and_says_what_it_refuses(visit):
    page = visit("/compare?lang=en&l.bundle_price_factor=0.87")
    assert "without your change" in page.locator(".zb-notice.stale").inner_text()
    second = page.locator("#compared-1")
    for _ in range(2):  # also when the same is refused once more
        second.select_option("bundle_weight_classes")
        page.wait_for_function("document.querySelector('#compared-1').value == 'bundle_flat'")
        assert "already stands at A" in page.locator(".zb-warning").inner_text()
    assert "with=" not in page.url
    page.locator("#compared-0").select_option("")
    page.wait_for_url(re.compile("with=(,|%2C)bundle_flat(,|%2C)bundle_floor_weight_classes"))
    for place in (1, 2):
        page.locator(f"#compared-{place}").select_option("")
    page.wait_for_selector(".zb-notice.empty")
    page.wait_for_url(re.compile("with=($|&)"))
    assert page.locator("figure").count() == 0 and violations(page) == []
    page.reload()
    page.wait_for_selector(".zb-notice.empty")


def test_a_file_that_is_too_large_is_named_and_not_read(visit, tmp_path):
    page = visit("/compare?lang=en")
    file = tmp_path / "big.yaml"
    file.write_text("x: 1\n" * 20_000)
    page.locator("#zb-upload").set_input_files(file)
    page.wait_for_selector("text=big.yaml: this file is larger than 64 kB")


def test_one_practice_is_followed_and_the_address_says_which(visit):
    page = visit("/money?lang=nl")
    before = page.locator("#f-practice figcaption").inner_text()
    page.locator("#practice").select_option("3")
    page.wait_for_url(re.compile("pr=3"))
    assert page.locator("#f-practice figcaption").inner_text() != before


@pytest.mark.slow
def test_a_side_job_starts_can_be_paused_and_goes_on(visit):
    page = visit("/sweeps?lang=en&points=3")
    page.locator("#sweep-start").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'sweep-pause'")
    page.wait_for_selector("text=/[1-9][0-9]* of 45 steps/", timeout=300_000)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=/Stopped after/", timeout=120_000)
    page.wait_for_function("document.activeElement.id === 'sweep-start'")
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("^Go on")).click()
    page.wait_for_selector("#sweep-pause")
    page.locator("#sweep-cancel").click()
    page.wait_for_selector("#sweep-start")


@pytest.mark.slow
@pytest.mark.parametrize(("language", "said"), [("nl", "verbinding"), ("en", "connection")])
def test_a_lost_connection_is_said_and_what_was_worked_out_stays(chromium, language, said):
    """No guard here: a page that tries to come back meets refused connections."""
    process, address = start_server()
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/outcomes?lang={language}")
        page.wait_for_selector(".zb-answer")
        answer = page.locator(".zb-answer").inner_text()
        assert page.locator(".zb-lost p").count() == 0
        stop_server(process)
        strip = page.wait_for_selector(".zb-lost p")
        assert said in strip.inner_text()
        assert page.locator(".zb-answer").inner_text() == answer
        assert not page.locator(".v-overlay").filter(has_text="disconnected").is_visible()
        folder = ROOT / "build/screenshots/states"
        folder.mkdir(parents=True, exist_ok=True)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=folder / f"lost_{language}_{width}.png")
    finally:
        context.close()
        if process.poll() is None:
            stop_server(process)
