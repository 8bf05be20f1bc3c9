"""The class game in Chromium: a facilitator and players in windows of their own."""

import re
import time

import pytest
from conftest import GAME_FOLDERS, heavy_parts, start_server, stop_server
from test_browser import LANGUAGES, violations

from dashboards.game.questions import ROLES
from dashboards.game.rooms import OPEN, RIVERS, Rooms
from dashboards.texts import texts

T = {language: texts(language) for language in LANGUAGES}


def press(page, language, key, **values):
    page.get_by_role("button", name=T[language](key, **values), exact=True).click()


def open_room(visit, language="en", teams="2", **given):
    """Return the facilitator's page and the code of the room."""
    page = visit(f"/room?lang={language}", **given)
    page.locator("#zb-teams").select_option(teams)
    press(page, language, "game.host.open")
    page.get_by_role("heading", name=T[language]("game.host.title")).wait_for()
    page.wait_for_url(re.compile("ticket=[A-Z0-9]{12}"))
    return page, page.locator("h1").inner_text().split()[-1]


def sit(page, language, role, team):
    name = T[language](f"game.role.{role}")
    press(page, language, "game.seat", role=name, team=team)
    you = T[language]("game.you", role=name, team=team)
    page.get_by_role("heading", name=you).wait_for()


def decide(page, language, number, option):
    page.wait_for_selector(".zb-game")
    page.get_by_role("radio").nth(option).check()
    press(page, language, "game.send")
    page.locator(".zb-notice.done").wait_for()
    assert T[language]("game.sent", number=number) in page.locator("main").inner_text()


def board(page, number, language="en"):
    page.locator("caption", has_text=T[language]("game.board", number=number)).wait_for(
        timeout=240_000
    )


def test_a_facilitator_and_two_players_through_a_whole_round(visit):
    host, code = open_room(visit)
    assert violations(host) == []
    anna = visit(f"/room?lang=nl&room={code}", width=320, height=800)
    anna.wait_for_selector("text=Kies een tafel")
    assert violations(anna) == []
    ben = visit("/room?lang=en")
    ben.locator("#zb-room").fill("xxxx")
    ben.keyboard.press("Enter")
    ben.locator("p.zb-warning").wait_for()
    assert "no room with code XXXX" in ben.locator("p.zb-warning").inner_text()
    assert violations(ben) == []
    ben.locator("#zb-room").fill(code.lower())
    ben.keyboard.press("Enter")
    ben.wait_for_selector("text=Choose a table")
    sit(anna, "nl", "insurer", "Maas")
    ben.wait_for_selector("text=Insurer: taken")  # without a reload
    sit(ben, "en", "federation", "Waal")
    anna.locator("p", has_text="De docent opent ronde 1").wait_for()

    press(host, "en", "game.open_round", number=1)
    anna.wait_for_selector(".zb-game")
    assert anna.locator("input[type=radio]:checked").count() == 0
    press(anna, "nl", "game.send")
    anna.locator(".zb-game [role=alert]").wait_for()
    assert violations(anna) == []
    decide(anna, "nl", 1, 2)
    host.locator("td", has_text=T["en"]("game.state.decided")).wait_for()
    assert T["en"]("game.undecided", count=1) in host.locator("main").inner_text()

    anna.wait_for_url(re.compile("ticket="))
    anna.reload()  # in the middle of a round
    anna.wait_for_selector(".zb-game")
    assert anna.get_by_role("radio").nth(2).is_checked()
    lost = anna.context.new_page()  # without the link: the browser knows the seat
    lost.goto(anna.url.split("?")[0] + f"?lang=nl&room={code}")
    press(lost, "nl", "game.resume")
    lost.get_by_role("heading", name="U speelt: Zorgverzekeraar, tafel Maas").wait_for()
    lost.close()

    press(host, "en", "game.close_round", number=1)
    for page, language in ((host, "en"), (anna, "nl"), (ben, "en")):
        board(page, 1, language)
        assert violations(page) == []
    assert "◆" in ben.locator("main").inner_text()
    assert anna.evaluate("document.documentElement.scrollWidth") <= 320
    chosen = host.locator("tr", has_text="Which price do you offer").inner_text()
    assert "110%" in chosen and "90%" in chosen
    assert ben.get_by_role("radio").count() == 0
    screen = visit(f"/room?lang=en&room={code}")  # the beamer: no key, the same board
    board(screen, 1)
    assert screen.get_by_role("button", name="Open round 2").count() == 0
    press(host, "en", "game.open_round", number=2)
    anna.wait_for_selector(".zb-game")
    assert anna.locator("input[type=radio]:checked").count() == 1  # of the first round
    for page in (host, anna):
        assert violations(page) == []


