"""The brief as a PDF of exactly two pages: tagged, with language and alternative texts (PDF/UA-1).

Made by Typst, a library without needs of its own. Letters are those of matplotlib, so that a brief
looks the same everywhere, and the same results give the same bytes.
"""

import json
import tempfile
from pathlib import Path

from experiments.briefs.brief import Brief
from experiments.output import OutputError

TEMPLATE = Path(__file__).parent / "templates" / "brief.typ"
PAGES = 2

#: Sizes of everything that are tried, largest first; the last one is still readable on paper.
SCALES = (1.06, 1.0, 0.96, 0.92, 0.88, 0.84)


def pdf(brief: Brief) -> bytes:
    """Return the brief as PDF, as large as two pages allow.

    Raises:
        OutputError: What it says does not fit on two pages.
    """
    import matplotlib
    import typst

    words = json.dumps(brief.words(), ensure_ascii=False)
    fonts = [str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")]
    with tempfile.TemporaryDirectory(prefix="zorgbundel-brief-") as place:
        folder = Path(place)
        source = folder / "brief.typ"
        source.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        for picture in brief.pictures:
            (folder / f"{picture.name}.svg").write_bytes(picture.svg)
        for scale in SCALES:
            compiler = typst.Compiler(
                str(source), font_paths=fonts, ignore_system_fonts=True,
                sys_inputs={"brief": words, "scale": str(scale)},
            )  # fmt: skip
            if _pages(compiler) <= PAGES:
                return compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=0)
    raise OutputError("This brief does not fit on two pages; a shorter title or story helps.")


def _pages(compiler) -> int:
    return int(json.loads(compiler.query("<end>", field="value", one=True)))
