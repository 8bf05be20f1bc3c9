"""Nothing that comes from outside can run as code: a search through the whole tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("model", "agents", "scenarios", "dashboards", "experiments")

#: What is refused by its full name; a star stands for anything in that module.
REFUSED = {
    "eval", "exec", "compile", "__import__", "breakpoint",
    "os.system", "os.popen", "os.exec*", "os.spawn*", "os.posix_spawn*", "pty.*", "commands.*",
    "pickle.load*", "pickle.Unpickler", "_pickle.*", "cPickle.*", "shelve.*", "marshal.load*",
    "dill.*", "cloudpickle.*", "joblib.*", "jsonpickle.*", "pandas.read_pickle", "pd.read_pickle",
    "pandas.eval", "pd.eval", "numexpr.*", "torch.load",
    "yaml.load", "yaml.load_all", "yaml.unsafe_load*", "yaml.full_load*", "yaml.Loader",
    "yaml.UnsafeLoader", "yaml.FullLoader", "yaml.CLoader", "yaml.CFullLoader", "ruamel.*",
    "tempfile.mktemp", "subprocess.getoutput", "subprocess.getstatusoutput",
    "urllib.request.*", "urllib3.*", "http.client.*", "requests.*", "httpx.*", "aiohttp.*",
    "ftplib.*", "smtplib.*", "telnetlib.*", "xmlrpc.*", "socket.create_connection",
    "importlib.import_module", "importlib.reload", "runpy.*", "code.*", "codeop.*", "imp.*",
    "xml.*", "lxml.*", "ctypes.*", "cffi.*",
}  # fmt: skip

#: Methods refused on whatever they are called: a text would be run in them.
METHODS = {"read_pickle", "to_pickle", "eval", "query", "from_string", "connect_ex"}

#: Options refused in any call.
OPTIONS = {("shell", True), ("allow_pickle", True), ("autoescape", False)}

#: What is allowed all the same, and why.
ALLOWED = {
    ("dashboards/game/rooms.py", "code.strip"): "a text called code: that of a room",
    ("dashboards/histories.py", "pickle.loads"): "what worker processes of this server put in a "
    "folder that is its own, made anew at its start and gone with it; nothing of a visitor",
    ("dashboards/lean.py", "ctypes"): "one call into the C library, with two numbers",
    ("dashboards/lean.py", "ctypes.CDLL"): "the same",
    ("dashboards/running_server.py", "urllib.request.urlopen"): "bench --dashboard asks the server "
    "that it started, on this machine",
    ("dashboards/visitor.py", "urllib.request.Request"): "bench: the same server",
    ("dashboards/visitor.py", "urllib.request.urlopen"): "bench: the same server",
    ("experiments/briefs/as_docx.py", ".from_string()"): "a colour written in that file",
    ("experiments/briefs/as_pdf.py", ".query()"): "a label written in that file",
    ("dashboards/command.py", ".connect_ex()"): "asks whether its own port on this machine answers",
    ("dashboards/worker.py", "pickle.loads"): "outcomes that a worker process of the dashboard "
    "packed in memory for its own parent; never a file, never what a visitor sends",
    ("experiments/bench.py", "importlib.import_module"): "names of modules written in that file",
}


def found_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything refused in a Python source."""
    tree = ast.parse(source)
    named: dict[str, str] = {}  # what a name in the file stands for
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                named[one.asname or one.name.split(".")[0]] = (
                    one.name if one.asname else one.name.split(".")[0]
                )
                if _refused(f"{one.name}.") and one.name not in _PARTLY:
                    yield node.lineno, one.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                full = f"{node.module}.{one.name}"
                named[one.asname or one.name] = full
                if _refused(full):
                    yield node.lineno, full
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            full = _full_name(node, named)
            if full and _refused(full):
                yield node.lineno, full
        if isinstance(node, ast.Call):
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if method in METHODS and not _refused(_full_name(node.func, named) or ""):
                yield node.lineno, f".{method}()"
            for option in node.keywords:
                value = option.value.value if isinstance(option.value, ast.Constant) else None
                if (option.arg, value) in OPTIONS:
                    yield node.lineno, f"{option.arg}={value}"


