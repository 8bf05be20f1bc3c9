"""The class game without a browser: rooms, decisions, contracts, board and debrief."""

import itertools
import random
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from dashboards.game import rounds, shown
from dashboards.game.questions import POINTS, ROLES, ROUNDS, checked, cost, open_to, questions
from dashboards.game.rooms import LOBBY, OPEN, ROOM, TICKET, RefusedError, Rooms, path_of_rooms
from dashboards.texts import texts
from dashboards.view import View, address, parse
from experiments.number_format import LANGUAGES


def refused(work, *given):
    with pytest.raises(RefusedError) as error:
        work(*given)
    for language in LANGUAGES:  # every refusal can be said
        assert shown.refusal(error.value, language).endswith(".")
    return error.value.key


# --- questions


def test_every_role_decides_something_in_every_round():
    assert [(one.round, one.role) for one in questions()] == [
        (number, role) for number in range(1, ROUNDS + 1) for role in ROLES
    ]
    for one in questions():
        assert one.usual.points == 0 and len(one.options) >= 2
        assert len({option.id for option in one.options}) == len(one.options)


def test_points_make_roles_choose():
    for role in ROLES:
        dearest = {one.id: one.options[-1].id for one in questions() if one.role == role}
        assert cost(role, dearest) > POINTS and cost(role, {}) == 0
        assert all(cost(role, {one: dearest[one]}) <= POINTS for one in dearest)


def test_a_form_decides_only_what_is_open_to_the_role():
    given = {"insurer_1": "high", "insurer_2": "large", "ministry_1": "back", "insurer_9": "x"}
    assert checked("insurer", 1, given) == {"insurer_1": "high"}
    assert checked("insurer", 2, {"insurer_1": "no such"}) == {}
    assert [one.id for one in open_to("insurer", 2)] == ["insurer_1", "insurer_2"]


# --- contracts


def test_without_decisions_the_contract_is_the_bundle():
    found = rounds.scenario_of({})
    assert [clause.name for clause in found.contract] == ["intake_fee", "weight_class_bundle"]
    assert found.participation.by_choice and found.regulator == "watches"
    assert found.set == {"bundle_price_factor": 0.9, "kpi_withhold_share": 0.025,
                         "audit_rate": 0.01}  # fmt: skip


def test_decisions_of_the_four_roles_add_up_to_one_contract():
    found = rounds.scenario_of(
        {"insurer_1": "high", "practices_1": "half", "federation_1": "ninety",
         "ministry_3": "fine", "insurer_3": "many"}
    )  # fmt: skip
    assert found.set["bundle_price_factor"] == 1.1 and found.set["audit_rate"] == 0.1
    assert found.participation.practices == 0.5 and not found.participation.by_choice
    clauses = {clause.name: clause for clause in found.contract}
    assert clauses["session_floor"].share == 0.9 and clauses["audit"].fine == 2


def test_every_pair_of_options_and_any_mixture_is_a_contract():
    every = [(one.id, option.id) for one in questions() for option in one.options]
    for first, second in itertools.combinations(every, 2):
        rounds.scenario_of(dict([first, second]))
    luck = random.Random(3)
    for _ in range(100):
        rounds.scenario_of({one.id: luck.choice(one.options).id for one in questions()})


def test_the_contract_is_said_in_both_languages():
    said = rounds.words_of([(0, {"federation_1": "seventy"})])[0]
    assert len(said["nl"]) == len(said["en"]) == 3 and said["nl"] != said["en"]
    assert any("70%" in one for one in said["nl"])


def test_luck_is_fixed_by_room_and_round_and_never_shared_with_the_debrief():
    assert rounds.seeds_of(5, 1) == rounds.seeds_of(5, 1)
    lucks = [
        seed
        for luck in (5, 6)
        for number in range(1, ROUNDS + 1)
        for seed in rounds.seeds_of(luck, number) + rounds.other_seeds(luck, number)
    ]
    assert len(set(lucks)) == len(lucks)


# --- rooms


def test_codes_and_tickets_are_new_and_of_letters_that_cannot_be_confused(rooms):
    made = [rooms.open_room(1) for _ in range(50)]
    assert len({room.code for room, _ in made}) == len({host for _, host in made}) == 50
    assert all(ROOM.fullmatch(room.code) and TICKET.fullmatch(host) for room, host in made)


