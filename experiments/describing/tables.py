"""Tables and lists of the description, in Markdown, made from declarations and code."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import get_args

from experiments.describing import code
from model.outcomes import MEASURES, SPLITS
from model.panel import WATCHED
from model.parameters import Parameter, load_registry
from model.schedule import MONTH
from model.state import TABLES, Column

#: What a parameter file is about, in the order in which a reader would ask.
GROUPS = {
    "People and disease": (
        "population", "population_declared", "disease", "disease_declared", "health_status",
        "effects",
    ),
    "Care: guideline, need, entitlement": (
        "guideline", "therapy_declared", "physiotherapy", "entitlement", "session_modes",
    ),
    "Patients: seeking, choosing, staying": ("access_declared", "patients", "insurance"),
    "Practices and therapists": (
        "practices", "practices_declared", "careers", "behaviour", "behaviour_declared",
        "theories", "learning_declared", "upcoding", "joining",
    ),
    "Money, contracts and safeguards": (
        "tariffs", "bundle", "contract_declared", "contract_terms", "coordination", "costs",
        "kpi", "kpi_behaviour", "audits",
    ),
    "Insurers, regulator, budget, outcomes": (
        "insurers", "purchasing", "budget", "regulator", "outcome_measures",
        "calibration_targets",
    ),
}  # fmt: skip


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; bars inside a cell are kept from ending it."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = (" ".join(str(cell).replace("|", "\\|").split()) for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


# --- state


def state_of(name: str) -> str:
    """Return the columns of one table of the state."""
    columns: Sequence[Column] = TABLES[name][1]
    return table(
        ("Column", "Meaning", "Unit or values", "Stored as"),
        ((f"`{c.name}`", c.meaning, c.unit, f"`{c.dtype}`") for c in columns),
    )


# --- the month


def month() -> str:
    """Return the ordered month, with the file of each phase."""
    rows = []
    for number, phase in enumerate(MONTH, start=1):
        file = phase.run.__module__.replace(".", "/") + ".py"
        when = "every month" if phase.calendar_month is None else _CALENDAR[phase.calendar_month]
        does = re.sub(r"^(January|December): ", "", phase.does)
        rows.append((number, phase.name, when, does, f"`{file}`"))
    return table(("", "Phase", "When", "What happens", "File"), rows)


_CALENDAR = {1: "January", 12: "December"}


def processes() -> str:
    """Return which rules each file of the month calls."""
    rows = []
    for file in code.trees():
        if not file.startswith("model/month/") or file.endswith("__init__.py"):
            continue
        rules = [one.split(":")[1] for one in code.rules_called(file)]
        rows.append((f"`{file}`", code.title_of(file), ", ".join(f"`{one}`" for one in rules)))
    return table(("File", "Process", "Rules it calls"), rows)


# --- rules


def rules_of(*starts: str) -> Callable[[], str]:
    """Return a maker of the table of rules in files that start with one of some texts."""

    def made() -> str:
        rows = [
            (f"`{rule.name}`", _in_brief(rule), f"[{rule.file}](RULES.md#{anchor(rule.file)})")
            for rule in code.rules()
            if rule.file.startswith(starts)
        ]
        return table(("Rule", "What it returns, and its equation", "File, in full"), rows)

    return made


def _in_brief(rule: code.Rule) -> str:
    """Return a rule's docstring without arguments, and its code if that holds the equation."""
    text = rule.says.split("\n\nArgs:")[0].split("\n\nReturns:")[0]
    text = " ".join(text.replace("``", "`").split()).removeprefix("Return ")
    told = _plain(text[:1].upper() + text[1:])
    return told if "=" in told or not rule.formula else f"{told} `{rule.formula}`"


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets on the page."""
    return re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")


def all_rules() -> str:
    """Return every rule with its arguments and its whole docstring, by file."""
    out = []
    for file, each in groupby(code.rules(), key=lambda rule: rule.file):
        out += [f"## {file}", "", code.title_of(file) + ".", ""]
        for rule in each:
            out += [f"### {rule.name}", "", f"`{rule.name}({', '.join(rule.arguments)})`", ""]
            out += [_docstring(rule.says), ""]
            if rule.formula:
                out += [f"As code: `{rule.formula}`", ""]
    return "\n".join(out).rstrip()


def _docstring(text: str) -> str:
    """Return a docstring as Markdown: arguments and results as lists."""
    lines, listed = [], False
    for line in text.replace("``", "`").split("\n"):
        if line in ("Args:", "Returns:", "Source:", "Raises:"):
            listed = line == "Args:"
            lines += [f"*{line}*", ""]
        elif listed and re.match(r"    [\w, ]+: ", line):
            name, meaning = line.strip().split(": ", 1)
            lines.append(f"- `{name}`: {_plain(meaning)}")
        elif not line.startswith(" ") and line:
            listed = False
            lines.append(_plain(line))
        else:
            lines.append(("  " if listed else "") + _plain(line.strip()) if line else "")
    return "\n".join(lines)


def _plain(line: str) -> str:
    """Keep products and powers from being read as emphasis, and < from opening a tag."""
    parts = line.split("`")
    parts[::2] = [part.replace("*", "\\*").replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


def theories() -> str:
    """Return every theory of behaviour: its file and hypothesis."""
    from model.codes import THEORIES

    rows = []
    for name in THEORIES:
        file = f"agents/behaviours/{name}.py"
        below = code.hypothesis_of(file)
        said = below.split("\n\n")[0].removeprefix("Hypothesis: ")
        rows.append((f"`{name}`", code.title_of(file), said.replace("``", "`"), f"`{file}`"))
    return table(("Theory", "In a sentence", "Hypothesis", "File"), rows)


def clauses() -> str:
    """Return every clause that a contract can have."""
    from model.contracts.contract import AnyClause

    rows = []
    for kind in get_args(get_args(AnyClause)[0]):
        file = kind.__module__.replace(".", "/") + ".py"
        first = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        rows.append(
            (f"`{get_args(kind.model_fields['clause'].annotation)[0]}`", first, f"`{file}`")
        )
    return table(("Clause", "What it agrees", "File"), rows)


# --- parameters


def group_of(parameter: Parameter) -> str:
    """Return the group of a parameter, by its file."""
    stem = parameter.file.removesuffix(".yaml")
    return next(group for group, files in GROUPS.items() if stem in files)


def parameter_counts() -> str:
    """Return how many parameters each group has, by role and by evidence."""
    every = load_registry().all()
    rows = []
    for group in (*GROUPS, "All"):
        found = [p for p in every if group in ("All", group_of(p))]
        roles = [sum(p.role == role for p in found) for role in _ROLES]
        assumed = sum(p.grade == "A" for p in found)
        link = group if group == "All" else f"[{group}](PARAMETERS.md#{anchor(group)})"
        rows.append((link, len(found), *roles, assumed))
    return table(("Group", "Parameters", *(f"{role}" for role in _ROLES), "graded A"), rows)


_ROLES = ("fact", "uncertainty", "lever", "target")


def all_parameters() -> str:
    """Return every parameter with value, range, unit, evidence and source, by group and file."""
    every = load_registry().all()
    out = []
    for group, files in GROUPS.items():
        out += [f"## {group}", ""]
        for stem in files:
            found = [p for p in every if p.file == f"{stem}.yaml"]
            rows = [
                (f"`{p.name}`", p.label.en, f"{p.value:.10g}", _range(p), p.unit, p.role, p.grade,
                 p.source)
                for p in found
            ]  # fmt: skip
            heads = ("Name", "Label", "Value", "Range", "Unit", "Role", "Grade", "Source")
            out += [f"### parameters/{stem}.yaml", "", table(heads, rows), ""]
    return "\n".join(out).rstrip()


def _range(p: Parameter) -> str:
    return "" if p.low is None or p.high is None else f"{p.low:g} to {p.high:g}, {p.distribution}"


# --- measures, luck, observation


def measures() -> str:
    """Return every outcome measure with its formula."""
    rows = [(f"`{m.id}`", m.explains_en, m.unit, m.better, f"`{m.formula}`") for m in MEASURES]
    return table(("Measure", "What it is", "Unit", "Better", "Formula"), rows)


def targets() -> str:
    """Return the facts that fee per session must reproduce, and which of them were fitted."""
    from experiments.calibration import TARGETS

    rows = []
    for one in TARGETS:
        p = load_registry()[one.parameter]
        band = f"{p.value:.5g} ({p.low:g} to {p.high:g})"
        rows.append((p.label.en, band, p.unit, "fitted" if one.fitted else "checked", p.source))
    return table(("Fact", "Value (range)", "Unit", "Used", "Source"), rows)


def splits() -> str:
    """Return how results are split."""
    return table(("Split", "Groups"), ((f"`{key}`", en) for key, (en, _) in SPLITS.items()))


def indicators() -> str:
    """Return what the regulator watches."""
    rows = [
        (f"`{w.id}`", w.en, w.unit, w.better, f"`{w.margin}`" if w.margin else "no verdict")
        for w in WATCHED
    ]
    return table(("Indicator", "What it is", "Unit", "Better", "Margin of the verdict"), rows)


def streams() -> str:
    """Return every decision with a stream of luck of its own, by the file that draws it."""
    rows = []
    for file, each in groupby(code.streams(), key=lambda one: one[1]):
        rows.append((f"`{file}`", ", ".join(sorted(name for name, _ in each))))
    return table(("File", "Decisions"), rows)


#: Generated parts by name, and how each is made.
PARTS: dict[str, Callable[[], str]] = {
    **{f"state {name}": (lambda name=name: state_of(name)) for name in TABLES},
    "month": month,
    "processes": processes,
    "rules patients": rules_of("agents/seeking", "agents/attending", "agents/patient"),
    "rules therapists": rules_of(
        "agents/behaviours", "agents/measuring", "agents/peers", "agents/learning",
        "agents/career", "agents/drives", "agents/therapist",
    ),
    "rules contracts and regulator": rules_of(
        "agents/joining", "agents/insurer", "agents/regulator", "agents/practice"
    ),
    "rules disease and training": rules_of("model/disease", "model/physiotherapy"),
    "rules care": rules_of(
        "model/entitlement", "model/month", "model/intakes", "model/register", "model/indicators",
    ),
    "rules money": rules_of(
        "model/contracts", "model/risk_equalisation", "model/share_out", "model/coordination",
        "model/expectations", "model/estimates", "model/books",
    ),
    "rules luck": rules_of("model/randomness"),
    "all rules": all_rules,
    "theories": theories,
    "clauses": clauses,
    "parameter counts": parameter_counts,
    "all parameters": all_parameters,
    "measures": measures,
    "targets": targets,
    "splits": splits,
    "indicators": indicators,
    "streams": streams,
}  # fmt: skip
