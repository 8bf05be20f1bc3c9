"""The brief as a Word document: real headings, table headings, alternative texts and language."""

import io
from datetime import datetime
from typing import Any

from experiments.briefs.brief import Brief, Link, Picture, Table

_BLUE, _SOFT, _PALE, _LINE = "154273", "4A5560", "F5F7F9", "C9D0D6"
_LANGUAGES = {"nl": "nl-NL", "en": "en-GB"}
_FONT = "Arial"
_POINT = 8.5
_WIDTH = 182.0  # of the text on A4, mm
_GAP = 4.0


def docx(brief: Brief) -> bytes:
    """Return the brief as a Word document."""
    return _Writer(brief).written()


class _Writer:
    """Writes one brief, block by block."""

    def __init__(self, brief: Brief) -> None:
        from docx import Document

        self.brief = brief
        self.document: Any = Document()
        self._set_up()

    def written(self) -> bytes:
        """Write everything and return the file."""
        self._paragraph(self.brief.kicker, "Small")
        self.document.add_heading(self.brief.title, level=1)
        for section in self.brief.sections:
            self.document.add_heading(section.heading, level=2)
            for block in section.blocks:
                getattr(self, f"_{block.kind}")(block)
        buffer = io.BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()

    # --- blocks

    def _paragraphs(self, block) -> None:
        for text in block.texts:
            self._paragraph(text, "Small" if block.small else "Normal")

    def _answer(self, block) -> None:
        for text in block.texts:
            self._paragraph(text, "Answer")

    def _bullets(self, block) -> None:
        for text in block.texts:
            self._paragraph(text, "List Bullet")

    def _command(self, block) -> None:
        self._paragraph(block.text, "Command")

    def _link(self, block: Link) -> None:
        paragraph = self.document.add_paragraph(style="Normal")
        if block.is_whole:
            _add_link(paragraph, block.text, block.address)
        else:
            _add(paragraph, block.text)
        _add(paragraph, f": {block.address}")

    def _table(self, block: Table) -> None:
        from docx.shared import Mm

        self._paragraph(block.caption, "Caption")
        count, extra = len(block.columns), 1 if block.grouped else 0
        rows = sum(len(group.rows) for group in block.groups)
        table = self.document.add_table(rows=1 + rows, cols=count)
        table.autofit = False
        _borders(table, block.caption)
        whole = sum(block.widths)
        for column, width in zip(table.columns, block.widths, strict=True):
            column.width = Mm(_WIDTH * width / whole)
            for cell in column.cells:
                cell.width = Mm(_WIDTH * width / whole)
        _is_heading(table.rows[0])
        for cell, text in zip(table.rows[0].cells, block.columns, strict=True):
            _fill(cell, text, bold=True)
        place = 1
        for group in block.groups:
            for k, row in enumerate(group.rows):
                cells = table.rows[place + k].cells
                for cell, text in zip(cells[extra:], row, strict=True):
                    _fill(cell, text)
            if extra:
                first, last = table.cell(place, 0), table.cell(place + len(group.rows) - 1, 0)
                _fill(first.merge(last), group.name, bold=True)
            place += len(group.rows)
        if block.whole:
            for row in table.rows[:-1]:
                for cell in row.cells:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
        self._paragraph("", "Gap")

    def _pictures(self, block) -> None:
        """Put figures side by side: in a table without lines, as Word knows no other way."""
        from docx.shared import Mm

        width = _WIDTH / len(block.pictures)
        table = self.document.add_table(rows=1, cols=len(block.pictures))
        table.autofit = False
        _stays_whole(table.rows[0])
        _margins(table)
        for column in table.columns:
            column.width = Mm(width)
        for cell, picture in zip(table.rows[0].cells, block.pictures, strict=True):
            cell.width = Mm(width)
            self._picture(cell, picture, width - _GAP)
        self._paragraph("", "Gap")

    def _picture(self, cell, picture: Picture, width: float) -> None:
        from docx.shared import Mm, Pt

        _fill(cell, picture.title, style="Caption")
        paragraph = cell.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)  # or it covers the feet of the title
        shape = paragraph.add_run().add_picture(io.BytesIO(picture.png), width=Mm(width))
        described = shape._inline.docPr
        described.set("descr", picture.alt)
        described.set("title", picture.title)
        described.set("name", picture.name)
        _add(cell.add_paragraph(style="Small"), picture.caption)

    def _paragraph(self, text: str, style: str) -> None:
        _add(self.document.add_paragraph(style=style), text)

    # --- the document

    def _set_up(self) -> None:
        from docx.shared import Mm

        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(14)
        section.top_margin, section.bottom_margin = Mm(11), Mm(12)
        section.footer_distance, section.header_distance = Mm(6), Mm(5)
        _styles(self.document, self.brief.language)
        foot = section.footer.paragraphs[0]
        foot.style = self.document.styles["Small"]
        _add(foot, self.brief.foot)
        about = self.document.core_properties
        about.title, about.author, about.comments = self.brief.title, "Zorgbundel", ""
        about.language = _LANGUAGES[self.brief.language]
        if self.brief.date:
            about.created = about.modified = datetime.fromisoformat(self.brief.date)


