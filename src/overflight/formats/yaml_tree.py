"""YAML as a plain tree of texts with their lines: no types, no tags, no anchors, nothing that can grow.

Every scalar stays the text that was written (`613133` and `4E0001` are addresses, `no` is a word). Anchors
and aliases are refused: a few lines of them expand to gigabytes. Keys said twice are refused too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from overflight.errors import InputError

MOST_DEEP = 6  # a claim file needs three levels
_EMPTY = ("", "~", "null")  # plain scalars that mean nothing


class Mistake(InputError):
    """What is wrong at a line of a file, and what would be right."""

    def __init__(self, line: int, text: str) -> None:
        """Line as people count, from 1."""
        super().__init__(text)
        self.line, self.text = line, text


@dataclass(frozen=True)
class Node:
    """A text (None: nothing written), a list of nodes, or nodes by key; and the line it begins on."""

    value: str | list[Node] | dict[str, Node] | None
    line: int


def tree_of(text: str, first_line: int = 1) -> Node:
    """The one document of a YAML text whose first line is that line of its file; raises Mistake."""
    return _Builder(first_line).built(text)


@dataclass
class _Open:
    """A list or mapping whose end has not come."""

    node: Node
    key: Node | None = None


class _Builder:
    def __init__(self, first_line: int) -> None:
        self._shift, self._stack = first_line, list[_Open]()
        self._root: Node | None = None

    def built(self, text: str) -> Node:
        try:
            for event in yaml.parse(text, Loader=yaml.SafeLoader):
                self._take(event)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
            raise Mistake(self._shift + (mark.line if mark else 0), f"this is not YAML: {problem}") from None
        return self._root or Node(None, self._shift)

    def _take(self, event: Any) -> None:
        line = self._shift + event.start_mark.line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Mistake(line, "anchors and aliases (& and *) are not read: write the text again")
        if getattr(event, "tag", None) not in (None, "!"):
            raise Mistake(line, f"tags ({event.tag}) are not read: write the text alone")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style is None and event.value.lower() in _EMPTY
            self._put(Node(None if plain else event.value, line))
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            if len(self._stack) >= MOST_DEEP:
                raise Mistake(line, f"lists and keys lie more than {MOST_DEEP} deep: a claim is flat")
            node = Node([] if isinstance(event, yaml.SequenceStartEvent) else {}, line)
            self._put(node)
            self._stack.append(_Open(node))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self._root is not None:
            raise Mistake(line, "a second document begins here (---): write one document a file")

    def _put(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
        elif top.key is None:
            if not isinstance(node.value, str):
                raise Mistake(node.line, "a key must be a word")
            top.key = node
        elif isinstance(top.node.value, dict):
            name = str(top.key.value)
            if name in top.node.value:
                raise Mistake(top.key.line, f"{name} is said twice")
            top.node.value[name], top.key = node, None
