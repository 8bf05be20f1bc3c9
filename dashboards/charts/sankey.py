"""Flows of money in columns: who pays, from which framework, for what, and to whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import palette
from dashboards.charts.svg import Form, Sheet


@dataclass(frozen=True)
class Flow:
    """One flow through all columns.

    Attributes:
        places: Name of its node in each column.
        amount: How much; not below zero.
        colour: Of its ribbon.
    """

    places: tuple[str, ...]
    amount: float
    colour: str


#: Height of all money together, least room between nodes, and width of a node, pixels.
TALL, ROOM, NODE = 300.0, 9.0, 10.0


def node_totals(flows: Sequence[Flow], column: int) -> dict[str, float]:
    """Return what passes through each node of a column, in order of first appearance."""
    sums: dict[str, float] = defaultdict(float)
    for flow in flows:
        sums[flow.places[column]] += flow.amount
    return dict(sums)


def link_totals(flows: Sequence[Flow], column: int) -> dict[tuple[str, str], float]:
    """Return what passes between each pair of nodes of a column and the next."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for flow in flows:
        sums[flow.places[column], flow.places[column + 1]] += flow.amount
    return dict(sums)


def sankey(flows: Sequence[Flow], heads: Sequence[str], form: Form, width: float) -> str:
    """Return flows as SVG: ribbons as thick as the amounts, names and amounts at the nodes."""
    columns = len(heads)
    total = sum(flow.amount for flow in flows) or 1.0
    thick = TALL / total
    nodes = [
        dict(sorted(node_totals(flows, k).items(), key=lambda item: -item[1]))
        for k in range(columns)
    ]
    # Small nodes still need a line of text each.
    room = [max(ROOM, 0.0) for _ in nodes]
    heights = [
        sum(max(26.0, amount * thick) + room[k] for amount in nodes[k].values())
        for k in range(columns)
    ]
    sheet = Sheet(width, max(heights) + 34.0)
    span = (width - 150.0) / (columns - 1)
    left = [k * span for k in range(columns)]
    tops: list[dict[str, float]] = []
    for k in range(columns):
        y, places = 30.0, {}
        for name, amount in nodes[k].items():
            places[name] = y
            y += max(26.0, amount * thick) + room[k]
        tops.append(places)
        sheet.text(left[k], 14, heads[k], bold=True)
    out = [dict(places) for places in tops]
    into = [dict(places) for places in tops]
    for k in range(columns - 1):
        ordered = sorted(
            flows, key=lambda flow: (tops[k][flow.places[k]], tops[k + 1][flow.places[k + 1]])
        )
        for flow in ordered:
            a, b = flow.places[k], flow.places[k + 1]
            h = flow.amount * thick
            _ribbon(sheet, left[k] + NODE, out[k][a], left[k + 1], into[k + 1][b], h, flow.colour)
            out[k][a] += h
            into[k + 1][b] += h
    for k in range(columns):
        for name, y in tops[k].items():
            amount = nodes[k][name]
            high = max(1.0, amount * thick)
            sheet.bar(left[k], left[k] + NODE, y + high / 2, high, palette.PRIMARY)
            sheet.text(left[k] + NODE + 4, y + 11, name, size=12, halo=True)
            sheet.text(left[k] + NODE + 4, y + 24, form(amount), colour=palette.SECONDARY, size=12,
                       halo=True)  # fmt: skip
    return sheet.done()


def _ribbon(sheet, x1: float, y1: float, x2: float, y2: float, h: float, colour: str) -> None:
    """Draw a ribbon as a curve of many short pieces."""
    steps = 16
    upper, lower = [], []
    for k in range(steps + 1):
        part = k / steps
        smooth = part * part * (3.0 - 2.0 * part)
        x, y = x1 + part * (x2 - x1), y1 + smooth * (y2 - y1)
        upper.append((x, y))
        lower.append((x, y + max(h, 0.6)))
    sheet.area([*upper, *reversed(lower)], palette.over_white(colour, 0.35))