def test_a_wrong_code_is_a_sentence(rooms):
    assert refused(rooms.room, "XXXX") == "no_room"
    assert refused(rooms.join, "XXXX", 0, "insurer") == "no_room"
    room, _ = rooms.open_room(1)
    assert rooms.room(f" {room.code.lower()} ") == room


def test_two_people_on_one_role(rooms):
    room, _ = rooms.open_room(2)
    rooms.join(room.code, 0, "insurer")
    assert refused(rooms.join, room.code, 0, "insurer") == "taken"
    rooms.join(room.code, 1, "insurer")


def test_a_full_room(rooms):
    room, host = rooms.open_room(1)
    for role in ROLES:
        rooms.join(room.code, 0, role)
    assert refused(rooms.join, room.code, 0, "insurer") == "full"
    rooms.free(host, 0, "insurer")
    rooms.join(room.code, 0, "insurer")


def test_seats_that_are_not_there(rooms):
    room, _ = rooms.open_room(1)
    for team, role in ((1, "insurer"), (-1, "insurer"), (0, "king")):
        assert refused(rooms.join, room.code, team, role) == "no_seat"
    assert refused(rooms.open_room, 0) == refused(rooms.open_room, 6) == "teams"


def test_two_rooms_never_see_each_other(rooms):
    one, one_host = rooms.open_room(1)
    other, other_host = rooms.open_room(1)
    ticket = rooms.join(one.code, 0, "insurer")
    rooms.open_round(one_host)
    rooms.decide(ticket, 1, {"insurer_1": "high"})
    rooms.keep(one.code, "round 1", {"found": {}})
    before = rooms.changes(other.code)
    assert rooms.room(other.code).phase == LOBBY
    assert rooms.taken(other.code) == rooms.decided(other.code, 1) == set()
    assert rooms.choices(other.code, 1, 0) == {} and rooms.kept(other.code, "round 1") is None
    assert not rooms.is_host(one_host, other.code) and not rooms.is_host(ticket, one.code)
    rooms.free(other_host, 0, "insurer")
    assert rooms.seat(ticket).code == one.code
    rooms.close_round(one_host)
    assert rooms.changes(other.code) == before + 1  # its own seat that was freed


def test_a_player_is_no_facilitator(rooms, started):
    _, _, ticket = started
    for work in (rooms.open_round, rooms.close_round):
        assert refused(work, ticket) == "no_ticket"
    assert refused(rooms.free, ticket, 0, "insurer") == "no_ticket"
    assert refused(rooms.decide, "A" * 12, 1, {}) == "no_ticket"


def test_rounds_open_and_close_in_turn(rooms):
    room, host = rooms.open_room(1)
    assert refused(rooms.close_round, host) == "none_open"
    for number in range(1, ROUNDS + 1):
        assert rooms.open_round(host).round == number
        assert refused(rooms.open_round, host) == "still_open"
        assert rooms.room(room.code).last == number - 1
        assert rooms.close_round(host).last == number
    assert rooms.room(room.code).over and refused(rooms.open_round, host) == "over"


def test_a_decision_may_change_until_the_round_closes_and_late_ones_do_not_count(rooms, started):
    room, host, ticket = started
    rooms.decide(ticket, 1, {"insurer_1": "low"})
    rooms.decide(ticket, 1, {"insurer_1": "high"})
    assert rooms.decided(room.code, 1) == {(0, "insurer")}
    rooms.close_round(host)
    assert refused(rooms.decide, ticket, 1, {"insurer_1": "low"}) == "late"
    rooms.open_round(host)
    assert refused(rooms.decide, ticket, 1, {"insurer_1": "low"}) == "late"
    assert rooms.choices(room.code, 1, 0) == {"insurer_1": "high"}


def test_who_does_not_decide_keeps_what_held(rooms, started):
    room, host, ticket = started
    rooms.decide(ticket, 1, {"insurer_1": "high"})
    rooms.close_round(host)
    rooms.open_round(host)
    assert rooms.choices(room.code, 2, 0) == {"insurer_1": "high"}
    rooms.decide(ticket, 2, {"insurer_1": "neutral", "insurer_2": "usual"})
    assert rooms.choices(room.code, 2, 0) == {"insurer_1": "neutral", "insurer_2": "usual"}
    assert rooms.choices(room.code, 1, 0) == {"insurer_1": "high"}