#: Modules of which only some names are refused.
_PARTLY = {one.split(".")[0] for one in REFUSED if "." in one and not one.endswith(".*")}


def _refused(full: str) -> bool:
    return any(full == one or (one.endswith("*") and full.startswith(one[:-1])) for one in REFUSED)


def _full_name(node: ast.expr, named: dict[str, str]) -> str | None:
    """Return the dotted name of an expression, with imports followed."""
    if isinstance(node, ast.Name):
        return named.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        inner = _full_name(node.value, named)
        return inner and f"{inner}.{node.attr}"
    return None


def sources() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def test_nothing_from_outside_can_run_as_code():
    found = {
        (path.relative_to(ROOT).as_posix(), name, line)
        for path in sources()
        for line, name in found_in(path.read_text(encoding="utf-8"))
    }
    wrong = sorted(one for one in found if one[:2] not in ALLOWED)
    assert wrong == []


def test_every_exception_is_still_needed():
    there = {
        (place, name)
        for place in {place for place, _ in ALLOWED}
        for _, name in found_in((ROOT / place).read_text(encoding="utf-8"))
    }
    assert set(ALLOWED) <= there


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("eval(text)", "eval"),
        ("run = exec", "exec"),
        ("import os\nos.system('x')", "os.system"),
        ("import os as o\no.execvp('x', [])", "os.execvp"),
        ("from os import popen", "os.popen"),
        ("import pickle\npickle.loads(b)", "pickle.loads"),
        ("import pickle as p\np.Unpickler(f)", "pickle.Unpickler"),
        ("from pickle import load as read", "pickle.load"),
        ("import joblib", "joblib"),
        ("import shelve", "shelve"),
        ("import pandas as pd\npd.read_pickle(f)", "pandas.read_pickle"),
        ("table.query(text)", ".query()"),
        ("import numpy as np\nnp.load(f, allow_pickle=True)", "allow_pickle=True"),
        ("import yaml\nyaml.load(f, yaml.Loader)", "yaml.load"),
        ("import yaml\nclass Mine(yaml.Loader): pass", "yaml.Loader"),
        ("import tempfile\ntempfile.mktemp()", "tempfile.mktemp"),
        ("import subprocess\nsubprocess.run(text, shell=True)", "shell=True"),
        ("import urllib.request", "urllib.request"),
        ("from urllib.request import urlopen", "urllib.request.urlopen"),
        ("import requests", "requests"),
        ("import xml.etree.ElementTree as t", "xml.etree.ElementTree"),
    ],
)
def test_the_search_finds_it(source, name):
    assert name in {found for _, found in found_in(source)}


def test_the_search_lets_honest_code_through():
    honest = (
        "import yaml, pickle, os, re, subprocess\nyaml.safe_load(text)\npickle.dumps(x)\n"
        "os.replace(a, b)\nre.compile(x)\nmodel.compile\nsubprocess.run(['ls'], check=True)\n"
    )
    assert list(found_in(honest)) == []


def test_pages_run_no_text_as_code():
    refused = re.compile(r"\beval\s*\(|new\s+Function\s*\(|document\.write|setTimeout\(\s*['\"]")
    pages = [p for ending in ("*.vue", "*.js") for p in (ROOT / "dashboards").rglob(ending)]
    assert pages
    assert [p.name for p in pages if refused.search(p.read_text(encoding="utf-8"))] == []


def test_templates_escape_what_they_print():
    """Titles and stories come from files that people send each other."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if "Environment(" in text:
            by_form = 'autoescape=form == "html"'  # Markdown is no page
            assert "autoescape=True" in text or by_form in text, path


def test_no_secret_is_in_the_tree():
    pattern = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}"
        r"|(?:password|passwd|secret|api_key|token)\s*[:=]\s*['\"][^'\"]{8,}['\"]",
        re.IGNORECASE,
    )
    text_files = [
        path for folder in (*FOLDERS, "scenarios", "docs") for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".yaml", ".json", ".md", ".vue", ".js", ".toml"}
    ]  # fmt: skip
    assert len(text_files) > 300
    assert [p for p in text_files if pattern.search(p.read_text(encoding="utf-8"))] == []
