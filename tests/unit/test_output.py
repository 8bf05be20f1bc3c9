"""Results are written whole or not at all: full disks, forbidden places, Ctrl-C."""

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from experiments import compare_command, run_command, saving
from experiments.cli import main
from experiments.output import OutputError, check_free, new_folder, write_table

ROOT = Path(__file__).parent.parent.parent
SMALL = ["--share", "0.001"]
RUN = ["run", "bundle_flat", *SMALL, "--years", "1"]
COMPARE = [
    "compare", "fee_for_service_open", "bundle_flat", *SMALL, "--seeds", "2", "--draws", "0",
    "--workers", "1",
]  # fmt: skip
COMMAND = [sys.executable, "-c", "from experiments.cli import main; main()"]

#: A manifest as results have one.
OLD = '{"kind": "comparison", "version": "0"}'


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def sentence(result):
    assert result.exit_code == 2, (result.exit_code, result.exception, result.output)
    assert result.stdout == ""
    return last_line(result.stderr)


def last_line(text):
    """Return the sentence of an error; before it there may be a progress bar, no traceback."""
    assert "Traceback" not in text
    lines = [line for line in text.splitlines() if not line.startswith("Simulating")]
    assert len(lines) == 1, lines
    assert lines[0].startswith("zorgbundel: ") and lines[0].endswith(".")
    return lines[0]


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder of our own, empty, beside which nothing may appear."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


# --- a new folder


def test_a_folder_appears_when_all_is_written(place):
    with new_folder(place / "out") as work:
        (work / "a.txt").write_text("a")
        assert work.parent == place  # the same disk, so that a rename is enough
        assert not (place / "out").exists()
    assert names(place) == ["out", "out/a.txt"]
    assert (place / "out").stat().st_mode & 0o777 == 0o755


def test_an_empty_folder_may_be_filled(place):
    (place / "out").mkdir()
    with new_folder(place / "out") as work:
        (work / "a.txt").write_text("a")
    assert names(place) == ["out", "out/a.txt"]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), ValueError()]
)
def test_a_folder_never_appears_half(place, error):
    with (
        pytest.raises((OutputError, KeyboardInterrupt, ValueError)),
        new_folder(place / "o") as work,
    ):
        (work / "a.txt").write_text("a")
        raise error
    assert names(place) == []


def test_other_peoples_work_is_never_written_over(place):
    out = place / "out"
    out.mkdir()
    (out / "thesis.docx").write_text("years of work")

    for replace in (False, True):  # without a manifest it is not ours to replace
        with pytest.raises(OutputError, match="exists already"):
            check_free(out, replace)
    (out / "manifest.json").write_text('{"name": "a web page", "version": "1"}')
    for replace in (False, True):  # others have manifests too
        with pytest.raises(OutputError, match="exists already"):
            check_free(out, replace)
    (out / "manifest.json").write_text('{"kind": "comparison", "version": "0"}')
    check_free(out, replace=True)  # a document may be a brief of ours
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt is not of this program"):
        check_free(out, replace=True)
    assert (out / "thesis.docx").read_text() == "years of work"


def test_older_results_are_replaced_only_when_the_new_ones_are_complete(place):
    out = place / "out"
    out.mkdir()
    (out / "manifest.json").write_text(OLD)

    with pytest.raises(OutputError), new_folder(out, replace=True) as work:
        (work / "manifest.json").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (out / "manifest.json").read_text() == OLD

    with new_folder(out, replace=True) as work:
        (work / "manifest.json").write_text("new")
    assert (out / "manifest.json").read_text() == "new"
    assert names(place) == ["out", "out/manifest.json"]


def test_older_results_come_back_when_the_last_step_fails(place, monkeypatch):
    out, rename = place / "out", Path.rename
    out.mkdir()
    (out / "manifest.json").write_text(OLD)

    def fail_second(self, target):
        if Path(target) == out:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    with pytest.raises(OutputError), new_folder(out, replace=True) as work:
        (work / "manifest.json").write_text("new")
        monkeypatch.setattr(Path, "rename", fail_second)
    monkeypatch.undo()
    assert (out / "manifest.json").read_text() == OLD


def test_a_link_to_an_empty_folder_is_filled_or_refused(place):
    (place / "real").mkdir()
    (place / "out").symlink_to("real")
    try:
        with new_folder(place / "out") as work:
            (work / "a.txt").write_text("a")
    except OutputError:
        assert names(place) == ["out", "real"]
    else:
        assert (place / "out" / "a.txt").read_text() == "a"
        assert not [name for name in names(place) if name.startswith(".")]


def test_a_table_is_written_twice_alike(place):
    table = pd.DataFrame({"year": [2025, 2026], "value": [0.1 + 0.2, -1e-9], "group": ["a", "é"]})
    write_table(table, place, "t")

    pd.testing.assert_frame_equal(pd.read_parquet(place / "t.parquet"), table)
    pd.testing.assert_frame_equal(pd.read_csv(place / "t.csv"), table)


# --- refused before anything is computed


@pytest.fixture
def no_computing(monkeypatch):
    def compute(*_, **__):
        pytest.fail("a world was made before the folder was refused")

    monkeypatch.setattr(run_command, "World", compute)
    monkeypatch.setattr(compare_command, "run_design", compute)


BOTH = pytest.mark.parametrize("command", [RUN, COMPARE], ids=["run", "compare"])


@BOTH
@pytest.mark.parametrize("what", ["folder", "file", "lost link", "below a file"])
def test_a_taken_name_is_refused_at_once(place, no_computing, command, what):
    out = place / "out"
    if what == "folder":
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    elif what == "lost link":
        out.symlink_to("nowhere")
    else:
        out.write_text("mine")
    before = names(place)
    asked = out / "deeper" if what == "below a file" else out

    assert str(out) in sentence(call(*command, "--out", asked))
    assert names(place) == before


