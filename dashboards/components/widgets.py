"""Native controls in small Vue templates: names, keyboard and zoom come with them."""

from collections.abc import Callable

import solara


@solara.component_vue("header.vue", vuetify=False)
def Header(
    words: dict,
    pages: list,
    page: str,
    language: str,
    languages: list,
    event_open: Callable[[dict], None],
    event_speak: Callable[[dict], None],
):
    """Skip link, pages and languages."""


@solara.component_vue("page_sync.vue", vuetify=False)
def PageSync(
    url: str,
    go: dict,
    lang: str,
    title: str,
    announce: str,
    lost_words: str,
    event_key: Callable[[dict], None],
):
    """Keeps address, language and title of the browser, and speaks to screen readers.

    It also says when the connection with the server is lost.
    """


@solara.component_vue("levers.vue", vuetify=False)
def Levers(
    words: dict,
    scenarios: list,
    scenario: str,
    story: str,
    groups: list,
    chips: list,
    event_choose: Callable[[dict], None],
    event_changed: Callable[[dict], None],
    event_reset: Callable[[dict], None],
):
    """Scenario, levers by group and chips of what was changed."""


@solara.component_vue("run_bar.vue", vuetify=False)
def RunBar(
    words: dict,
    can_run: bool,
    running: bool,
    done: int,
    total: int,
    message: str,
    tone: str,
    event_run: Callable[[dict], None],
    event_cancel: Callable[[dict], None],
):
    """Run and cancel, with how far it is; ``tone`` is failed, attention or empty."""


@solara.component_vue("downloads.vue", vuetify=False)
def Downloads(words: dict, file: dict, event_ask: Callable[[dict], None]):
    """Buttons that save data or picture; the file is made when it is asked for."""


@solara.component_vue("chooser.vue", vuetify=False)
def Chooser(
    id: str,
    label: str,
    value: str,
    options: list,
    event_chosen: Callable[[dict], None],
    warning: dict | None = None,
):
    """One choice from a list.

    ``warning`` says why a choice was refused (``text``), and ``count`` which refusal it is: it is
    drawn anew at each, so that the list goes back to ``value`` every time.
    """


@solara.component_vue("predict.vue", vuetify=False)
def Predict(words: dict, question: str, answers: list, event_locked: Callable[[dict], None]):
    """A question with answers of which none is preselected, and how sure one is."""


@solara.component_vue("ask_text.vue", vuetify=False)
def AskText(
    id: str,
    label: str,
    value: str,
    button: str,
    warning: str,
    event_given: Callable[[dict], None],
):
    """A short text to type, with its button."""


@solara.component_vue("source_panel.vue", vuetify=False)
def SourcePanel(
    words: dict,
    shown: dict,
    event_ask: Callable[[dict], None],
    event_closed: Callable[[dict], None],
):
    """The panel that says how a figure is reckoned; buttons with ``data-zb-source`` open it."""


@solara.component_vue("side_bar.vue", vuetify=False)
def SideBar(
    id: str,
    words: dict,
    can_start: bool,
    can_drop: bool,
    running: bool,
    done: int,
    total: int,
    message: str,
    spoken: str,
    tone: str,
    event_start: Callable[[dict], None],
    event_pause: Callable[[dict], None],
    event_cancel: Callable[[dict], None],
):
    """Start, pause and cancel of a side job, with how far it is.

    Screen readers hear ``spoken``, which changes less often than ``message``.
    """


@solara.component_vue("sweep_form.vue", vuetify=False)
def SweepForm(words: dict, rows: list, warning: str, event_changed: Callable[[dict], None]):
    """Two levers and their ends."""


@solara.component_vue("keep_file.vue", vuetify=False)
def KeepFile(words: dict, file: dict, event_ask: Callable[[dict], None]):
    """A button that saves a file, or without a name a file that is saved when it comes.

    A link unless ``words["look"]`` is the class of a button. The file has ``text`` or ``base64``.
    """


@solara.component_vue("upload.vue", vuetify=False)
def Upload(words: dict, most: int, event_given: Callable[[dict], None]):
    """Choice of a file, read in the browser; one that is too large is named but not sent."""


@solara.component_vue("game_form.vue", vuetify=False)
def GameForm(
    words: dict,
    questions: list,
    start: dict,
    points: int,
    warning: str,
    event_decided: Callable[[dict], None],
):
    """Questions of a role in the class game, with the points they cost."""


@solara.component_vue("ticket.vue", vuetify=False)
def Ticket(room: str, ticket: str, label: str, event_resume: Callable[[dict], None]):
    """Keeps the ticket of a seat in the browser, and offers it when the address has none."""


@solara.component_vue("watch.vue", vuetify=False)
def Watch(
    words: dict,
    marks: list,
    scene: dict,
    chosen: str,
    seed: int,
    event_step: Callable[[dict], None],
    event_choose: Callable[[dict], None],
    event_restart: Callable[[dict], None],
):
    """A world: time controls, everybody as a dot, and a list to choose from."""
