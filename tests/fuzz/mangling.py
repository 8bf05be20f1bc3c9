"""Mangling: ways to spoil a file, from a slip of the keyboard to an attack."""

import json
import random
import string
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import yaml


class NoAliases(yaml.SafeDumper):
    """Writes a repeated object in full."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


#: Values that were never meant, for any place.
STRANGE_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 1.5, -0.0, 1e308, -1e308, 1e-320, float("nan"), float("inf"),
    float("-inf"), 10**30, 10**400, -(10**19), 2**63, 2**64, "", " ", "nan", "1e3", "0x1F", "true",
    "2025-13-45", "2025-01-01", "open", "..", "../../etc/passwd", "/etc/passwd", "/dev/zero",
    "/dev/stdin", "~", "C:\\nul", "mine.yaml", "bundle_flat", "bundle_flat.yaml", "flat_bundle",
    "{braces}", "%s%n", "$(id)", "`id`", "; rm -rf /", "\u202e\u200b", "e\u0301", "\ud83d\ude00",
    "\x1b[31mred", "a\nb", "x" * 5_000, "=1+1", [], {}, [[]], {"a": {}}, [1, 2, 3], ["a"] * 50,
    {"en": "a", "nl": "b"}, {"clause": "kpi"}, {"clause": "flat_bundle", "prices": [1e308, 0]},
)  # fmt: skip

STRANGE_KEYS: tuple[Any, ...] = (
    "", " ", "en", "clause", "prices", "set", "value", "low", "kind", "extends", "__class__",
    "__init__", "self", "a.b", "\x1b[0m", "x" * 3_000, 0, -1, 2025, 10**30,
)  # fmt: skip

SNIPPETS: tuple[bytes, ...] = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\r", b"\t", b"\x85", b"\xe2\x80\xa8",
    b"\x1b[2J",
    b"&a ", b"*a", b"<<: *a\n", b"---\n", b"...\n", b"!!python/object/apply:os.system ['id']\n",
    b"!!python/name:os.system ", b"!!binary aGk=\n", b"!!set {x}\n", b"? [a, b]\n: 1\n",
    b"%YAML 9.9\n",
    b"%TAG ! tag:x,2000:\n", b".nan", b".inf", b"-.inf", b"NaN", b"Infinity", b"1e999", b"010",
    b"1:30",
    b"0b11", b"1_000", b"9" * 50, b"9" * 5_000, b"{", b"}", b"[", b"]", b"[[[[", b"{a: {a: ",
    b'"', b"'", b"|\n", b">\n", b": ", b"- ", b", ", b"#", b"@", b"`", b"\xc3\x28", b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80", b"\\u0000", b"\\ud800", b'"\\ud800"', b"../", b"\n  ", b"l.x=1&", b"%00",
    b"%ff",
)  # fmt: skip


def hostile() -> dict[str, bytes]:
    """Return whole files made to harm a reader, by what they are."""
    laughs = "".join(
        f"{name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]\n"
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    return {
        "empty": b"",
        "spaces": b" \n" * 1_000,
        "a billion laughs": f"a: &a [lol]\n{laughs}".encode(),
        "merge keys": b"a: &a {x: 1}\nb: {<<: [*a, *a]}\n",
        "self reference": b"&a a: *a\n",
        "deep lists": b"a: " + b"[" * 100_000,
        "deep sets": b"{a: " * 100_000,
        "deep block": b"".join(b" " * n + b"a:\n" for n in range(900)),
        "deep lists, closed": b"[" * 5_000 + b"]" * 5_000,
        "deep JSON": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        "many keys": b"".join(b"k%d: 1\n" % n for n in range(80_000)),
        "many items": b"a: [" + b"0," * 450_000 + b"0]",
        "many empty lists": b'{"a": [' + b"[]," * 1_600_000 + b"[]]}",
        "many numbers": b'{"a": [' + b"1," * 2_400_000 + b"1]}",
        "a long word": b"a: " + b"x" * 900_000,
        "a long key": b"x" * 900_000 + b": 1",
        "a long number": b"a: " + b"9" * 900_000,
        "a long exponent": b"a: 1e" + b"9" * 100_000,
        "a long fraction": b"a: 0." + b"1" * 500_000,
        "a base 60 number": b"a: 1" + b":59" * 100_000,
        "a number of underscores": b"a: 1" + b"_" * 500_000 + b"x",
        "quotes": b"a: " + b"'" * 600_001,
        "an open quote": b'a: "' + b"x\n" * 300_000,
        "comments": b"#\n" * 450_000,
        "documents": b"--- {a: 1}\n" * 60_000,
        "a huge file": b"a: 1\n" * 1_500_000,
        "UTF-16": "title: x\n".encode("utf-16"),
        "UTF-32": "title: x\n".encode("utf-32"),
        "Latin-1": "title: patiënt\n".encode("latin-1"),
        "a zip": b"PK\x03\x04" + bytes(1_000),
        "a program": b"\x7fELF" + bytes(range(256)),
        "a pickle": b"\x80\x04\x95\x1a" + bytes(7) + b"\x8c\x05posix\x94\x8c\x06system\x94",
        "a Parquet file without contents": b"PAR1\xff\xff\xff\x7fPAR1",
        "one line of commas": b"," * 900_000,
        "many columns": b",".join(b"c%d" % n for n in range(50_000)) + b"\n" + b"1," * 50_000,
        "many rows": b"a\n" + b"1\n" * 900_000,
        "a query of separators": b"&" * 60_000,
        "a query of names": b"with=" + b"x," * 30_000,
        "a query of levers": b"".join(b"l.x%d=1&" % n for n in range(6_000)),
    }  # fmt: skip


def mangled_bytes(raw: bytes, others: Sequence[bytes], luck: random.Random) -> bytes:
    """Return a file with some bytes cut, repeated, changed, moved or put in."""
    for _ in range(luck.randint(1, 4)):
        start = luck.randint(0, len(raw))
        stop = min(len(raw), start + luck.choice((1, 1, 3, 10, 60, 400)))
        piece, head, tail = raw[start:stop], raw[:start], raw[stop:]
        match luck.randrange(11):
            case 0:
                raw = head + tail
            case 1:
                raw = head + piece * luck.choice((2, 2, 3, 40)) + tail
            case 2:
                raw = head + luck.choice(SNIPPETS) + piece + tail
            case 3:
                raw = head + luck.choice(SNIPPETS) + tail
            case 4:
                raw = head + luck.randbytes(stop - start) + tail
            case 5:
                raw = (
                    head + bytes(b ^ (1 << luck.randrange(8)) for b in piece[:2]) + raw[start + 2 :]
                )
            case 6:
                other = luck.choice(others)
                place = luck.randint(0, len(other))
                raw = head + other[place : place + luck.choice((5, 40, 300))] + tail
            case 7:
                raw = head
            case 8:
                raw = raw.replace(b"\n", luck.choice((b"\r\n", b"\r", b"\n\n", b" ", b"\n ")))
            case 9:
                raw = luck.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"--- \n")) + raw
            case 10:
                lines = raw.splitlines(keepends=True) or [b""]
                k = luck.randrange(len(lines))
                lines[k] = luck.choice((lines[k] * 2, luck.choice(lines), b"  " + lines[k], b""))
                raw = b"".join(lines)
    return raw[:200_000]


def mangled_tree(data: Any, luck: random.Random) -> Any:
    """Return nested data with some keys and values deleted, renamed, replaced or added."""
    for _ in range(luck.randint(1, 3)):
        spots = _places(data)
        if not spots:
            return _strange(luck)
        holder, key = luck.choice(spots)
        new = _strange(luck) if luck.random() < 0.8 else _anything(luck, 3)
        match luck.randrange(5):
            case 0 | 1:
                holder[key] = new
            case 2:
                del holder[key]
            case 3 if isinstance(holder, dict):
                holder[luck.choice(STRANGE_KEYS)] = holder.pop(key)
            case _ if isinstance(holder, dict):
                holder[luck.choice(STRANGE_KEYS)] = new
            case _:
                holder.insert(
                    luck.randint(0, len(holder)), luck.choice((new, deepcopy(holder[key])))
                )
    return data


def _strange(luck: random.Random) -> Any:
    """Return a strange value of its own: the next change may be made inside it."""
    return deepcopy(luck.choice(STRANGE_VALUES))


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of nested data."""
    found: list[tuple[Any, Any]] = []
    left = [data]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            keys = one.keys() if isinstance(one, dict) else range(len(one))
            found += [(one, key) for key in keys]
            left += one.values() if isinstance(one, dict) else one
    return found


def _anything(luck: random.Random, depth: int) -> Any:
    """Return nested data of any shape."""
    kind = luck.randrange(6 if depth else 4)
    if kind == 0:
        return _strange(luck)
    if kind == 1:
        return "".join(luck.choices(string.printable, k=luck.randint(0, 12)))
    if kind == 2:
        return luck.uniform(-1e6, 1e6)
    if kind == 3:
        return luck.randint(-5, 5_000)
    inside = [_anything(luck, depth - 1) for _ in range(luck.randint(0, 4))]
    if kind == 4:
        return inside
    return {luck.choice(STRANGE_KEYS): one for one in inside}


def as_yaml(data: Any) -> bytes:
    """Return data as YAML."""
    text = yaml.dump(data, Dumper=NoAliases, allow_unicode=True, sort_keys=False)
    return text.encode(errors="surrogatepass")


def as_json(data: Any) -> bytes:
    """Return data as JSON (with the not-a-numbers that JSON does not have)."""
    return json.dumps(data, default=str).encode()
