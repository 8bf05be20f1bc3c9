"""What scenario files and lessons are made of: words, names, shares and numbers.

Light on purpose: reading a lesson loads nothing of the model (the server of the dashboard does).
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scenarios.complaint import complaint


def _paragraph(text: str) -> str:
    """Return the text as one paragraph, fit to print on any screen."""
    joined = " ".join(text.split())
    if not joined:
        raise complaint("must be text that is not empty")
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in joined):
        raise complaint("has a control character in it")  # could steer a terminal
    return joined


Paragraph = Annotated[str, Field(strict=True, max_length=2000), AfterValidator(_paragraph)]
Name = Annotated[str, Field(strict=True, max_length=300), AfterValidator(_paragraph)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
PracticeNumber = Annotated[int, Field(strict=True, ge=0)]


class Part(BaseModel):
    """A frozen piece of a file that refuses keys nobody declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BothLanguages(Part):
    """The same paragraph in English and in Dutch.

    Attributes:
        en: In English.
        nl: In Dutch.
    """

    en: Paragraph
    nl: Paragraph
