"""The narrated document: what is done, what happens (from the worlds), and why."""

from collections.abc import Mapping
from pathlib import Path

from experiments.face_validity.experiment import (
    FOLDER,
    SEED,
    SHARE,
    SPAN,
    Experiment,
    Finding,
    experiments,
)
from experiments.number_format import Language, percentage
from experiments.screen import number
from experiments.texts import texts
from model.outcomes import BY_ID
from model.parameters import load_registry
from scenarios.loader import load

#: The document of each language, below the folder ``docs``.
DOCUMENTS: dict[Language, str] = {"en": "face-validity.en.md", "nl": "gezichtsvaliditeit.md"}
FIGURES = "face-validity"


def kinds() -> list[str]:
    """Return the figures in order."""
    return list(dict.fromkeys(one.figure for one in experiments()))


def figure_name(kind: str, language: Language) -> str:
    """Return the path of a figure, seen from the document."""
    return f"{FIGURES}/{kind}.{language}.png"


def sentence(finding: Finding, language: Language) -> str:
    """Return what became of a measure, in one sentence with both numbers."""
    measure = BY_ID[finding.measure]
    before, after = (number(measure, x, False, language) for x in (finding.before, finding.after))
    what = getattr(measure, language)
    return texts(language)(f"face.{finding.direction}", what=what, before=before, after=after)


def document(found: Mapping[str, tuple[Finding, ...]], language: Language) -> str:
    """Return the document as Markdown.

    Args:
        found: Findings of every experiment, by name.
        language: "nl" or "en".
    """
    t = texts(language)
    share = percentage(SHARE, language)
    first, last = SPAN.policy_year, SPAN.last_year
    how = t("face.how", share=share, first=first, last=last, seed=SEED)
    parts = [f"# {t('face.title')}", t("face.intro"), how]
    for kind in kinds():
        parts += [f"## {t(f'face.figure.{kind}')}"]
        parts += [f"![{alt(found, kind, language)}]({figure_name(kind, language)})"]
        for one in experiments():
            if one.figure == kind:
                parts += section(one, found[one.name], language)
    return "\n\n".join(parts) + "\n"


def section(one: Experiment, found: tuple[Finding, ...], language: Language) -> list[str]:
    """Return the paragraphs of one experiment."""
    t, registry = texts(language), load_registry()
    before, after = (
        getattr(load(name, registry).title, language) for name in (one.before, one.after)
    )
    theory = t(f"theory.{one.theory}.name")
    code = (FOLDER / f"{one.name}.yaml").read_text(encoding="utf-8").strip()
    happens = "\n".join(f"- {sentence(finding, language)}" for finding in found)
    return [
        f"### {t(f'face.{one.name}.title')}",
        t("face.compares", before=before, after=after, theory=theory),
        f"```yaml\n{code}\n```",
        f"**{t('face.what')}**\n\n{happens}",
        f"**{t('face.why')}** {t(f'face.{one.name}.why')}",
    ]


def alt(found: Mapping[str, tuple[Finding, ...]], kind: str, language: Language) -> str:
    """Return what a figure shows, for who cannot see it."""
    t = texts(language)
    told = [
        f"{t(f'face.{one.name}.title')}: {' '.join(sentence(f, language) for f in found[one.name])}"
        for one in experiments()
        if one.figure == kind
    ]
    return " ".join(told).replace("[", "(").replace("]", ")")


def write_documents(found: Mapping[str, tuple[Finding, ...]], folder: Path) -> None:
    """Write both documents and their figures below a folder."""
    from experiments.face_validity.small_png import small_png
    from experiments.figures.face_validity import face_figure

    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    for language, name in DOCUMENTS.items():
        (folder / name).write_text(document(found, language), encoding="utf-8")
        for kind in kinds():
            drawing = face_figure(found, kind, language)
            (folder / figure_name(kind, language)).write_bytes(small_png(drawing.figure))
