"""Reads what was sent out about the checks of a test. Nothing here trusts it: what is no record is refused.

A record says which check was made and what came. The records of the reference, whose tests hold their answers, also say
what was asked for: they are the answer key. That part of a submission's records is not looked at.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

LARGEST = 8 << 20  # characters of one test's records
_MOST = 2000  # records of one test
_TEXT = 20_000
_DEPTH = 30
_NUMERIC = re.compile(r"[<>|=][biufc]\d{1,2}")
_CONSTANTS = {"NotImplemented": NotImplemented, "Ellipsis": Ellipsis}
_SEVERAL = {"list": list, "tuple": tuple, "set": frozenset, "frozenset": frozenset}
_KINDS = {"equal", "same", "unchanged", "is_a", "true", "raises", "error", "end"}


class Malformed(Exception):
    """What came is no record."""


@dataclass(frozen=True)
class Record:
    """What came of one check."""

    kind: str
    value: Any = None
    before: Any = None  # of what has to stay unchanged
    names: tuple[str, ...] = ()  # of the value's type and its bases, or of the error's
    raised: bool = False
    says: str = ""  # the error's message
    frames: tuple[tuple[str, int, str], ...] = ()  # function, line and its text, from the test inwards
    slip: bool = False  # `raise NotImplementedError` where a return may be meant
    undefined: str = ""  # the name of a NameError


@dataclass(frozen=True)
class Asked:
    """A record of the reference: what is right, and what a card says about it."""

    right: Record
    hidden: bool = False
    told: dict[str, Any] = field(default_factory=dict)


def read(text: str) -> list[Record]:
    """The records that one block of checks of a submission sent. Raises Malformed."""
    return [_record(item) for item in _items(text)]


@lru_cache(maxsize=200)
def read_key(texts: tuple[str, ...]) -> tuple[Asked, ...]:
    """The same of the reference, of all blocks of a test, with what they asked for."""
    found = []
    for item in (item for text in texts for item in _items(text)):
        told = dict(item["told"])
        if "expected" in told:
            told["expected"] = value_of(told["expected"])
        found.append(Asked(_record(item), bool(told.pop("hidden")), told))
    return tuple(found)


def _items(text: str) -> list[Any]:
    if len(text) > LARGEST:
        raise Malformed("too much")
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if len(_as(list, items)) > _MOST:
        raise Malformed("too many")
    return items


def _record(item: Any) -> Record:
    kind, came = _as(dict, item).get("kind"), _as(dict, item.get("came"))
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Malformed("of no known kind")
    names = _as(list, came.get("raised", came.get("is", [])))
    return Record(
        kind,
        value=value_of(came.get("value")),
        before=value_of(came.get("before")),
        names=tuple(_text(name) for name in names[:30]),
        raised="raised" in came,
        says=_text(came.get("says", "")),
        frames=tuple(map(_frame, _as(list, came.get("frames", []))[:20])),
        slip=came.get("slip") is True,
        undefined=_text(came.get("undefined") or ""),
    )


def _frame(item: Any) -> tuple[str, int, str]:
    if len(_as(list, item)) != 3 or type(item[1]) is not int:
        raise Malformed("no frame")
    return _text(item[0]), item[1], _text(item[2])


def value_of(item: Any, depth: int = 0) -> Any:
    """A value as it was, objects as `Stranger`."""
    if item is None or isinstance(item, bool):
        return item
    if depth > _DEPTH or not isinstance(item, list) or not item or not isinstance(item[0], str):
        raise Malformed("no value")
    kind, *parts = item
    try:
        if kind in _SEVERAL:
            own, items = parts
            whole = _SEVERAL[kind] if not own else _stranger(_text(own), _SEVERAL[kind])
            return whole([value_of(each, depth + 1) for each in _as(list, items)])
        if kind == "dict":
            return {value_of(key, depth + 1): value_of(each, depth + 1) for key, each in _as(list, parts[0])}
        if kind == "slice":
            return slice(*(value_of(part, depth + 1) for part in parts))
        return _simple(kind, *parts)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, MemoryError):
        raise Malformed(f"no {kind[:20]}") from None


def _simple(kind: str, *parts: Any) -> Any:
    if kind == "str":
        return _text(parts[0])
    if kind == "bytes":
        return bytes.fromhex(_as(str, parts[0])[: 2 * _TEXT])
    if kind == "int":
        return int(_text(parts[0]), 16)
    if kind == "float":
        return float.fromhex(_text(parts[0]))
    if kind == "complex":
        return complex(*(float.fromhex(_text(part)) for part in parts))
    if kind == "constant":
        return _CONSTANTS[parts[0]]
    if kind == "array":
        return _array(*parts)
    if kind == "scalar":
        return _array(*parts)[()]
    if kind == "tensor":
        tensor = _stranger(_text(_as(list, parts[0])[0]))()
        tensor.data = _array(*parts[1:])
        return tensor
    if kind == "type":
        return _stranger(_text(parts[0]))
    if kind == "object":
        return _stranger(_text(_as(list, parts[0])[0]))()
    raise Malformed("no value")


def _array(dtype: Any, shape: Any, data: Any) -> np.ndarray:
    sizes = tuple(_as(list, shape))
    if len(sizes) > 32 or not all(type(size) is int and 0 <= size < 1 << 40 for size in sizes):
        raise Malformed("no shape")
    if data is None or not _NUMERIC.fullmatch(_text(dtype)):  # texts and objects, or more than may be sent
        return np.broadcast_to(np.array("?"), sizes)
    whole = np.frombuffer(base64.b64decode(_as(str, data), validate=True), np.dtype(dtype))
    return whole.reshape(sizes)


@lru_cache(maxsize=500)
def _stranger(name: str, base: type = object) -> type:
    """A class that is called like the one in the submission, and is no other."""
    short = name.rpartition(".")[2]
    short = short[:60] if short.isidentifier() else "object"
    return type(short, (base,), {"__repr__": lambda self: f"<{short} object>"} if base is object else {})


def _text(item: Any) -> str:
    """Cut, and without what no file can hold."""
    return _as(str, item)[:_TEXT].encode("utf-8", "replace").decode("utf-8")


def _as(kind: type, item: Any) -> Any:
    if not isinstance(item, kind):
        raise Malformed(f"no {kind.__name__}")
    return item
