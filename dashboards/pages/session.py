"""One visitor's session: what is chosen, what runs for it, and what clicks do."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import solara

from dashboards import service
from dashboards.run import Busy, Run, State
from dashboards.texts import texts
from dashboards.view import PAGES, Problem, View, link, without_codes
from dashboards.viewmodels.shown import Progress, Shown, shown, spoken_words


@dataclass(frozen=True)
class Session:
    """State of a visitor, in reactive pieces, and the verbs on it.

    Attributes:
        view: What is chosen.
        problems: What in the address could not be used.
        progress: How far the run is.
        run: The run waited for.
        ended: Counts results that came in, so that pages look again.
        announce: Said to screen readers.
        warnings: Beside levers, by name.
        visitor: Code of the session.
        push: Opens an address as a new entry of the browser's history.
        origin: Scheme, host and path under which the browser reaches this server; empty if unknown.
        together: Draws once, at its end, what changes in it; each piece on its own would redraw
            every part of the page that reads it, one after the other.
    """

    view: solara.Reactive[View]
    problems: solara.Reactive[list[Problem]]
    progress: solara.Reactive[Progress]
    run: solara.Reactive[Run | None]
    ended: solara.Reactive[int]
    announce: solara.Reactive[str]
    warnings: solara.Reactive[Mapping[str, str]]
    visitor: str
    push: Callable[[str], None]
    origin: str = ""
    together: AbstractContextManager = field(default_factory=nullcontext)

    def address(self, **changes: Any) -> str:
        """Return the address of this view with something changed."""
        changed = replace(self.view.value, **changes)
        return link(replace(changed, version=changed.version or service.version_code()))

    def lasting(self, origin: str = "") -> str:
        """Return the address of what is on screen, to print: this version, nobody's codes."""
        view = replace(self.view.value, version=service.version_code())
        return (origin or self.origin) + link(without_codes(view))

    def open(self, page: str, **changes: Any) -> None:
        """Go to a page."""
        if page not in PAGES:
            return
        with self.together:
            self.view.set(replace(self.view.value, page=page, **changes))
            self.problems.set([])
            self.push(self.address())

    def speak(self, language: str) -> None:
        """Change the language."""
        if language in ("nl", "en"):
            self._set(replace(self.view.value, language=language))

    def choose(self, scenario: str) -> None:
        """Look at another scenario; levers that it fixes or does not have go back."""
        if scenario not in service.choices().scenarios:
            return
        free = {lever.name for lever in service.usable_levers(scenario)}
        levers = {n: value for n, value in self.view.value.levers.items() if n in free}
        with self.together:
            self.warnings.set({})
            self._set(replace(self.view.value, scenario=scenario, levers=levers))

    def move(self, name: str, value: Any) -> None:
        """Move a lever; what it cannot have becomes the nearest that it can, and that is said.

        Args:
            name: Lever.
            value: A number, or a typed text (``Lever.read``).
        """
        lever = service.all_levers().get(name)
        if lever is None:
            return
        language = self.view.value.language
        wanted = lever.read(value)
        if wanted is None:
            self.warnings.set({name: texts(language)("levers.no_number")})
            return
        kept = lever.clamped(wanted)
        said = {}
        if abs(kept - wanted) > 1e-9:
            said[name] = texts(language)("levers.clamped", value=lever.shown(kept, language))
        usual = abs(kept - lever.value) < 1e-9
        with self.together:
            self._set(self.view.value.with_lever(name, None if usual else round(kept, 10)))
            self.warnings.set(said)  # after the lever stands where the words say it does

    def reset(self, name: str) -> None:
        """Put a lever back."""
        with self.together:
            self.warnings.set({})
            self._set(self.view.value.with_lever(name, None))

    def change(self, **changes: Any) -> None:
        """Change something else in the view."""
        self._set(replace(self.view.value, **changes))

    def key(self, key: str) -> None:
        """Do what a shortcut asks."""
        if key == "run":
            self.start()
        elif key == "cancel":
            self.stop()
        elif key == "baseline":
            self.change(levers={})

    def start(self) -> None:
        """Run what is chosen, unless it is known."""
        view = self.view.value
        if not view.levers or service.stored_data(view.scenario) is None:
            return
        answer = service.engine().request(service.ask_of(view), self.visitor)
        if isinstance(answer, Busy):
            state = "too_fast" if answer.own else "busy"
            self.told(Progress(state, seconds=answer.seconds, others=answer.ahead, total=1))
            return
        with self.together:
            self.progress.set(Progress("running", answer.done, answer.total))
            self.run.set(answer)

    def stop(self) -> None:
        """Stop waiting; what nobody waits for stops running."""
        run = self.run.value
        if run is None or run.state is not State.RUNNING:
            return
        service.engine().cancel(self.visitor)
        self.told(Progress("stopped", run.done, run.total))

    def told(self, progress: Progress) -> None:
        """Show how far a run is; screen readers hear every quarter, and how it ended."""
        before, language = self.progress.value, self.view.value.language
        if progress == before:
            return
        self.progress.set(progress)
        if progress.state != "done":  # its answer is said when it is there
            self.announce.set(spoken_words(progress, language))

    def finish(self, run: Run) -> None:
        """Tell that a run has ended."""
        self.ended.set(self.ended.value + 2)
        if run.state is State.DONE and run.result is not None:
            language = self.view.value.language
            sentence = run.result["words"][language]["findings"]["paramedical_spending"]
            self.announce.set(texts(language)("run.done", sentence=sentence))

    def shown(self) -> Shown:
        """Return what to show now."""
        _ = self.ended.value  # look again when something came in
        view = self.view.value
        if service.about(view.scenario) is None:
            return shown(view, None, None, None, missing=True)
        if not view.levers:
            return shown(view, service.stored_data(view.scenario), None, None)
        ask = service.ask_of(view)
        run = service.engine().run_of(ask)
        partial = run.partial if run is not None else None
        kept = service.engine().kept(ask)
        return shown(view, service.stored_data(view.scenario), kept, partial)

    def _set(self, view: View) -> None:
        """Take a new view; a run for other settings is left."""
        before = self.view.value
        if view == before:
            return
        with self.together:
            if (view.scenario, view.levers) != (before.scenario, before.levers):
                run = self.run.value
                if run is not None and run.state is State.RUNNING:
                    service.engine().cancel(self.visitor)
                self.run.set(None)
                self.progress.set(Progress())
                self.announce.set("")
            self.problems.set([])
            self.view.set(view)
