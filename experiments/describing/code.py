"""What the code says about itself: rules with their docstrings, and streams of luck by name."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("agents", "model")


@dataclass(frozen=True)
class Rule:
    """One decision or process rule.

    Attributes:
        file: Path from the top of the program.
        name: Name of the function.
        arguments: Names of its arguments.
        says: Its docstring: equation, units and source.
        formula: What it returns, as code, if that is all it does; else empty.
    """

    file: str
    name: str
    arguments: tuple[str, ...]
    says: str
    formula: str


@cache
def trees() -> dict[str, ast.Module]:
    """Return the parsed files of model and agents, by path."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return {p.relative_to(ROOT).as_posix(): ast.parse(p.read_text("utf-8")) for p in paths}


def title_of(file: str) -> str:
    """Return the first line of a file's docstring, without its full stop."""
    return (ast.get_docstring(trees()[file]) or "").split("\n")[0].rstrip(".").replace("``", "`")


def hypothesis_of(file: str) -> str:
    """Return the docstring of a file below its first line."""
    return "\n".join((ast.get_docstring(trees()[file]) or "").split("\n")[1:]).strip()


@cache
def rules() -> tuple[Rule, ...]:
    """Return every public rule of agents and model, by file and line."""
    found = []
    for file, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and _is_rule(node) and node.name[0] != "_":
                arguments = tuple(one.arg for one in node.args.args)
                says = ast.get_docstring(node) or ""
                found.append(Rule(file, node.name, arguments, says, _formula(node)))
    return tuple(found)


def _formula(node: ast.FunctionDef) -> str:
    """Return the expression of a function that does nothing but return it."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value:
        return ast.unparse(body[0].value)
    return ""


def _is_rule(node: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "rule" for one in node.decorator_list)


def rules_called(file: str) -> tuple[str, ...]:
    """Return the rules that a file names, as "file:rule", in the order of the rules."""
    imported = {}
    for node in ast.walk(trees()[file]):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                imported[one.asname or one.name] = (node.module.replace(".", "/"), one.name)
    own = {rule.name for rule in rules() if rule.file == file}
    used = set()
    for node in ast.walk(trees()[file]):
        if isinstance(node, ast.Name) and node.id in imported:
            module, name = imported[node.id]
            used.add((f"{module}.py", name))
        elif isinstance(node, ast.Name) and node.id in own:
            used.add((file, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, name = imported.get(node.value.id, ("", ""))
            used.add((f"{module}/{name}.py", node.attr))
    return tuple(f"{rule.file}:{rule.name}" for rule in rules() if (rule.file, rule.name) in used)


# --- streams


@cache
def streams() -> tuple[tuple[str, str], ...]:
    """Return every decision with luck of its own: name and file, in order of file.

    A name that is put together while the model runs is followed to the texts it is made of; what
    cannot be followed (a number) is shown as "...".
    """
    found = []
    for file, tree in trees().items():
        if file == "model/randomness.py":
            continue
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) == "stream" and len(node.args) > 1:
                found += [(name, file) for name in _texts(node.args[1], node, tree, parents)]
    return tuple(dict.fromkeys(found))


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _texts(value: ast.expr, place: ast.AST, tree: ast.AST, parents: dict) -> list[str]:
    """Return every text that an expression can be."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.JoinedStr):
        out = [""]
        for part in value.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            ends = _texts(inner, place, tree, parents)
            out = [start + end for start in out for end in ends]
        return out
    if isinstance(value, ast.Name):
        return list(_of_variable(value.id, place, tree, parents)) or ["..."]
    if isinstance(value, ast.Call) and ast.unparse(value.func).endswith(".rstrip"):
        # A field that would be a word of Python ends in "_".
        return [text.rstrip("_") for text in _texts(value.func.value, place, tree, parents)]
    return ["..."]


def _fields(name: str, tree: ast.AST) -> list[str]:
    """Return the fields of a named tuple of this module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "namedtuple":
            kind, fields = (one.value for one in node.args)
            if kind == name:
                return str(fields).split()
    return []


def _of_variable(name: str, place: ast.AST, tree: ast.AST, parents: dict) -> Iterator[str]:
    """Yield the texts of a variable: of the loop it runs in, or of the calls that fill it in."""
    node = place
    while node in parents:
        node = parents[node]
        for loop in getattr(node, "generators", ()):
            if isinstance(loop.target, ast.Name) and loop.target.id == name:
                if isinstance(loop.iter, ast.Tuple | ast.List):
                    yield from (str(one.value) for one in loop.iter.elts)
                if isinstance(loop.iter, ast.Attribute) and loop.iter.attr == "_fields":
                    yield from _fields(ast.unparse(loop.iter.value), tree)
                return
        if isinstance(node, ast.FunctionDef):
            arguments = [one.arg for one in node.args.args]
            if name in arguments:
                which = arguments.index(name)
                for call in ast.walk(tree):
                    if isinstance(call, ast.Call) and _called(call) == node.name:
                        yield from _texts(call.args[which], call, tree, parents)
                return
