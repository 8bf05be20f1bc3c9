"""Contrast of every colour, computed."""

import pytest

from dashboards import palette


def test_black_on_white_is_21():
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", palette.TEXTS)
@pytest.mark.parametrize("background", palette.BACKGROUNDS)
def test_text_can_be_read(colour, background):
    assert palette.contrast(colour, background) >= 4.5


@pytest.mark.parametrize("colour", palette.GRAPHICS)
@pytest.mark.parametrize("background", palette.BACKGROUNDS)
def test_graphics_can_be_seen(colour, background):
    assert palette.contrast(colour, background) >= 3.0


def test_white_can_be_read_on_the_bar():
    assert palette.contrast(palette.WHITE, palette.PRIMARY) >= 7.0


@pytest.mark.parametrize("colour", [colour for colour, _ in palette.SCENARIOS])
def test_a_line_stands_out_from_its_own_bands(colour):
    for part in (palette.ASSUMPTIONS_BAND, palette.CHANCE_BAND):
        assert palette.contrast(colour, palette.over_white(colour, part)) >= 2.5


def test_the_style_sheet_uses_the_same_colours():
    from pathlib import Path

    css = (Path(palette.__file__).parent / "assets/custom.css").read_text().lower()
    for colour in (palette.TEXT, palette.SECONDARY, palette.PRIMARY, palette.BAD, palette.GOOD):
        assert colour.lower() in css
