"""That something is wrong with a scenario or a lesson: while it is checked, and as one line."""

from typing import Any

from pydantic_core import PydanticCustomError


class ScenarioError(ValueError):
    """A scenario file, name or setting is wrong; the message is one line."""

    def __init__(self, message: str) -> None:
        """Keep the message on one line, whatever stood in the file."""
        shown = "".join(letter if letter.isprintable() else " " for letter in message)
        super().__init__(" ".join(shown.split()))


def complaint(text: str, *keys: str | int) -> PydanticCustomError:
    """Return a validation error that remembers which keys it is about."""
    # Passed as a field, because pydantic would read braces in a message as a template.
    context: dict[str, Any] = {"keys": keys, "text": text}
    return PydanticCustomError("complaint", "{text}", context)
