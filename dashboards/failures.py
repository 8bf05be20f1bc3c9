"""Why a side job failed: one of a few reasons that have words in both languages.

What the program itself says of an error is English and written for the command line; it goes to the
log. Visitors read ``side.failed.REASON`` of the text files, with a code to report.
"""

import errno
from enum import StrEnum


class Reason(StrEnum):
    """Why a side job failed."""

    SETTINGS = "settings"
    SPACE = "space"
    STORE = "store"
    MEMORY = "memory"
    DIED = "died"
    UNEXPECTED = "unexpected"


def reason_of(error: BaseException) -> Reason:
    """Return why something failed, seen from the error and those it came from."""
    from experiments.output import OutputError
    from model.parameters import ParameterError
    from scenarios.complaint import ScenarioError

    chain = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(before)
    if any(isinstance(one, MemoryError) for one in chain):
        return Reason.MEMORY
    full = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
    if any(isinstance(one, OSError) and one.errno in full for one in chain):
        return Reason.SPACE
    if isinstance(error, ScenarioError | ParameterError):
        return Reason.SETTINGS
    return Reason.STORE if isinstance(error, OutputError) else Reason.UNEXPECTED