def _styles(document, language: str) -> None:
    """Set letters, colours and language of every style that is used."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    def shape(style, size: float, colour: str = "1B1F23", bold: bool = False, after: float = 2.0):
        style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), bold
        style.font.italic = False
        style.font.color.rgb = RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if key.endswith("Theme"):
                del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), _FONT)
        style.paragraph_format.space_before = Pt(0)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.line_spacing = 1.0
        return style

    styles = document.styles
    normal = shape(styles["Normal"], _POINT)
    for name in ("Small", "Answer", "Command", "Gap"):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = normal
    shape(styles["Small"], 7.5, _SOFT)
    _shade(shape(styles["Answer"], _POINT, after=1.5))
    command = _shade(shape(styles["Command"], 7.5))
    command.font.name = "Courier New"
    shape(styles["Gap"], 3.0, after=0)
    shape(styles["Caption"], 8.0, bold=True, after=1.0).paragraph_format.keep_with_next = True
    bullet = shape(styles["List Bullet"], _POINT, after=1.0)
    bullet.paragraph_format.left_indent, bullet.paragraph_format.first_line_indent = Mm(4), Mm(-4)
    for level, size, before in ((1, 14.0, 0.0), (2, 10.5, 5.0)):
        heading = shape(styles[f"Heading {level}"], size, _BLUE, True)
        heading.paragraph_format.space_before = Pt(before)
        heading.paragraph_format.keep_with_next = True
    default = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = default.find(qn("w:lang"))
    spoken.set(qn("w:val"), _LANGUAGES[language])


def _add(paragraph, text: str) -> None:
    paragraph.add_run(text)


def _add_link(paragraph, text: str, address: str) -> None:
    """Add words that lead somewhere, underlined as links are."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    run = paragraph.add_run(text)
    run.underline, run.font.color.rgb = True, RGBColor.from_string(_BLUE)
    made = _element("w:hyperlink", history="1")
    to = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    made.set(qn("r:id"), to)
    paragraph._p.append(made)
    made.append(run._r)


def _fill(cell, text: str, bold: bool = False, style: str = "Small") -> None:
    """Write a cell; text in tables is as small as notes, in the colour of the text."""
    from docx.shared import Pt, RGBColor

    for extra in cell.paragraphs[1:]:
        extra._element.getparent().remove(extra._element)
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.color.rgb = RGBColor.from_string("1B1F23")
    run.bold = bold or None


def _element(tag: str, **attributes: str):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _is_heading(row) -> None:
    """Say that a row heads its table, and is repeated on a new page."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))


def _stays_whole(row) -> None:
    """Let no page end inside a row."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))


def _borders(table, caption: str) -> None:
    """Draw a line under every row, and name the table."""
    borders = _element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_element(f"w:{side}", val="single", sz="4", color=_LINE))
    table._tbl.tblPr.insert_element_before(borders, *_AFTER_BORDERS)
    _margins(table)
    table._tbl.tblPr.append(_element("w:tblCaption", val=caption))


#: What the standard wants after an element, in order; Word refuses files that have it otherwise.
_AFTER_MARGINS = ("w:tblLook", "w:tblCaption", "w:tblDescription")
_AFTER_BORDERS = ("w:shd", "w:tblLayout", "w:tblCellMar", *_AFTER_MARGINS)
_AFTER_SHADE = (
    "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
    "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd",
    "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc",
    "w:outlineLvl",
)  # fmt: skip


def _margins(table) -> None:
    margins = _element("w:tblCellMar")
    for side, width in (("top", "15"), ("left", "30"), ("bottom", "15"), ("right", "60")):
        margins.append(_element(f"w:{side}", w=width, type="dxa"))
    table._tbl.tblPr.insert_element_before(margins, *_AFTER_MARGINS)


def _shade(style):
    """Give paragraphs a pale ground and a blue line on the left."""
    properties = style.element.get_or_add_pPr()
    border = _element("w:pBdr")
    border.append(_element("w:left", val="single", sz="18", space="6", color=_BLUE))
    for made in (border, _element("w:shd", val="clear", color="auto", fill=_PALE)):
        properties.insert_element_before(made, *_AFTER_SHADE)
    return style
