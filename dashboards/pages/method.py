"""Method: can I trust and cite this?"""

from collections import Counter
from html import escape

import solara

from dashboards import service
from dashboards.components import html
from dashboards.components.chance_words import chance_words_html
from dashboards.components.elements import Markup
from dashboards.components.parts import Notices
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels.shown import Kind, Shown
from experiments import number_format as nf
from experiments.formula_words import formula_words
from experiments.parameter_units import unit_name
from experiments.source_words import GRADES, grade_words, page_source
from experiments.texts import texts as experiment_texts
from model.outcomes import MEASURES
from model.parameters import load_registry

#: What there is to read on, and the file or command that has it.
READ_ON = {
    "short": "docs/ODD-samenvatting.md",
    "model": "model/ODD.md",
    "rules": "model/RULES.md",
    "numbers": "model/PARAMETERS.md",
    "calibration": "zorgbundel calibration",
    "why": "zorgbundel why disease_burden_ccq --lang {language}",
}


@solara.component
def Page(session: Session):
    """What it is not, how it is reckoned, every number with its source, versions, how to cite."""
    view = session.view.value
    language = view.language
    t = texts(language)
    registry = load_registry()
    roles = Counter(parameter.role for parameter in registry.all())
    limits = experiment_texts(language).starting("brief.not.")
    Markup(f"<h1>{escape(t('method.title'))}</h1>")
    Notices(session, Shown(Kind.LIBRARY, None))
    uncertain = registry.by_role("uncertainty")
    rows = solara.use_memo(lambda: _rows(uncertain, language), [language])
    command = "zorgbundel parameters --role uncertainty"
    Markup(
        f"<h2>{escape(t('method.not'))}</h2>"
        + html.items(limits)
        + f"<h2>{escape(t('method.how'))}</h2>"
        + html.paragraphs([t("method.how.1"), t("method.how.2"), t("method.how.3")])
        + chance_words_html(language)
        + f"<h2>{escape(t('method.outcomes'))}</h2>"
        + html.table(
            t("method.outcomes"),
            (t("table.outcome"), t("method.meaning"), t("method.formula")),
            [(getattr(m, language), getattr(m, f"explains_{language}"),
              formula_words(m.formula, language))
             for m in MEASURES],
            hidden=True,
        )
        + f"<h2>{escape(t('method.numbers'))}</h2>"
        + html.paragraphs(
            [t("method.numbers.text", all=len(registry), facts=roles["fact"],
               uncertain=roles["uncertainty"], levers=roles["lever"]), t("method.grades")]
        )
        + html.items(grade_words(one, language) for one in GRADES)
        + f"<details><summary>{escape(t('method.numbers.open', count=len(uncertain)))}</summary>"
        + html.table(
            t("method.numbers.caption"),
            (t("method.assumption"), t("method.value"), t("method.range"), t("method.unit"),
             t("method.grade"), t("table.source")),
            rows,
        )
        + f"</details><p>{escape(t('method.same'))}</p><code>{command}</code>"
        + f"<h2>{escape(t('method.more'))}</h2>"
        + _more(language)
        + f"<h2>{escape(t('method.versions'))}</h2>"
        + html.paragraphs([t("method.versions.text", version=service.version_code())])
        + f"<h2>{escape(t('method.cite'))}</h2>"
        + html.paragraphs([t("method.cite.text", version=service.manifest()["version"])])
        + f"<h2>{escape(t('method.access'))}</h2>"
        + html.paragraphs([t("method.access.text"), t("method.access.keys")])
    )  # fmt: skip


def _more(language) -> str:
    """Return where the description of the model is, and the commands that show what lies behind."""
    t = texts(language)
    found = [(t(f"method.more.{name}"), place) for name, place in READ_ON.items()]
    return "<ul>" + "".join(
        f"<li>{escape(what)} <code>{place.format(language=language)}</code></li>"
        for what, place in found
    ) + "</ul>"  # fmt: skip


def _rows(parameters, language) -> list[tuple[object, ...]]:
    def shown(value: float) -> str:
        size = abs(value)
        places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or not size else 4
        return nf.number(value, language, places)

    return [
        (
            getattr(p.label, language), shown(p.value),
            nf.between(shown(p.low), shown(p.high), language), unit_name(p.unit, language), p.grade,
            page_source(p.source, language),
        )
        for p in parameters
    ]  # fmt: skip
