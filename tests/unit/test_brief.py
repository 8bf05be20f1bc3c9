"""The brief: two pages in three formats, all of it from the results, and readable by everybody."""

import io
import json
import re
import shutil
import unicodedata
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from experiments.briefs.as_docx import docx
from experiments.briefs.as_html import html
from experiments.briefs.as_pdf import pdf
from experiments.briefs.brief import Answer, Brief, Bullets, Command, Link, Paragraphs, Table
from experiments.briefs.contents import (
    brief_of,
    day,
    lasting,
    numbers_by_kind,
    settings_words,
    shortened,
)
from experiments.briefs.results import Results, read_results
from experiments.cli import main
from experiments.findings import answer
from experiments.frozen_example import FOLDER
from experiments.number_format import LANGUAGES, PROBABILITY_WORDS, plain
from experiments.output import OutputError
from experiments.texts import texts
from model.parameters import load_registry

POLICY = "bundle_weight_classes"
HEADINGS = (
    "question", "answer", "winners", "years", "pictures", "carries", "assumed", "not", "origin",
)  # fmt: skip
LINK = "https://model.example:8765/zorgbundel/outcomes?lang=nl&l.audit_rate=0.1&v=0.1.0%2Bab12cd"
_A4 = (595.3, 841.9)  # points


@pytest.fixture(scope="module")
def results() -> Results:
    found = read_results(FOLDER)
    return Results(found.comparison, {**found.manifest, "link": LINK})


@pytest.fixture(scope="module")
def briefs(results) -> dict[str, Brief]:
    return {language: brief_of(results, POLICY, language) for language in LANGUAGES}


def blocks(brief, kind):
    return [b for section in brief.sections for b in section.blocks if isinstance(b, kind)]


def said(brief) -> list[str]:
    """Everything a brief says in words, but for alternative texts."""
    out = [brief.title, brief.kicker, *(section.heading for section in brief.sections)]
    for block in blocks(brief, Paragraphs | Answer | Bullets):
        out += block.texts
    for table in blocks(brief, Table):
        out += [table.caption, *table.columns]
        for group in table.groups:
            # A name beside several rows may be read between their cells.
            out += [*group.name.split(), *(cell for row in group.rows for cell in row)]
    out += [block.text for block in blocks(brief, Command)]
    out += [words for block in blocks(brief, Link) for words in (block.text, block.address)]
    out += [words for picture in brief.pictures for words in (picture.title, picture.caption)]
    return [text for text in out if text]


def squeezed(text: str) -> str:
    """Return letters, figures and signs only: how they are broken into lines does not matter."""
    return re.sub(r"[\s\u200b]", "", unicodedata.normalize("NFKC", text))


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


