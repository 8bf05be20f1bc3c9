"""Files from anywhere, read safely: ordinary ones, of a size a person can have meant, as text.

Every reader of the program that takes a file from outside goes through here (YAML:
``model.parameters.located_yaml``; JSON and tables: ``experiments.safe_files``), so a file that
would fill the memory or keep the program waiting for ever is refused in one place.
"""

import os
import stat
from pathlib import Path

_LONGEST_SHOWN = 60
_READ_AT_ONCE = 1_000_000


class UnreadableError(ValueError):
    """A file cannot be read; the message says why, without the name of the file."""


def read_bytes(path: Path, most: int) -> bytes:
    """Return the contents of an ordinary file of at most so many bytes.

    Raises:
        UnreadableError: It is missing, no ordinary file (a device or pipe would keep us waiting for
            ever), or larger.
    """
    try:
        # Not blocking, because opening a pipe that nobody writes to would wait.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise UnreadableError(f"the file cannot be read ({reason})") from None
    except ValueError:  # a null byte in the name
        raise UnreadableError("this cannot be the name of a file") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError("the file cannot be read (it is no ordinary file)")
    with os.fdopen(handle, "rb") as file:
        parts, size = [], 0
        try:
            while size <= most and (part := file.read(min(_READ_AT_ONCE, most + 1 - size))):
                parts.append(part)
                size += len(part)
        except OSError as error:
            raise UnreadableError(f"the file cannot be read ({error.strerror})") from None
    if size > most:
        raise UnreadableError(f"the file is too large (more than {most / 1e6:g} MB)")
    return b"".join(parts)


def one_line(text: str) -> str:
    """Return a text fit to print as one line, whatever stood in the file that it quotes."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())


def short(text: object) -> str:
    """Return a text, cut off where it would make a sentence unreadable."""
    if isinstance(text, int) and not isinstance(text, bool) and abs(text) > 10**_LONGEST_SHOWN:
        return "a number of very many digits"  # Python refuses to write the longest
    said = str(text)
    return said if len(said) <= _LONGEST_SHOWN else said[: _LONGEST_SHOWN - 3] + "..."
