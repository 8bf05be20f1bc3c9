"""Which small slips can be made in a module, and the function each of them falls in."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).parent.parent.parent

#: Each operator by one or two that give another number; those that cannot work on floats (shifts,
#: bits) would be found without any test, and only flatter the rate.
_ARITHMETIC = {
    "Add": ("Sub",),
    "Sub": ("Add",),
    "Mul": ("Div", "Add"),
    "Div": ("Mul",),
    "FloorDiv": ("Mul",),
    "Mod": ("FloorDiv",),
    "Pow": ("Mul",),
    "BitOr": ("BitAnd",),
    "BitAnd": ("BitOr",),
}
#: The border moved, and the sense turned round.
_COMPARISONS = {
    "Eq": ("NotEq",),
    "NotEq": ("Eq",),
    "Lt": ("LtE", "GtE"),
    "LtE": ("Lt", "Gt"),
    "Gt": ("GtE", "LtE"),
    "GtE": ("Gt", "Lt"),
    "Is": ("IsNot",),
    "IsNot": ("Is",),
}
_OTHERS = (
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "NumberReplacer",
    "ZeroIterationForLoop",
    "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceUnaryOperator_Delete_Not",
)
#: No slip at all: whoever "finds" it is a judge gone wrong.
CONTROL = "none"
_OPPOSITES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"}


class OppositeBound(Operator):
    """Turn a floor into a ceiling and the other way round: min and max, also NumPy's."""

    def mutation_positions(self, node: parso.tree.NodeOrLeaf) -> Iterator[tuple]:
        if node.type == "name" and node.value in _OPPOSITES and _is_called(node):
            yield (node.start_pos, node.end_pos)

    def mutate(self, node: parso.tree.NodeOrLeaf, index: int) -> parso.tree.NodeOrLeaf:
        node.value = _OPPOSITES[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("min(a, b)", "max(a, b)"),)


def _is_called(name: parso.tree.Leaf) -> bool:
    """Return whether a name is a function that is called here (not a parameter of that name)."""
    following = name.get_next_leaf()
    return following is not None and following.value == "("


@cache
def operators() -> dict[str, Operator]:
    """Return every kind of slip by name."""
    names = [f"ReplaceBinaryOperator_{a}_{b}" for a, to in _ARITHMETIC.items() for b in to]
    names += [f"ReplaceComparisonOperator_{a}_{b}" for a, to in _COMPARISONS.items() for b in to]
    kinds = {name: get_operator(f"core/{name}")() for name in (*names, *_OTHERS)}
    return kinds | {"OppositeBound": OppositeBound()}


@dataclass(frozen=True, order=True)
class Mutant:
    """One slip.

    Attributes:
        module: Path of the module below the root.
        line: Line number of the slip.
        operator: Its kind (``operators``).
        occurrence: Which one of that kind in the module, from 0.
        function: Qualified name of the function it is in; empty for a line run at import.
    """

    module: str
    line: int
    operator: str
    occurrence: int
    function: str

    @property
    def source(self) -> str:
        """The module with the slip in it."""
        if self.operator == CONTROL:
            return original(self.module)
        return mutate_code(original(self.module), operators()[self.operator], self.occurrence)

    @property
    def change(self) -> str:
        """The line before and after."""
        old, new = original(self.module).splitlines(), self.source.splitlines()
        before, after = old[self.line - 1].strip(), new[self.line - 1].strip()
        return f"{before}  ->  {after}"


@cache
def original(module: str) -> str:
    """Return the module as it is."""
    return (ROOT / module).read_text(encoding="utf-8")


def mutants_of(module: str) -> list[Mutant]:
    """Return every slip that can be made in a module."""
    tree = get_ast(original(module))
    out = []
    for name, operator in operators().items():
        places = (place for node in ast_nodes(tree) for place in operator.mutation_positions(node))
        for number, ((line, column), _) in enumerate(places):
            if "typing" not in _statement(tree, line, column):
                out.append(Mutant(module, line, name, number, _function(tree, line, column)))
    return sorted(out)


def sample(mutants: list[Mutant], most: int, seed: int) -> list[Mutant]:
    """Return at most so many, drawn without replacement; the same ones for the same seed."""
    if len(mutants) <= most:
        return mutants
    return sorted(random.Random(seed).sample(mutants, most))


def _statement(tree: parso.tree.NodeOrLeaf, line: int, column: int) -> str:
    leaf = tree.get_leaf_for_position((line, column), include_prefixes=True)
    node = parso.python.tree.search_ancestor(leaf, "annassign") if leaf else None
    # ``x: Literal[0, 1]`` and the like say what is allowed, and are judged by pydantic.
    return "typing" if node is not None and node.children[1].end_pos > leaf.start_pos else ""


def _function(tree: parso.tree.NodeOrLeaf, line: int, column: int) -> str:
    """Return the outermost function around a place, or nothing if it is run at import."""
    node = tree.get_leaf_for_position((line, column), include_prefixes=True)
    names: list[str] = []
    inside = False
    while node is not None:
        above = node.parent
        if above is not None and above.type in ("funcdef", "classdef"):
            in_body = node is above.children[-1]
            if above.type == "funcdef" and in_body:
                names, inside = [above.name.value], True
            elif above.type == "classdef" and in_body and inside:
                names.insert(0, above.name.value)
        node = above
    return ".".join(names) if inside else ""


def code_of(source: str, module: str, function: str) -> CodeType:
    """Return the compiled body of one function of a module."""
    code = compile(source, str(ROOT / module), "exec")
    for name in function.split("."):
        code = next(
            one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name
        )
    return code