# --- what it says


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_parts_are_there(briefs, language):
    brief, t = briefs[language], texts(language)
    assert [section.heading for section in brief.sections] == [t(f"brief.{h}") for h in HEADINGS]
    assert [picture.name for picture in brief.pictures] == ["tests", "runs", "groups", "dangers"]
    for text in [*said(brief), *(picture.alt for picture in brief.pictures)]:
        assert (
            "nan" not in text.lower().split()
            and "None" not in text.replace("None of", "")
            and "{" not in text
        )
    assert all(re.search(r"\d", picture.alt) for picture in brief.pictures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_that_of_the_findings(briefs, results, language):
    (found,) = blocks(briefs[language], Answer)
    own = answer(results.comparison, POLICY, language, results.titles).sentences
    assert [squeezed(text) for text in found.texts] == [squeezed(text) for text in own]
    words = [word[language] for _, word in PROBABILITY_WORDS]
    assert all(any(word in text for word in words) for text in found.texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_for_probabilities_are_stated(briefs, language):
    table = blocks(briefs[language], Table)[0]
    assert list(table.columns[1:]) == [word[language] for _, word in PROBABILITY_WORDS]
    numbers = [re.findall(r"\d+", cell) for cell in table.groups[0].rows[0][1:]]
    assert numbers == [["90"], ["66", "90"], ["34", "66"], ["10", "34"], ["10"]]


def test_numbers_are_written_the_local_way(briefs):
    dutch, english = (" ".join(said(briefs[language])) for language in ("nl", "en"))
    assert re.search(r"EUR\s\d+,\d miljoen|EUR\s\d{2,3}\.000", dutch)
    assert re.search(r"EUR\s\d+\.\d million|EUR\s\d{2,3},000", english)
    assert not re.search(r"\d\.\d million", dutch) and not re.search(r"\d,\d million", english)


def test_every_outcome_of_the_table_is_once_among_winners_or_neutral(briefs, results):
    table = blocks(briefs["en"], Table)[1]
    rows = [row for group in table.groups for row in group.rows]
    assert len(rows) == 11 and all(len(row) == 6 for row in rows)
    judged = blocks(briefs["en"], Bullets)[0].texts
    listed = " ".join(judged).lower()
    for row in rows:
        name = row[0].split(" (")[0].lower()
        assert (name in listed) == (row[0] not in {"Practice margin", "Paramedical spending"})


def test_what_was_assumed_counts_the_registry(briefs):
    counts, registry = numbers_by_kind(), load_registry()
    used = [*registry.by_role("fact"), *registry.by_role("uncertainty")]
    assert counts["all"] == len(used) == sum(counts[k] for k in ("source", "derived", "assumed"))
    assert counts["assumed"] == sum(one.kind == "assumption" for one in used)
    assert any(str(counts["assumed"]) in text for text in blocks(briefs["nl"], Bullets)[2].texts)


def test_origin_says_fingerprint_and_command(briefs, results):
    (command,) = blocks(briefs["nl"], Command)
    assert command.text == results.manifest["command"]
    assert results.manifest["fingerprint"] in " ".join(said(briefs["nl"]))
    assert results.manifest["fingerprint"] in briefs["nl"].foot


def test_the_tests_stand_per_year_with_both_intervals(briefs, results):
    table, verdict = blocks(briefs["en"], Table)[2], results.comparison.budgets[POLICY]
    assert list(table.columns[2:]) == [str(year) for year in verdict.years]
    *tests, framework = table.groups
    for group, path in zip(
        tests, (verdict.neutrality, verdict.entitlement, verdict.together), strict=True
    ):
        mean, chance, assumptions = (
            [cell.replace(",", "").replace("−", "-") for cell in row[1:]] for row in group.rows
        )
        assert [int(cell) for cell in mean] == [round(amount / 1000) for amount in path.mean]
        for cells, pairs in ((chance, path.monte_carlo), (assumptions, path.parameters)):
            ends = [tuple(int(end) for end in cell.split(" to ")) for cell in cells]
            assert ends == [(round(low / 1000), round(high / 1000)) for low, high in pairs]
    (added,) = framework.rows
    assert [int(cell) for cell in added[1:]] == [round(x / 1000) for x in verdict.framework]


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (LINK, LINK),
        ("/outcomes?lang=nl&sw=a:0.8:1.0~b:1:2", "/outcomes?lang=nl&sw=a:0.8:1.0~b:1:2"),
        ("javascript:alert(1)", ""),
        ('https://h/x"><script>', ""),
        ("https://user@evil/", ""),
        ("//evil.example/x y", ""),
        ("/" + "a" * 5000, ""),
        (None, ""),
    ],
)
def test_only_addresses_of_a_view_are_printed(results, given, printed):
    assert lasting(given) == printed
    brief = brief_of(Results(results.comparison, {**results.manifest, "link": given}), POLICY, "nl")
    assert [link.address for link in blocks(brief, Link)] == ([printed] if printed else [])
    if printed.startswith("/"):
        text = html(brief).decode()
        assert Outline(text).all("a") == [] and escape(printed) in text


