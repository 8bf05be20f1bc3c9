"""Screenshots of every page in both languages and three widths, for people to look at."""

from pathlib import Path

import pytest

from dashboards.view import PAGES

FOLDER = Path(__file__).resolve().parents[2] / "build/screenshots"
WIDTHS = (320, 768, 1280)

#: States that are not seen on a cold page.
STATES = {
    "outcomes_estimate": "/outcomes?l.bundle_price_factor=1.05",
    "outcomes_stale": "/outcomes?l.intensive_quarters=3.0",
    "outcomes_empty": "/outcomes?s=fee_for_service_open",
    "outcomes_problems": "/outcomes?s=no_such&l.audit_rate=often&v=0.0.1",
    "oversight_empty": "/oversight?l.bundle_price_factor=1.1",
    "money_empty": "/money?l.bundle_price_factor=1.1",
}


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_screenshots_are_written(visit, language, width):
    FOLDER.mkdir(parents=True, exist_ok=True)
    places = {page: "/" if page == "start" else f"/{page}" for page in PAGES} | STATES
    for name, path in places.items():
        page = visit(f"{path}{'&' if '?' in path else '?'}lang={language}", width=width)
        page.wait_for_timeout(300)
        page.screenshot(path=FOLDER / f"{name}_{language}_{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.close()