def test_a_round_by_keyboard_alone(visit):
    host, code = open_room(visit, teams="1")
    press(host, "en", "game.open_round", number=1)
    page = visit(f"/room?lang=en&room={code}")
    button = page.get_by_role("button", name="Ministry, table Maas")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".zb-game")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".zb-notice.done").wait_for()
    assert page.get_by_role("radio").nth(1).is_checked()


@pytest.mark.parametrize("language", LANGUAGES)
def test_late_taken_full_and_removed_are_each_a_sentence(visit, server, language):
    """Behind the server's back, as the pages would otherwise follow too soon to be late."""
    t = T[language]
    host, code = open_room(visit, language, teams="1")
    behind = Rooms(GAME_FOLDERS[server] / "rooms.sqlite")
    page = visit(f"/room?lang={language}&room={code}")
    role = t("game.role.insurer")
    seat = t("game.seat", role=role, team="Maas")
    page.get_by_role("button", name=seat).wait_for()
    ticket = behind.join(code, 0, "insurer")  # two people on one role
    page.get_by_role("button", name=seat).click()
    page.locator("p.zb-warning[role=alert]").wait_for()
    said = t("game.refused.taken", role=role, team="Maas")
    assert page.locator("p.zb-warning").inner_text() == said
    sit(page, language, "ministry", "Maas")

    press(host, language, "game.open_round", number=1)
    page.wait_for_selector(".zb-game")
    page.get_by_role("radio").nth(1).check()
    behind.close_round(re.search("ticket=([A-Z0-9]{12})", host.url)[1])
    press(page, language, "game.send")  # late
    page.wait_for_selector(f"text={t('game.refused.late', number=1)}")
    assert not behind.decided(code, 1)
    page.reload()  # the sentence was for then; what it means stays
    page.wait_for_selector(f"text={t('game.not_in_time', number=1)}")

    for other in ("practices", "federation"):
        behind.join(code, 0, other)
    visit(f"/room?lang={language}&room={code}").wait_for_selector(
        f"text={t('game.refused.full', code=code)}"
    )
    own = visit(f"/room?lang={language}&room={code}&ticket={ticket}")  # not full for who sits there
    own.get_by_role("heading", name=t("game.you", role=role, team="Maas")).wait_for()

    host.get_by_role("button", name=t("game.remove"), exact=True).dblclick()
    press(host, language, "game.remove.not")
    press(host, language, "game.remove")
    press(host, language, "game.remove.sure")
    for one in (host, page, own):
        one.wait_for_selector(f"text={t('game.removed', code=code)}")
    assert violations(page) == []


#: Clicks the last button of a page at the very moment that a warning shows.
AT_ONCE = """() => {
    const look = () => {
        if (!document.querySelector('p.zb-warning[role=alert]')) return;
        seen.disconnect();
        [...document.querySelectorAll('main .zb-run-row button')].at(-1).click();
    };
    const seen = new MutationObserver(look);
    seen.observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


def test_a_click_at_the_moment_that_a_warning_shows_counts(visit, server):
    """The seats stay the same buttons; drawn anew, those on screen would be nobody's any more."""
    _, code = open_room(visit, teams="1")
    page = visit(f"/room?lang=en&room={code}")
    page.get_by_role("button", name="Ministry, table Maas").wait_for()
    Rooms(GAME_FOLDERS[server] / "rooms.sqlite").join(code, 0, "insurer")
    page.evaluate(AT_ONCE)
    page.get_by_role("button", name="Insurer, table Maas").click()
    page.locator("p.zb-warning[role=alert]").wait_for()
    page.get_by_role("heading", name="You play: Ministry, table Maas").wait_for(timeout=20_000)


