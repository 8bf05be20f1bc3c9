"""What the program rests on: licences of the locked packages, and whether a hole in one is known.

``python -m experiments.dependencies licences`` writes ``docs/licences.md`` anew and
``python -m experiments.dependencies audit FILE`` says in words what pip-audit found; ``make
licences`` and ``make audit`` call them.
"""

import importlib.metadata
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
TABLE = ROOT / "docs" / "licences.md"

#: Licences that may be combined with the EUPL 1.2: permissive ones, and weak copyleft on files.
COMPATIBLE = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LLVM-exception",
    "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip

#: Other licences, and why the package may be used all the same.
SPECIAL = {
    "platypus-opt": (
        "GPL-3.0",
        "comes with ema_workbench, which imports it for optimisation; this program does not use "
        "it. The EUPL names GPL 3 as compatible: who distributes both together may do so under "
        "GPL 3",
    ),
    "yattag": (
        "LGPL",
        "comes with cosmic-ray, which developers use for mutation testing; no part of the program",
    ),
}

#: Licences that the metadata do not say, or of packages that only other systems install.
BY_HAND = {
    "appnope": "BSD-2-Clause", "axe-playwright-python": "MIT", "beniget": "BSD-3-Clause",
    "cffi": "MIT", "colorama": "BSD-3-Clause", "gast": "BSD-3-Clause", "ply": "BSD-3-Clause",
    "pycparser": "BSD-3-Clause", "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pythran": "BSD-3-Clause", "setuptools": "MIT",
}  # fmt: skip

#: Names in metadata that are no SPDX names; the longest that fits counts.
_SPDX = {
    "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause", "BSD License": "BSD", "ISC License": "ISC",
    "MIT License": "MIT", "The MIT License": "MIT",
    "Mozilla Public License 2.0": "MPL-2.0", "Python Software Foundation License": "PSF-2.0",
}  # fmt: skip


def locked(lock: Path = LOCK) -> dict[str, str]:
    """Return the version of every locked package, by name."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", line) for line in lines)
    return {one[1]: one[2] for one in found if one}


def licence(name: str) -> str:
    """Return the licence of a package, in SPDX names, from its metadata.

    Raises:
        LookupError: Nobody says which licence it has.
    """
    if name in SPECIAL:
        return SPECIAL[name][0]
    if name in BY_HAND:
        return BY_HAND[name]
    about = importlib.metadata.metadata(name)
    expression = about.get("License-Expression")
    if expression:
        return str(expression)
    text = str(about.get("License") or "")
    if len(text) < 40 and set(parts(text)) <= COMPATIBLE and text:
        return text
    classifiers = about.get_all("Classifier") or []
    said = [one for one in classifiers if one.startswith("License ::")] + [text]
    for one in said:
        for words, spdx in _SPDX.items():
            if words in one:
                return spdx
    raise LookupError(f"the metadata of {name} name no licence; add it to BY_HAND")


def parts(expression: str) -> list[str]:
    """Return the licences in an SPDX expression."""
    return [one for one in re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", expression) if one.strip()]


def table() -> str:
    """Return ``docs/licences.md``."""
    rows = [f"| {name} | {licence(name)} |" for name in sorted(locked())]
    notes = [f"- **{name}** ({spdx}) {why}." for name, (spdx, why) in sorted(SPECIAL.items())]
    return "\n".join(
        [
            "# Licences of what the program rests on",
            "",
            "Zorgbundel itself is under the EUPL 1.2 (`LICENSE`). These are the packages of "
            "`requirements.lock`,",
            "those for development included, with the licence that their metadata state. Made by "
            "`make licences`;",
            "a test fails when it is no longer that of the lock, or when a licence is none of: "
            f"{', '.join(sorted(COMPATIBLE))}.",
            "",
            *notes,
            "",
            "| Package | Licence |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def audit_in_words(report: Path) -> tuple[str, bool]:
    """Return what pip-audit found, in words, and whether all is well.

    A package that the register of holes could not be asked about is not called safe.
    """
    try:
        packages = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError):
        return "The register of known holes could not be reached: nothing was audited.", False
    asked = [one for one in packages if "skip_reason" not in one]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}" for one in asked for hole in one["vulns"]
    ]
    said = [f"{len(asked)} of {len(packages)} packages audited, {len(holes)} known holes."]
    if not asked:
        said = [f"NOTHING WAS AUDITED: of none of the {len(packages)} packages holes were told."]
    if len(asked) < len(packages):
        said.append(
            f"Not audited: {len(packages) - len(asked)} that the register does not know (a mirror "
            "of packages, or a network without internet). Where pypi.org cannot be reached, a copy "
            "of the OSV register can be asked: make audit AUDIT='-s osv --osv-url https://COPY'."
        )
    return "\n".join([*said, *holes]), not holes and bool(asked)


def main(arguments: list[str]) -> int:
    """Do what is asked; return the exit code."""
    if arguments[:1] == ["licences"]:
        TABLE.write_text(table(), encoding="utf-8")
        return 0
    said, well = audit_in_words(Path(arguments[1]))
    print(said)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
