"""A CSV beside a table is a copy of it, or is refused."""

import pandas as pd
import pytest

from experiments.csv_copies import check_copies
from experiments.output import OutputError, csv_text

TABLE = pd.DataFrame({"group": ["65_to_74", "75_plus"], "value": [1.25, float("nan")], "n": [3, 4]})


@pytest.fixture
def copy(tmp_path):
    TABLE.to_parquet(tmp_path / "effects.parquet")
    path = tmp_path / "effects.csv"
    path.write_text(csv_text(TABLE), encoding="utf-8", newline="")
    return path


def test_a_copy_is_sound_also_with_the_line_ends_of_windows(copy):
    check_copies(copy.parent)
    copy.write_bytes(copy.read_bytes().replace(b"\n", b"\r\n"))
    check_copies(copy.parent)


@pytest.mark.parametrize(
    ("old", "new"), [(b"65_to", b"95_to"), (b"1.25", b"1.250001"), (b"75_plus", b""), (b",4", b"")]
)
def test_a_change_is_named(copy, old, new):
    text = copy.read_bytes()
    assert old in text
    copy.write_bytes(text.replace(old, new))
    with pytest.raises(OutputError, match=r"effects\.csv was changed after it was written"):
        check_copies(copy.parent)


def test_a_file_of_nobody_is_left_alone_and_what_cannot_be_read_is_named(copy):
    (copy.parent / "mine.csv").write_text("of nobody")  # no table beside it
    check_copies(copy.parent)
    copy.unlink()
    check_copies(copy.parent)
    copy.mkdir()
    with pytest.raises(OutputError, match=r"effects\.csv"):
        check_copies(copy.parent)
