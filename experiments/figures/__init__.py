"""Figures of a comparison, drawn with matplotlib and saved as PNG and SVG."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import matplotlib

from experiments.comparison import Comparison
from experiments.figures.assumptions import carriers_figure, draws_figure
from experiments.figures.budget import budget_figure, spending_figure
from experiments.figures.drawing import Drawing, Request
from experiments.figures.effects import effects_figure
from experiments.figures.people import dangers_figure, groups_figure
from experiments.figures.practices import practices_figure
from experiments.figures.style import RC, SECONDARY, WIDTH
from experiments.number_format import Language

#: Every figure by name, in the order of the questions they answer.
FIGURES: dict[str, Callable[[Request], Drawing]] = {
    "1_budget_tests": budget_figure,
    "2_spending": spending_figure,
    "3_effects": effects_figure,
    "4_groups": groups_figure,
    "5_dangers": dangers_figure,
    "6_draws": draws_figure,
    "7_carriers": carriers_figure,
    "8_practices": practices_figure,
}

DOTS_PER_INCH = 150


@dataclass(frozen=True)
class SavedFigure:
    """A figure on disk with its words.

    Attributes:
        name: Name of the figure, and of its files without ending.
        png: Path of the PNG.
        svg: Path of the SVG.
        alt: One sentence with its numbers.
        title: What it shows.
        caption: How to read it.
    """

    name: str
    png: Path
    svg: Path
    alt: str
    title: str
    caption: str


def save_figures(
    comparison: Comparison,
    titles: Mapping[str, Mapping[str, str]],
    folder: Path,
    language: Language,
    footer: str,
    fingerprint: str = "",
) -> list[SavedFigure]:
    """Draw all figures and write each as PNG and SVG; the same input gives the same bytes.

    Args:
        comparison: Results.
        titles: Titles of scenarios, by name and language.
        folder: Existing or new folder for the files.
        language: "nl" or "en".
        footer: Source line: share, seeds, draws.
        fingerprint: Printed small at the bottom right.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    request = Request(comparison, titles, language, footer)
    saved = []
    for name, draw in FIGURES.items():
        drawing = draw(request)
        png, svg = folder / f"{name}.png", folder / f"{name}.svg"
        png.write_bytes(image_bytes(drawing, "png", fingerprint))
        svg.write_bytes(image_bytes(drawing, "svg", fingerprint))
        saved.append(SavedFigure(name, png, svg, drawing.alt, drawing.title, drawing.caption))
    return saved


def image_bytes(drawing: Drawing, kind: str, fingerprint: str = "") -> bytes:
    """Return a figure as PNG or SVG, without date or version inside.

    Args:
        drawing: The figure.
        kind: "png" or "svg".
        fingerprint: Fingerprint of the results it shows, printed small at the bottom right; left
            out where a figure is saved without any document.
    """
    nothing = {"svg": ("Date", "Creator", "Format", "Type"), "png": ("Software",)}[kind]
    buffer = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        mark = drawing.figure.text(
            1.0 - 0.15 / WIDTH, 0.08 / drawing.figure.get_figheight(), fingerprint,
            size=6.5, color=SECONDARY, ha="right", va="bottom",
        )  # fmt: skip
        drawing.figure.savefig(
            buffer, format=kind, dpi=DOTS_PER_INCH, metadata=dict.fromkeys(nothing)
        )
    mark.remove()  # a figure may be saved more than once
    return buffer.getvalue()