def test_a_double_click_opens_a_round_and_does_not_close_it_again(visit, server):
    """The button that closes the round comes in the place of the one that opened it."""
    host, code = open_room(visit, teams="1")
    for count, key in enumerate(("game.open_round", "game.close_round"), start=1):
        button = host.get_by_role("button", name=T["en"](key, number=1), exact=True)
        button.hover()
        host.mouse.down(click_count=count)
        host.mouse.up(click_count=count)
    press(host, "en", "game.remove")  # heard after the clicks before it
    host.get_by_role("button", name=T["en"]("game.remove.not")).wait_for()
    assert Rooms(GAME_FOLDERS[server] / "rooms.sqlite").room(code).phase == OPEN


def test_an_enter_that_is_held_down_presses_once(visit, server):
    host, code = open_room(visit, teams="1")
    for key in ("game.open_round", "game.close_round"):  # one comes in the place of the other
        host.get_by_role("button", name=T["en"](key, number=1), exact=True).focus()
        host.keyboard.down("Enter")
    host.keyboard.up("Enter")
    press(host, "en", "game.remove")
    host.get_by_role("button", name=T["en"]("game.remove.not")).wait_for()
    assert Rooms(GAME_FOLDERS[server] / "rooms.sqlite").room(code).phase == OPEN


def test_only_who_can_be_reached_invites(visit):
    host, _ = open_room(visit)
    assert T["en"]("game.invite.only_here") in host.locator("main").inner_text()
    assert host.locator(".zb-qr").count() == 0


def test_a_link_that_is_no_seat_any_more_is_explained(visit):
    _, code = open_room(visit, teams="1")
    page = visit(f"/room?lang=nl&room={code}&ticket=AAAAAAAAAAAA")
    page.wait_for_selector("text=Deze link hoort niet")
    page = visit("/room?lang=nl&room=AAAA")
    page.wait_for_selector("text=Er is geen kamer met code AAAA")


@pytest.mark.slow
def test_twenty_browsers_one_room_and_a_restart_of_the_server(visit, tmp_path):
    """Five tables of four; all decide; the debrief; then the server goes and comes back."""
    own = {"ZORGBUNDEL_GAME_FOLDER": str(tmp_path), "ZORGBUNDEL_DASHBOARD_WORKERS": "2"}
    process, address = start_server(**own)
    try:
        host, code = open_room(visit, teams="5", host=address)
        players = []
        for team in RIVERS:
            for role in ROLES:
                page = visit(f"/room?lang=en&room={code}", host=address)
                sit(page, "en", role, team)
                players.append(page)
        late = visit(f"/room?lang=en&room={code}", host=address)
        late.wait_for_selector(f"text=Room {code} is full")
        press(host, "en", "game.open_round", number=1)
        for k, page in enumerate(players):
            decide(page, "en", 1, k // 4 % 2)
        host.wait_for_selector(f"text={T['en']('game.undecided', count=0)}")
        begun = time.monotonic()
        press(host, "en", "game.close_round", number=1)
        board(host, 1)
        print(f"five tables, on the facilitator's screen: {time.monotonic() - begun:.1f} s")
        for page in players:
            board(page, 1)
        print(f"on all twenty: {time.monotonic() - begun:.1f} s")
        press(host, "en", "game.debrief.run", number=1)
        host.locator("summary", has_text=T["en"]("game.debrief.numbers")).wait_for(timeout=300_000)
        assert heavy_parts(address) == set()  # rounds and debrief are the work of its workers
        assert violations(host) == []
        path = players[5].url.removeprefix(address)
    finally:
        stop_server(process)
    process, again = start_server(**own)
    try:
        page = visit(path, host=again)
        page.get_by_role("heading", name="You play: Practices, table Waal").wait_for()
        board(page, 1)
    finally:
        stop_server(process)