def test_small_words():
    assert day("2026-11-08", texts("nl")) == "8 november 2026"
    assert day("2026-03-28", texts("en")) == "28 March 2026"
    assert day("soon", texts("en")) == "soon"
    assert shortened("One. Two! Three?", 12) == "One. Two!"
    assert shortened("Endless", 4) == "End…" and shortened("Short.", 10) == "Short."
    found = settings_words({"audit_rate": 0.125, "bundle_price_factor": 0.95}, "nl")
    assert found.endswith("= 0,95") and "= 12,5% en " in found
    assert "= EUR 1,500" in settings_words({"coordination_lump_sum": 1500.0}, "en")
    assert (plain(0.375, "nl"), plain(2.0, "en"), plain(1e-4, "nl")) == ("0,375", "2", "0,0001")


def test_figures_carry_the_fingerprint_and_nothing_else_changes(results, briefs):
    other = Results(results.comparison, {**results.manifest, "fingerprint": "0" * 16})
    again = brief_of(results, POLICY, "nl").pictures
    assert [p.svg for p in again] == [p.svg for p in briefs["nl"].pictures]
    changed = brief_of(other, POLICY, "nl").pictures
    assert all(a.svg != b.svg and a.alt == b.alt for a, b in zip(again, changed, strict=True))


# --- HTML