def test_too_many_points_are_refused_and_change_nothing(rooms, started):
    room, host, ticket = started
    rooms.close_round(host)
    rooms.open_round(host)
    rooms.close_round(host)
    rooms.open_round(host)
    dear = {"insurer_1": "high", "insurer_2": "large", "insurer_3": "many"}
    assert refused(rooms.decide, ticket, 3, dear) == "points"
    assert rooms.choices(room.code, 3, 0) == {}


def test_a_room_survives_a_restart(rooms, started):
    room, host, ticket = started
    rooms.decide(ticket, 1, {"insurer_1": "high"})
    rooms.keep(room.code, "round 1", {"found": {"0": {}}})
    again = Rooms(rooms.path)
    assert again.room(room.code).phase == OPEN and again.is_host(host, room.code)
    assert again.seat(ticket).role == "insurer"
    assert again.choices(room.code, 1, 0) == {"insurer_1": "high"}
    assert again.kept(room.code, "round 1") == {"found": {"0": {}}}
    again.keep(room.code, "round 1", {"found": "another"})
    assert again.kept(room.code, "round 1") == {"found": {"0": {}}}


def used(rooms, code, when):
    with sqlite3.connect(rooms.path) as db:
        db.execute("UPDATE rooms SET used = ? WHERE code = ?", (when, code))


def test_a_removed_room_is_gone_with_all_that_was_in_it_and_no_other_is(rooms, started):
    room, host, ticket = started
    other, other_host = rooms.open_room(1)
    rooms.decide(ticket, 1, {"insurer_1": "high"})
    rooms.keep(room.code, "round 1", {"found": {}})
    seen = rooms.changes(room.code)
    assert refused(rooms.remove, ticket) == "no_ticket"  # a player is no facilitator
    rooms.remove(host)
    assert rooms.changes(room.code) > seen
    assert refused(rooms.room, room.code) == "no_room"
    assert refused(rooms.seat, ticket) == "no_ticket"
    assert refused(rooms.decide, ticket, 1, {}) == "no_ticket"
    assert rooms.kept(room.code, "round 1") is None
    rooms.keep(room.code, "round 1", {"found": {}})  # a run that ends afterwards
    with sqlite3.connect(rooms.path) as db:
        for table in ("seats", "decisions", "results"):
            assert db.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)
    assert rooms.hosted(other_host) == other


