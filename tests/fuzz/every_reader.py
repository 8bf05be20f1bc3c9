"""Every reader of the program, and what it may end in."""

from dashboards.own_scenario import NotAScenarioError
from experiments.output import OutputError
from model.parameters import ParameterError
from scenarios.loader import ScenarioError
from tests.fuzz import answer_readers, dashboard_readers, readers, sweep_readers

READERS = (
    *readers.READERS, *sweep_readers.READERS, *answer_readers.READERS, *dashboard_readers.READERS,
)  # fmt: skip

#: What a reader may end in; every one is a sentence on the screen and exit code 2.
SENTENCES = (ScenarioError, NotAScenarioError, OutputError, ParameterError)
