"""The ordered month as text."""

from model.schedule import MONTH


def month_table() -> str:
    """Return the phases of the month, numbered, one a line."""
    width = max(len(phase.name) for phase in MONTH)
    return "\n".join(
        f"{number:2d}. {phase.name:<{width}}  {phase.does}"
        for number, phase in enumerate(MONTH, start=1)
    )
