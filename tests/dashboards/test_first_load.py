"""What a first visit loads: styles that can match, and early what is needed later."""

import re
from html import escape
from importlib.util import find_spec
from pathlib import Path

import pytest

from dashboards.first_load import hurried, letters
from dashboards.first_words import with_first_words, without_nameless_bar
from dashboards.pack import APP, make_pack
from dashboards.server import pack_folder
from dashboards.styles import cut
from dashboards.texts import texts
from dashboards.view import IN_BAR


def test_rules_that_cannot_match_are_cut_and_others_stay_as_they_are():
    css = """@charset "UTF-8";/* .v-btn{a:b} */
    html,body{margin:0}.v-btn:hover,.v-data-table td{color:red}.jp-Cell{top:0}
    .v-application .v-card > p:not(.jp-x){a:b}.v-card>.v-sheet::after{content:"}.jp-y{"}
    @media print{.jp-z{top:0}h1{color:#000}}@media screen{.jp-z{top:0}}
    @font-face{font-family:'Roboto';src:url(a.woff2)}@font-face{font-family:FontAwesome}
    @keyframes indeterminate-ltr{0%{left:0}to{left:1%}}@keyframes fa-spin{to{top:0}}
    """
    kept = cut(css)
    assert kept == (
        '@charset "UTF-8";html,body{margin:0}.v-btn:hover{color:red}'
        '.v-card>.v-sheet::after{content:"}.jp-y{"}@media print{h1{color:#000}}'
        '@font-face{font-family:"Roboto";src:url(a.woff2)}'
        "@keyframes indeterminate-ltr{0%{left:0}to{left:1%}}"
    )
    assert cut(kept) == kept


@pytest.fixture(scope="module")
def pack():
    return make_pack(pack_folder())


def test_the_pack_is_small_and_has_the_letters_it_names(pack):
    styles = {path.name: path.read_text(encoding="utf-8") for path in (pack / APP).glob("*.css")}
    assert sum(map(len, styles.values())) < 60_000
    assert "v-application" in styles["main8.css"] and ".v-overlay" in styles["main8.css"]
    named = set(re.findall(r"[0-9a-f]+\.woff2", styles["fonts.css"]))
    assert named == {path.name for path in (pack / APP).glob("*.woff2")}
    assert len(letters(pack)) == 2 and set(letters(pack)) <= named


PAGE = b"""<!doctype html><head><meta charset="utf-8"></head>
<body data-base-url="/zorgbundel/jupyter/"><script>
nbextensionHashes = {"jupyter-vue/extension": "269157915b6b59ee", "other/extension": "1234567890"};
const themeCssUrls = {"dark": "/d.css", "light": "/zorgbundel/static/light.css?v=1"};
</script></body>"""


def test_a_page_asks_at_its_top_for_what_it_needs_later(pack):
    head = hurried(PAGE, pack).split(b"</head>")[0].decode()
    links = re.findall(r'<link rel="preload" as="(\w+)" href="([^"]+)"', head)
    assert links[0] == (
        "script", "/zorgbundel/jupyter/nbextensions/jupyter-vue/nodeps.js?269157915b6b59ee"
    )  # fmt: skip
    assert links[1] == ("fetch", "/zorgbundel/static/light.css?v=1")
    assert [kind for kind, _ in links[2:]] == ["font", "font"]
    assert all(address.startswith(f"/zorgbundel/_solara/cdn/{APP}/") for _, address in links[2:])


def test_a_bar_without_a_name_is_left_out_for_screen_readers():
    """Solara shows one while a server is busy for long: axe found it on a slow machine."""
    found = Path(find_spec("solara").submodule_search_locations[0])
    page = (found / "server/templates/solara.html.j2").read_bytes()
    assert page.count(b"<v-progress-linear ") == 1
    assert without_nameless_bar(page).count(b'<v-progress-linear aria-hidden="true" ') == 1


def test_a_page_of_another_make_is_left_alone(pack):
    assert hurried(b"<html>x</html>", pack) == b"<html>x</html>"


SOLARAS = b"""<body><div id="app"><div id="pre-rendered-html-present"></div></div><script>
solara.preRendered = 0 > 0</script></body>"""


def asked(path="/", query=b"", accepts=b""):
    scope = {"path": path, "query_string": query, "headers": [(b"accept-language", accepts)]}
    return with_first_words(SOLARAS, scope).decode()


def test_the_first_words_are_there_before_the_program():
    page = asked()
    assert "solara.preRendered = 1 > 0" in page
    assert page.index(escape(texts("nl")("start.1"))) < page.index('id="pre-rendered-html-present"')
    assert all(escape(texts("nl")(f"page.{one}")) in page for one in IN_BAR)
    # Nothing in it can be clicked, and nothing is taken for the page itself.
    assert not re.search("<(a|button|main|h1|header|nav)[ >]", page)


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [
        (b"", b"", "nl"), (b"", b"en-GB,en", "en"), (b"", b"de", "nl"), (b"lang=en", b"nl", "en"),
        (b"lang=nl", b"en", "nl"), (b"lang=xx", b"en", "en"), (b"lang=%3Cscript%3E", b"", "nl"),
    ],
)  # fmt: skip
def test_they_are_in_the_language_of_the_page(query, accepts, language):
    page = asked("/outcomes", query, accepts)
    assert f'lang="{language}"' in page and texts(language)("state.loading") in page
    assert f'<span class="zb-here">{texts(language)("page.outcomes")}</span>' in page
    assert "script%" not in page and "<script>s" not in page


def test_a_widget_on_its_own_or_another_page_has_none():
    assert asked(query=b"modelid=1").encode() == SOLARAS
    assert with_first_words(b"<p>", {"path": "/", "headers": []}) == b"<p>"
    many = b"&".join(b"a=%d" % k for k in range(500))
    assert 'lang="nl"' in asked(query=many)
