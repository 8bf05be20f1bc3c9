"""The main process of the server stays light: what is heavy is loaded by its workers only."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("pandas", "pyarrow", "matplotlib", "numba", "scipy", "mesa", "statsmodels", "sklearn")

LOAD = """
import os, sys
from dashboards.server import pack_folder, settings
os.environ.update(settings(pack_folder()))
import solara
import dashboards.pages.app
from dashboards import service
from dashboards.viewmodels import certainty, compare, outcomes
from experiments import number_format
service.choices(), service.engine()
name = next(n for n in service.choices().scenarios if service.stored_data(n))
result = service.stored_result(name)
for language in ("nl", "en"):
    outcomes.cards(result, language), outcomes.all_outcomes(result, language)
    outcomes.verdict_words(result, "neutrality", language)
    number_format.probability_word(9, 10, language)
service.engine().close()
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


def test_the_server_loads_nothing_of_the_model_or_its_tables():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD, *HEAVY],
        capture_output=True, text=True, check=True, timeout=300, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.split() == []


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