def test_a_room_that_nobody_uses_expires_and_whatever_is_done_keeps_it(rooms, started, monkeypatch):
    room, host, ticket = started
    idle, _ = rooms.open_room(1)
    for act in (
        lambda: rooms.decide(ticket, 1, {}),
        lambda: rooms.join(room.code, 1, "ministry"),
        lambda: rooms.close_round(host),
    ):
        used(rooms, room.code, "2020-01-01T00:00:00Z")
        act()
        assert rooms.remove_old() == []
    used(rooms, idle.code, (datetime.now(UTC) - timedelta(days=29)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert rooms.remove_old() == []
    monkeypatch.setenv("ZORGBUNDEL_GAME_DAYS", "28")
    again = Rooms(rooms.path)  # a server that starts
    assert refused(again.room, idle.code) == "no_room"
    assert again.room(room.code).round == 1


def test_rooms_of_before_they_expired_are_kept(rooms, started):
    room, host, _ = started
    with sqlite3.connect(rooms.path) as db:
        db.execute("ALTER TABLE rooms RENAME COLUMN used TO made")
    assert Rooms(rooms.path).hosted(host).code == room.code


def test_what_a_busy_file_cannot_take_is_said_and_can_be_tried_again(rooms, started):
    _, _, ticket = started
    rooms.patience = 0.01
    with closing(sqlite3.connect(rooms.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refused(rooms.decide, ticket, 1, {"insurer_1": "high"}) == "busy"
        assert rooms.seat(ticket).role == "insurer"  # looking goes on
        other.execute("ROLLBACK")
    assert rooms.decide(ticket, 1, {"insurer_1": "high"}) == {"insurer_1": "high"}


def test_nothing_about_people_is_kept_and_the_folder_can_be_set(rooms, monkeypatch, tmp_path):
    with sqlite3.connect(rooms.path) as db:
        columns = {
            row[1]
            for table in ("rooms", "seats", "decisions", "results")
            for row in db.execute(f"PRAGMA table_info({table})")
        }
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert columns == {"code", "host", "luck", "teams", "round", "phase", "used", "ticket", "team",
                       "role", "choices", "what", "found"}  # fmt: skip
    monkeypatch.setenv("ZORGBUNDEL_GAME_FOLDER", str(tmp_path / "x"))
    assert path_of_rooms() == tmp_path / "x/rooms.sqlite"


def test_twenty_at_once_want_the_same_seat_and_decide_at_once(rooms):
    room, host = rooms.open_room(5)
    rooms.open_round(host)
    got, lost = [], []

    def player(k):
        try:
            got.append(rooms.join(room.code, 0, "insurer"))
        except RefusedError as error:
            lost.append(error.key)
        ticket = rooms.join(room.code, 1 + k % 4, ROLES[k // 4 % 4]) if k < 16 else got[0]
        seat = rooms.seat(ticket)
        rooms.decide(ticket, 1, {f"{seat.role}_1": questions()[0].usual.id})

    threads = [threading.Thread(target=player, args=(k,)) for k in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(got) == 1 and lost == ["taken"] * 19
    assert len(rooms.decided(room.code, 1)) == 17


# --- what the page says


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_has_the_new_question_first_and_unanswered(language):
    form = shown.form("federation", 2, language)
    assert [one["id"] for one in form] == ["federation_2", "federation_1"]
    assert shown.start("federation", 2, {"federation_1": "ninety"}, False) == {
        "federation_1": "ninety"
    }
    assert set(shown.start("federation", 2, {}, True)) == {"federation_1", "federation_2"}
    assert shown.start("federation", 2, {}, False) == {"federation_1": "none"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_sees_who_decided_and_what_was_chosen(rooms, started, language):
    room, _, ticket = started
    rooms.decide(ticket, 1, {"insurer_1": "high"})
    room = rooms.room(room.code)
    rows = shown.overview(room, rooms.taken(room.code), rooms.decided(room.code, 1), language)
    t = texts(language)
    assert rows[0][1:3] == (t("game.state.decided"), t("game.state.empty"))
    assert rows[1][0] == "Waal" and set(rows[1][1:]) == {t("game.state.empty")}
    table = shown.all_choices(1, [rooms.choices(room.code, 1, k) for k in (0, 1)], language)
    assert len(table) == 4 and "110%" in table[0][1] and "90%" in table[0][2]
    assert len(shown.own_choices("ministry", 3, {}, language)) == 3


def test_the_ticket_stands_in_the_address_of_the_room_and_of_no_other_page():
    from dashboards import service

    view = View(page="room", room="ABCD", ticket="ABCDEFGHJKMN")
    assert parse(*address(view), service.choices()) == (view, [])
    assert "ABCD" not in address(View(page="start", room="ABCD", ticket="ABCDEFGHJKMN"))[1]
    found, problems = parse("/room", "room=abc&ticket=x", service.choices())
    assert (found.room, found.ticket) == ("", "") and len(problems) == 2
    assert shown.ticket("<b>") == "" and shown.ticket("ABCDEFGHJKMN") == "ABCDEFGHJKMN"


@pytest.mark.slow
def test_tables_share_their_luck_and_four_of_them_take_seconds():
    """A round is two such worlds, one on each core: under 5 s when the machine is free."""
    dear = {"insurer_1": "high", "practices_1": "all", "federation_1": "ninety",
            "ministry_3": "fine"}  # fmt: skip
    other = {"practices_1": "half", "federation_2": "adjusted", "insurer_4": "soon"}
    third = {"practices_1": "all", "practices_2": "large", "ministry_1": "back"}
    small = rounds.run_world([(0, dear), (1, {}), (2, dear), (3, other)], 7, share=0.003)
    assert small[0] == small[2] != small[1]
    alone = rounds.run_world([(0, dear)], 7, share=0.003)
    assert alone[0] == small[0] and alone[-1] == small[-1]  # others change nothing
    assert rounds.run_world([(0, dear)], 8, share=0.003) != alone
    drawn = rounds.run_world([(0, dear)], 1, 0, share=0.003)
    assert drawn != rounds.run_world([(0, dear)], 1, 1, share=0.003)
    begun = time.process_time()
    rounds.run_world([(0, dear), (1, {}), (2, other), (3, third)], 7)
    assert time.process_time() - begun < 4.0