class Outline(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_stands_alone_and_can_be_read_aloud(briefs, language):
    text = html(briefs[language]).decode()
    outline = Outline(text)
    assert outline.all("html") == [{"lang": language}]
    assert outline.all("script", "link", "iframe", "object") == []
    (link,) = outline.all("a")
    assert link == {"href": LINK}
    text = text.replace(escape(LINK), "")
    assert "http" not in text and "url(" not in text and "@import" not in text
    assert all(
        image["src"].startswith("data:image/svg+xml;base64,") for image in outline.all("img")
    )
    assert [image["alt"] for image in outline.all("img")] == [
        picture.alt for picture in briefs[language].pictures
    ]
    levels = [int(tag[1]) for tag, _ in outline.found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    assert all(head.get("scope") for head in outline.all("th"))
    assert len(outline.all("caption")) == len(outline.all("table")) == 3


def test_html_escapes_what_users_write(results):
    manifest = json.loads(json.dumps(results.manifest))
    manifest["scenarios"][POLICY]["story"] = {"nl": "<script>x</script>"}
    text = html(brief_of(Results(results.comparison, manifest), POLICY, "nl")).decode()
    assert "<script>" not in text and "&lt;script&gt;" in text


# --- PDF


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_has_two_whole_pages(briefs, language):
    brief = briefs[language]
    document = pypdfium2.PdfDocument(pdf(brief))
    assert len(document) == 2
    text = ""
    for page in document:
        assert page.get_size() == pytest.approx(_A4, abs=0.5)
        text += page.get_textpage().get_text_range().replace("\ufffe", "-")
        grey = page.render(scale=1.0, grayscale=True).to_numpy().squeeze()
        rim = 12  # points: nothing runs off the paper
        for edge in (grey[:rim], grey[-rim:], grey[:, :rim], grey[:, -rim:]):
            assert edge.min() == 255
        assert (grey < 128).mean() > 0.01  # and there is something on it
    everything = squeezed(text)
    for words in said(brief):
        assert squeezed(words) in everything, words


def test_pdf_is_tagged_in_its_language_and_always_the_same(briefs):
    made = pdf(briefs["nl"])
    assert made == pdf(briefs["nl"])
    assert re.search(rb"/Lang\s*\(nl", made) or b"/Lang" in made
    assert f"/URI({LINK})".encode() in made
    assert b"/MarkInfo" in made and b"/StructTreeRoot" in made
    assert re.search(rb"pdfuaid:part(>|=\")1", made)


def test_long_words_are_made_to_fit_or_refused(briefs):
    from dataclasses import replace

    longer = replace(briefs["nl"], title=briefs["nl"].title + " en nog heel veel meer" * 6)
    assert len(pypdfium2.PdfDocument(pdf(longer))) == 2
    with pytest.raises(OutputError, match="two pages"):
        pdf(replace(briefs["nl"], title="Te lang " * 900))


# --- Word


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_document_has_what_readers_aloud_need(briefs, language):
    from docx import Document
    from docx.oxml.ns import qn

    brief = briefs[language]
    document = Document(io.BytesIO(docx(brief)))
    heads = [p for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert [p.text for p in heads] == [brief.title, *(s.heading for s in brief.sections)]
    assert [p.style.name for p in heads] == ["Heading 1"] + ["Heading 2"] * len(brief.sections)
    assert document.core_properties.title == brief.title
    spoken = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert spoken.get(qn("w:val")).startswith(language)
    pictures = [shape for shape in document.element.body.iter(qn("wp:docPr"))]
    assert [one.get("descr") for one in pictures] == [picture.alt for picture in brief.pictures]
    links = document.element.body.iter(qn("w:hyperlink"))
    leads = [document.part.rels[one.get(qn("r:id"))] for one in links]
    assert [(one.target_ref, one.is_external) for one in leads] == [(LINK, True)]
    tables = [t for t in document.tables if t._tbl.tblPr.find(qn("w:tblCaption")) is not None]
    assert len(tables) == len(blocks(brief, Table))
    for table, own in zip(tables, blocks(brief, Table), strict=True):
        assert [cell.text for cell in table.rows[0].cells] == list(own.columns)
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        cells = [cell.text for row in table.rows[1:] for cell in row.cells]
        assert all(c in cells for group in own.groups for row in group.rows for c in row)


def test_word_wants_elements_in_the_order_of_the_standard(briefs):
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(io.BytesIO(docx(briefs["nl"])))
    order = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook",
             "tblCaption"]  # fmt: skip
    for table in document.tables:
        names = [one.tag.split("}")[1] for one in table._tbl.tblPr]
        assert names == [name for name in order if name in names]
    shaded = document.styles["Answer"].element.pPr
    names = [one.tag.split("}")[1] for one in shaded]
    assert names.index("pBdr") < names.index("shd") < names.index("spacing")
    assert shaded.find(qn("w:shd")) is not None


# --- the command


@pytest.mark.parametrize("fmt, start", [("html", b"<!DOCTYPE"), ("pdf", b"%PDF"), ("docx", b"PK")])
def test_the_command_writes_a_file_and_never_over_another(tmp_path, fmt, start):
    out = tmp_path / f"brief.{fmt}"
    found = call("brief", FOLDER, "--lang", "en", "--format", fmt, "--out", out)
    assert found.exit_code == 0, found.output
    assert out.read_bytes().startswith(start)
    before = out.read_bytes()
    found = call("brief", FOLDER, "--out", out)
    assert found.exit_code == 2 and "exists already" in found.stderr
    assert out.read_bytes() == before and list(tmp_path.iterdir()) == [out]


def copied(folder: Path) -> Path:
    shutil.copytree(FOLDER, folder)
    return folder


def test_what_no_brief_can_be_made_of_is_said_in_one_sentence(tmp_path):
    sweep, run, price = tmp_path / "sweep", tmp_path / "run", tmp_path / "price"
    for folder, name, body in (
        (sweep, "design.json", "{}"), (run, "manifest.json", '{"kind": "run"}'),
        (price, "manifest.json", '{"kind": "neutral-price"}'),
    ):  # fmt: skip
        folder.mkdir()
        (folder / name).write_text(body, encoding="utf-8")
    changed = copied(tmp_path / "changed")
    shutil.copy(changed / "effects.parquet", changed / "runs.parquet")
    draws = copied(tmp_path / "draws")
    (draws / "parameter_draws.parquet").unlink()
    for folder, words, options in (
        (sweep, "holds a sweep", ()), (run, "holds one run", ()),
        (price, "holds the search for a price", ()),
        (changed, "was changed after it was written", ()), (draws, "missing or damaged", ()),
        (tmp_path, "no manifest.json", ()),
        (FOLDER, "no policy 'bundle_weight_clases'; the nearest valid name", ("--policy",
                                                                    "bundle_weight_clases")),
        (FOLDER, "is no folder", ("--out", tmp_path / "none" / "brief.html")),
    ):  # fmt: skip
        found = call("brief", folder, *(options or ("--out", tmp_path / "brief.html")))
        assert found.exit_code == 2 and found.stdout == "", found.output
        assert words in found.stderr and len(found.stderr.splitlines()) == 1
