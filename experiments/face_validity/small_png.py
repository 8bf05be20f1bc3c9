"""A figure as a small PNG for a document in the repository."""

import io

import matplotlib
from matplotlib.figure import Figure
from PIL import Image

DOTS_PER_INCH = 100
#: Flat figures have few colours; the rest are the edges of letters.
COLOURS = 48


def small_png(figure: Figure) -> bytes:
    """Return a figure as PNG with few colours, without date or version inside."""
    from experiments.figures.style import RC

    whole, small = io.BytesIO(), io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        figure.savefig(whole, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    whole.seek(0)
    few = Image.open(whole).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(small, format="png", optimize=True)
    return small.getvalue()
