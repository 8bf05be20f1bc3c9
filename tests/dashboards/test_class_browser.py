"""The page Class in Chromium: predict, lock, see; by keyboard; both languages; narrow screens."""

import re

import pytest
from conftest import heavy_parts
from test_browser import LANGUAGES, violations

from experiments.teaching.lesson import lessons

LESSON = "what_a_fee_rewards"
PLACES = ("part=lessons", "part=twins", "part=lecturer&group=demo", f"lesson={LESSON}")


def lock(page, answer=2, sure="70"):
    page.wait_for_selector(".zb-predict")
    page.get_by_role("radio").nth(answer).check()
    page.locator("#zb-sure").select_option(sure)
    page.locator(".zb-predict button").click()
    page.wait_for_selector(".zb-answer")


#: Each part once, each language at least once; all of them in the slow run.
QUICK = [("nl", PLACES[0]), ("en", PLACES[2]), ("nl", PLACES[3])]
REST = [(x, place) for x in LANGUAGES for place in PLACES if (x, place) not in QUICK]


@pytest.mark.parametrize(
    ("language", "place"),
    [*QUICK, *(pytest.param(*one, marks=pytest.mark.slow) for one in REST)],
)
def test_every_part_is_accessible(visit, place, language):
    page = visit(f"/class?lang={language}&{place}")
    page.wait_for_selector("main h2, .zb-predict")
    assert page.locator("h1").count() == 1
    assert violations(page) == []


def test_a_prediction_is_asked_first_locked_and_kept(visit):
    page = visit(f"/class?lang=en&lesson={LESSON}")
    page.wait_for_selector(".zb-predict")
    assert page.locator("input[type=radio]:checked").count() == 0
    assert lessons()[LESSON].why.en[:30] not in page.content()
    page.locator(".zb-predict button").click()
    page.wait_for_selector(".zb-predict [role=alert]")
    assert violations(page) == []
    lock(page)
    page.wait_for_selector("[role=status]:has-text('locked')", state="attached")
    page.wait_for_selector("figure")
    assert lessons()[LESSON].why.en[:30] in page.content()
    page.wait_for_url(re.compile("who=[A-Z0-9]{6}"))
    assert violations(page) == []
    page.reload()
    page.wait_for_selector(".zb-answer")
    assert page.locator(".zb-predict").count() == 0
    page.get_by_role("link", name="To all lessons").click()
    page.wait_for_selector("text=1 of 10 lessons done")


def test_a_lesson_by_keyboard_alone(visit):
    page = visit(f"/class?lang=nl&lesson={LESSON}")
    page.wait_for_selector(".zb-predict")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("80")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".zb-answer")
    assert "80% zeker" in page.locator(".zb-answer").inner_text()


def test_the_group_shows_and_saves_what_it_predicted(visit, tmp_path):
    for answer in (0, 1, 2):
        page = visit(f"/class?lang=en&lesson={LESSON}&group=trio")
        lock(page, answer)
    page.wait_for_selector("text=What the group predicted")
    page = visit("/class?lang=en&part=lecturer&group=trio")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save predictions").click()
    waiting.value.save_as(tmp_path / "group.csv")
    assert len((tmp_path / "group.csv").read_text().splitlines()) == 4


def test_a_wrong_name_of_a_group_is_explained(visit):
    page = visit("/class?lang=nl&part=lecturer")
    page.locator("#zb-group").fill("mijn groep")
    page.keyboard.press("Enter")
    page.wait_for_selector(".zb-ask [role=alert]")
    page.locator("#zb-group").fill("groep-1")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Alleen deze computer kan")  # this server listens here only
    page.wait_for_url(re.compile("group=groep-1"))


@pytest.mark.slow
def test_twin_lives_are_laid_side_by_side(visit, server):
    page = visit("/class?lang=nl&part=twins")
    page.get_by_role("button", name="Toon beide levens").click()
    page.wait_for_selector("figure#f-twins", timeout=300_000)
    assert "de levens gaan uiteen" in page.locator("main").inner_text()
    assert heavy_parts(server) == set()  # a worker lived them
    assert "--ask fewer_sessions" in page.locator("main code").last.inner_text()
    assert violations(page) == []
    page.locator("#twins-policy").select_option("fee_for_service_open")
    page.wait_for_selector("text=Kies twee verschillende werelden")


@pytest.mark.parametrize("place", PLACES[1:])
def test_nothing_is_lost_at_320_pixels(visit, place):
    page = visit(f"/class?lang=nl&{place}", width=320, height=800)
    page.wait_for_selector("main h2, .zb-predict")
    if "lesson=" in place:
        lock(page)
        page.wait_for_selector("figure")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
