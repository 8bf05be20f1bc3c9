"""Versions: of the program, and of the packages that can change a number or a figure."""

import importlib.metadata

#: Packages whose version can change a number or the look of a result.
PACKAGES = (
    "mesa", "numpy", "numba", "scipy", "statsmodels", "pandas", "pyarrow", "pydantic", "matplotlib",
)  # fmt: skip


def version() -> str:
    """Return the version of the program."""
    return importlib.metadata.version("zorgbundel")
