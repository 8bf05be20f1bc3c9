"""Names and numbers in charts: whole, within the picture, and no longer than they need to be."""

import re
from itertools import pairwise

from dashboards.charts.lines import folded
from dashboards.charts.paths import PathWords, path_chart
from dashboards.charts.rows import Row, rows_chart
from dashboards.charts.svg import tick_words
from dashboards.charts.tornado import Swing, tornado
from dashboards.result import Effect
from dashboards.viewmodels.figure import NARROW, WIDE

LONG = "Weigeringen die niet zo worden genoemd waar zij meetellen"


def words_at(svg: str) -> list[tuple[float, float, str, str]]:
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)".*?>(.*?)</text>', svg)
    return [(float(x), float(y), anchor, text) for x, y, anchor, text in found]


def test_a_long_name_goes_on_in_a_second_line_and_only_then_is_cut():
    assert folded("Kort", 250) == ["Kort"]
    assert " ".join(folded(LONG, 250)) == LONG and len(folded(LONG, 250)) == 2
    cut = folded(LONG * 3, 250)
    assert len(cut) == 2 and cut[1].endswith("…") and all(len(line) <= 36 for line in cut)
    assert folded("Een jaar zorg, profiel\u00a03", 7 * 22) == ["Een jaar zorg,", "profiel\u00a03"]


def test_names_stand_whole_in_both_charts_and_never_on_one_another():
    for width in (WIDE, NARROW):
        rows = [Row(f"{LONG} {k}", float(k), (k - 1.0, k + 1.0), None, "+1") for k in range(1, 5)]
        swings = [Swing(f"{LONG} {k}", -k, k, True) for k in range(1, 5)]
        for svg in (
            rows_chart(rows, "{:.0f}".format, width, "a", ""),
            tornado(swings, 0.0, "{:.0f}".format, width, ("low", "high")),
        ):
            words = words_at(svg)
            said = " ".join(text for *_, text in words)
            assert all(f"{name.split()[-2]} {name.split()[-1]}" in said for name in
                       (row.name for row in rows))  # fmt: skip
            lines = sorted(y for _, y, _, text in words if set(text.split()) & set(LONG.split()))
            assert len(lines) == 8 and min(b - a for a, b in pairwise(lines)) > 10
            assert "…" not in said


def test_titles_of_a_path_stand_whole_on_a_narrow_sheet_and_nothing_stands_on_them():
    effects = [Effect(str(y), 10.0, 1.0, (0.5, 1.5), (0.0, 2.0), 100, False) for y in (2025, 2026)]
    title = "Verschil met betaling per zitting (miljoen euro per jaar)"
    said = PathWords("Per zitting", "Bundel", LONG + " (miljoen euro per jaar)", title, "a", "b")
    for width, lines in ((WIDE, 1), (NARROW, 2)):
        form = "{:.0f}".format
        words = words_at(path_chart(effects, said, form, form, width))
        found = [(y, text) for _, y, _, text in words if len(text) > 1 and text in title]
        assert " ".join(text for _, text in sorted(found)) == title and len(found) == lines
        heights = sorted(y for x, y, anchor, _ in words if x == 0.0 and anchor == "start")
        assert min(b - a for a, b in pairwise(heights)) > 10


def test_an_axis_has_no_zeros_that_say_nothing():
    def form(mark):
        return lambda x: f"{x:+.4f}".replace(".", mark)

    assert tick_words([0.0, 0.01, 0.02], form(",")) == ["+0,00", "+0,01", "+0,02"]
    assert tick_words([-2.5, 0.0, 2.5], form(".")) == ["-2.5", "+0.0", "+2.5"]
    assert tick_words([-2.0, 0.0], "{:.1f}".format) == ["-2", "0"]
    thousands = ["1.000", "2.000"]
    assert tick_words([1000.0, 2000.0], lambda x: thousands[int(x / 1000) - 1]) == thousands
    assert tick_words([], "{:.1f}".format) == []
