"""What a brief says, whatever it is written as: sections of blocks.

The renderers (``as_html``, ``as_pdf``, ``as_docx``) know these few kinds of block and nothing of
what is in them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from experiments.number_format import Language

#: Formats of a brief, and what browsers call them.
FORMATS = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Paragraphs:
    """Plain paragraphs; small ones are notes."""

    texts: tuple[str, ...]
    small: bool = False
    kind: str = "paragraphs"


@dataclass(frozen=True)
class Answer:
    """The answer, set apart from the rest."""

    texts: tuple[str, ...]
    kind: str = "answer"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    texts: tuple[str, ...]
    kind: str = "bullets"


@dataclass(frozen=True)
class Group:
    """Rows of a table that belong together; without a name they stand alone.

    Attributes:
        name: Heading in front of the rows.
        rows: Cells; the first cell of a row is its heading.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table with a heading for every column and every row.

    Attributes:
        caption: What is in it.
        columns: Headings of the columns.
        groups: Its rows. If groups have names, the first column is for them.
        widths: Width of each column, as parts of the whole.
        whole: Whether it stays on one page.
    """

    caption: str
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    widths: tuple[float, ...]
    whole: bool = False
    kind: str = "table"

    @property
    def grouped(self) -> bool:
        """Whether its groups have names."""
        return any(group.name for group in self.groups)


@dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes:
        name: Name of the figure.
        title: What it shows, with its main numbers.
        alt: The same for who cannot see it, with all its numbers.
        caption: How to read it.
        svg, png: The picture.
        width, height: Its size, inches.
    """

    name: str
    title: str
    alt: str
    caption: str
    svg: bytes
    png: bytes
    width: float
    height: float


@dataclass(frozen=True)
class Pictures:
    """Figures side by side."""

    pictures: tuple[Picture, ...]
    kind: str = "pictures"


@dataclass(frozen=True)
class Command:
    """What somebody can type."""

    text: str
    kind: str = "command"


@dataclass(frozen=True)
class Link:
    """Where the results can be seen.

    Attributes:
        text: What is there, as the words of the link.
        address: Where, printed beside them. It is a link if it is whole; an address without its
            server can only be read.
    """

    text: str
    address: str
    kind: str = "link"

    @property
    def is_whole(self) -> bool:
        """Whether a browser can go there from anywhere."""
        return self.address.startswith(("http://", "https://"))


Block = Paragraphs | Answer | Bullets | Table | Pictures | Command | Link


@dataclass(frozen=True)
class Section:
    """A heading and what is under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Brief:
    """Everything a brief says.

    Attributes:
        language: "nl" or "en".
        title: Title.
        kicker: What kind of document this is, and its date.
        date: Date of the results, as in 2026-11-28; "" if unknown.
        sections: What it says, in order.
        foot: Line at the foot of every page.
    """

    language: Language
    title: str
    kicker: str
    date: str
    sections: tuple[Section, ...]
    foot: str

    @property
    def pictures(self) -> list[Picture]:
        """All figures in order."""
        return [
            picture
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Pictures)
            for picture in block.pictures
        ]

    def words(self) -> dict[str, Any]:
        """Return it as plain data, pictures by name."""
        data = asdict(self)
        for section in data["sections"]:
            for block in section["blocks"]:
                if block["kind"] == "link":
                    block["whole"] = Link(block["text"], block["address"]).is_whole
                for picture in block.get("pictures", ()):
                    del picture["svg"], picture["png"]
        return data
