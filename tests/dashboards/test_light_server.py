"""The main process of the server stays light: what is heavy is loaded by its workers only."""

import json
import os
import subprocess
import sys
from pathlib import Path

from dashboards.view import PAGES

ROOT = Path(__file__).resolve().parents[2]

VISITS = """
import os
from dashboards.server import pack_folder, settings
os.environ.update(settings(pack_folder()))
import light_visits
light_visits.main()
"""


def test_no_page_loads_the_model_or_its_tables_in_the_server(tmp_path):
    """Lessons, twin lives, a watched world, and a room with its debrief are among them."""
    environment = {
        **os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}",
        "ZORGBUNDEL_CLASS_FILE": str(tmp_path / "class.sqlite"),
        "ZORGBUNDEL_GAME_FOLDER": str(tmp_path),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", VISITS],
        capture_output=True, text=True, timeout=300, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(seen) > 2 * len(PAGES)
    assert [address for address, there, _ in seen if not there] == [], done.stderr
    # Named with the page that loaded it first.
    assert next(((address, heavy) for address, _, heavy in seen if heavy), None) is None


HALF = """
import sys, types
from reacton import utils
from dashboards.server import _mind_half_loaded_modules
sys.modules["pandas"] = types.ModuleType("pandas")  # as another thread sees it while it is loaded
try:
    utils.isinstance_lazy(3, "pandas.DataFrame")
except AttributeError:
    print("stumbles")
_mind_half_loaded_modules()
print(utils.isinstance_lazy(3, "pandas.DataFrame"))
sys.modules["pandas"].DataFrame = int
print(utils.isinstance_lazy(3, "pandas.DataFrame"), utils.import_item("sys") is sys)
"""


def test_state_may_change_while_pandas_is_being_loaded():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HALF],
        capture_output=True, text=True, check=True, timeout=300, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.split() == ["stumbles", "False", "True", "True"]
