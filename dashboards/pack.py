"""The pack: the few browser files that the pages need, copied from the installed solara-assets.

Solara asks its own server for them and would fetch what is missing from a public network. Here
nothing is missing, and the place it would ask does not exist, so a gap shows in the tests.
"""

import shutil
import sys
from pathlib import Path

from experiments.output import OutputError

APP = "@widgetti/solara-vuetify-app@10.1.1/dist"
REQUIRE = "requirejs@2.3.6/require.js"


class PackError(OutputError):
    """The browser files cannot be found."""


def source() -> Path:
    """Return the folder of solara-assets."""
    folder = Path(sys.prefix) / "share/solara/cdn"
    if not (folder / APP).is_dir():
        raise PackError(
            "the browser files of the dashboard are missing;"
            " run 'make setup' (package solara-assets)"
        )
    return folder


def make_pack(target: Path) -> Path:
    """Copy what is needed to a folder, unless it is there already, and return the folder.

    Real copies: Solara's server refuses links. Style sheets are cut (``dashboards.styles``).
    """
    found = source()
    if (target / ".complete").is_file():
        return target
    from dashboards.styles import cut  # a server whose files are there needs it no more

    shutil.rmtree(target, ignore_errors=True)
    styles = {
        path.name: cut(path.read_text(encoding="utf-8"))
        for path in sorted((found / APP).glob("*.css"))
        if is_needed(path.name)
    }
    for path in sorted((found / APP).iterdir()):
        if path.suffix == ".woff2" and path.name not in styles["fonts.css"]:
            continue  # letters of a style that was cut
        if path.is_file() and is_needed(path.name):
            _copy(path, target / APP / path.name)
    for name, text in styles.items():
        (target / APP / name).write_text(text, encoding="utf-8")
    _copy(found / REQUIRE, target / REQUIRE)
    (target / ".complete").touch()
    return target


def is_needed(name: str) -> bool:
    """Return whether a file of the app is used by a modern browser with ipywidgets 8."""
    if name.endswith((".map", ".eot", ".ttf", ".woff", ".txt")) or "7" in name.split(".js")[0][-6:]:
        return False
    return not (name.endswith(".js") and "app8.js" in name and ".min." not in name and
                name.startswith("solara-vuetify-app"))  # fmt: skip


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