@BOTH
@pytest.mark.parametrize("out", ["/proc/zorgbundel", "/proc/1/zorgbundel/deeper"])
def test_a_place_that_cannot_be_written_is_refused_at_once(no_computing, command, out):
    assert "cannot be written" in sentence(call(*command, "--out", out))


@BOTH
@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_read_only_parent_is_refused_at_once(place, no_computing, monkeypatch, command, number):
    """The administrator may write anywhere, so the system's refusal is played."""

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    text = sentence(call(*command, "--out", place / "a" / "b"))
    assert os.strerror(number) in text and str(place) in text
    assert names(place) == []


def test_the_folder_one_stands_in_is_refused_at_once(place, no_computing, monkeypatch):
    monkeypatch.chdir(place)
    sentence(call(*RUN, "--out", "."))


def test_an_empty_name_is_called_empty(no_computing, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert ". exists already" not in sentence(call(*RUN, "--out", ""))


# --- a disk that fills up while writing


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def only_pairs_are_left(place):
    """Return whether finished pairs of a comparison are kept; nothing else may be there."""
    left = names(place)
    assert all(name.startswith("out.unfinished") for name in left)
    return bool(left)


@pytest.mark.parametrize(
    ("command", "owner", "step"),
    [
        (RUN, pd.DataFrame, "to_parquet"),
        (RUN, saving, "write_table"),
        (RUN, saving, "write_manifest"),
        (COMPARE, pd.DataFrame, "to_parquet"),
        (COMPARE, saving, "budget_rows"),
    ],
    ids=["run parquet", "run table", "run manifest", "compare parquet", "compare budget"],
)
def test_a_disk_that_fills_up_leaves_nothing(place, monkeypatch, command, owner, step):
    monkeypatch.setattr(owner, step, full)
    text = sentence(call(*command, "--out", place / "out"))
    assert "No space left on device" in text and str(place / "out") in text
    assert only_pairs_are_left(place) == (step == "budget_rows")  # else no pair could be kept


@pytest.mark.parametrize("step", ["save_figures", "write_report"])
def test_a_disk_that_fills_up_at_the_figures_leaves_nothing(place, monkeypatch, step):
    import experiments.figures
    import experiments.report

    if step == "write_report":  # drawing takes seconds and is tested elsewhere
        monkeypatch.setattr(experiments.figures, "save_figures", lambda *_: {})
    owner = experiments.figures if step == "save_figures" else experiments.report
    monkeypatch.setattr(owner, step, full)

    text = sentence(call(*COMPARE, "--out", place / "out"))
    assert "No space left" in text and "kept in" in text and "goes on from there" in text
    assert only_pairs_are_left(place)


def test_a_full_disk_leaves_no_folders_on_the_way(place, monkeypatch):
    monkeypatch.setattr(saving, "write_manifest", full)

    sentence(call(*RUN, "--out", place / "a" / "b" / "out"))
    assert names(place) == []


@pytest.fixture
def tiny(tmp_path):
    """A place where hardly anything fits: (folder, what a process must do first).

    A real file system of 64 kB where we may mount one; elsewhere the system's own limit on the
    size of a file, which fails a write in the same way.
    """
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if shutil.which("mount") and subprocess.run(mount, capture_output=True).returncode == 0:
        yield folder, None
        subprocess.run(["umount", "-l", str(folder)], check=True)
    else:
        yield folder, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@pytest.mark.parametrize("limit", ["disk", "file size"])
def test_a_really_full_disk_leaves_nothing(tiny, limit):
    call(*RUN)  # compiled code is kept before disks fill up
    folder, first = tiny
    if limit == "file size":

        def first():
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = subprocess.run(
        [*COMMAND, *RUN, "--out", str(folder / "out")],
        cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=first,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written" in last_line(done.stderr)
    assert names(folder) == []


def test_a_full_standard_output_gives_one_sentence():
    with open("/dev/full", "w") as device:
        done = subprocess.run(
            [*COMMAND, "month"], cwd=ROOT, stdout=device, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "No space left" in last_line(done.stderr)


# --- stopped


@pytest.mark.parametrize("step", ["write_table", "write_manifest"])
def test_stopping_while_writing_leaves_nothing(place, monkeypatch, step):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(saving, step, stop)
    assert "Stopped; nothing was written" in sentence(call(*RUN, "--out", place / "out"))
    assert names(place) == []


def workers_of(process):
    """Return the worker processes that a comparison has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process.pid and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue  # it ended while we looked
    return found


def stopped(place, *more):
    """Start a long comparison, press Ctrl-C when its workers are there, return the end of it."""
    process = subprocess.Popen(
        [*COMMAND, "compare", "fee_for_service_open", "bundle_flat", "--seeds", "500",
         "--workers", "2", "--share", "0.01", "--out", str(place / "out"), *more],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 120
    while len(workers_of(process)) < 2:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the workers too
    out, err = process.communicate(timeout=60)
    while _somebody_is_left(process.pid):
        assert time.monotonic() < until, "a worker went on"
        time.sleep(0.1)
    return process.returncode, out, err.strip()


def _somebody_is_left(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_stopping_a_comparison_leaves_nothing(place):
    code, out, err = stopped(place)

    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "zorgbundel: Stopped; nothing was written."
    assert names(place) == []


def test_stopping_a_comparison_shows_no_traceback(place):
    _, _, err = stopped(place, "--json")

    last_line(err)
