"""A computation graph as a picture, for notebooks, for the book and for a terminal.

Hand-written; needs nothing but the tensor that it is given. The object that `draw_graph` returns has three forms, and
the front end takes the one it can show: Mermaid (JupyterLab), SVG (nbconvert and the book), plain text (a terminal).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["GraphPicture", "draw_graph"]

_LEAF, _CONSTANT, _OPERATION, _RESULT = "leaf", "constant", "operation", "result"
_FILL = {_LEAF: "#E69F00", _CONSTANT: "#FFFFFF", _OPERATION: "#56B4E9", _RESULT: "#009E73"}
_WIDTH, _HEIGHT, _LINE, _GAP_X, _GAP_Y, _EDGE = 128, 44, 14, 56, 22, 16


@dataclass
class _Box:
    """One box of the picture."""

    name: str
    kind: str
    label: str
    shape: tuple[int, ...] | None
    inputs: list[str] = field(default_factory=list)
    value: str = ""
    gradient: str = ""
    column: int = 0
    row: float = 0

    @property
    def size(self) -> str:
        """What stands under the name: value and gradient where they are asked for, else the shape."""
        return " · ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """The same, line by line."""
        numbers = [text for text in (self.value, self.gradient and f"grad {self.gradient}") if text]
        shape = [] if self.shape is None else ["number" if self.shape == () else str(self.shape)]
        return [" · ".join(numbers)] if 0 < sum(map(len, numbers)) < 18 else numbers or shape


@dataclass
class GraphPicture:
    """The operations and tensors behind a result, inputs on the left.

    Attributes
    ----------
    boxes : list
        What is drawn, each box after the boxes that it needs.
    left_out : int
        How many operations were too many to draw.
    drawn : dict
        From the `id` of an operation or a leaf to the name of its box.
    """

    boxes: list[_Box]
    left_out: int
    drawn: dict[Any, str] = field(default_factory=dict, repr=False)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/vnd.mermaid": self.mermaid(),
            "image/svg+xml": self.svg(),
            "text/plain": str(self),
        }

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        names = {box.name: box.label for box in self.boxes}
        lines = []
        for box in self.boxes:
            if box.kind == _OPERATION:
                needs = ", ".join(names.get(name, name) for name in box.inputs)
                lines.append(f"{box.label:<16} {box.size:<12} from {needs}")
            elif box.kind == _LEAF:
                lines.append(f"{box.label:<16} {box.size:<12} leaf, gets a gradient")
            elif box.kind == _CONSTANT:
                lines.append(f"{box.label:<16} {box.size:<12} constant")
        if self.left_out:
            lines.append(f"… {self.left_out} more operations")
        return "\n".join(lines)

    def description(self) -> str:
        """What the picture shows, in words."""
        counts = {kind: sum(box.kind == kind for box in self.boxes) for kind in (_LEAF, _CONSTANT, _OPERATION)}
        words = {_OPERATION: "operation", _LEAF: "leaf that gets a gradient", _CONSTANT: "constant"}
        several = {_OPERATION: "operations", _LEAF: "leaves that get a gradient", _CONSTANT: "constants"}
        parts = [f"{n} {words[kind] if n == 1 else several[kind]}" for kind, n in counts.items() if n]
        text = ", ".join(parts) + ", from the inputs on the left to the result on the right"
        return text + (f", {self.left_out} more operations are not drawn" if self.left_out else "")

    def mermaid(self) -> str:
        """The picture in Mermaid's notation: operations have round ends, constants dashed borders."""
        lines = ["flowchart LR", "  accTitle: Computation graph", f"  accDescr: {self.description()}"]
        for box in self.boxes:
            label = _quoted(box.label) + "".join(f"<br/>{line}" for line in box.lines)
            opening, closing = {_OPERATION: ("([", "])"), _RESULT: ("[[", "]]")}.get(box.kind, ("[", "]"))
            lines.append(f'  {box.name}{opening}"{label}"{closing}:::{box.kind}')
        if self.left_out:
            lines.append(f'  more["… {self.left_out} more"]:::constant')
        for box in self.boxes:
            lines += [f"  {name} --> {box.name}" for name in box.inputs]
        lines += [
            f"  classDef {_LEAF} fill:{_FILL[_LEAF]},stroke:#000,stroke-width:2px,color:#000",
            f"  classDef {_CONSTANT} fill:#fff,stroke:#555,stroke-dasharray:4 3,color:#000",
            f"  classDef {_OPERATION} fill:{_FILL[_OPERATION]},stroke:#000,color:#000",
            f"  classDef {_RESULT} fill:{_FILL[_RESULT]},stroke:#000,stroke-width:2px,color:#000",
        ]
        return "\n".join(lines)

    def svg(self) -> str:
        """The picture as SVG, with presentation attributes only and its own description."""
        lines = [line for box in self.boxes for line in box.lines]
        wide = max([_WIDTH, *(12 + 6.2 * len(line) for line in lines)])
        high = _HEIGHT + (_LINE if any(len(box.lines) > 1 for box in self.boxes) else 0)
        arrows = self._arrows()
        top = max([_EDGE, *(_EDGE + 0.75 * bow - box.row * (high + _GAP_Y) for _, box, bow in arrows)])
        frames = {
            box.name: (_EDGE + box.column * (wide + _GAP_X), top + box.row * (high + _GAP_Y), wide, high)
            for box in self.boxes
        }
        width = max((x for x, *_ in frames.values()), default=0) + wide + _EDGE
        height = max((y for _, y, *_ in frames.values()), default=0) + high + _EDGE + (18 if self.left_out else 0)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" role="img" font-family="sans-serif" font-size="13">',
            f"<title>Computation graph</title><desc>{escape(self.description())}</desc>",
            f'<rect width="{width:g}" height="{height:g}" fill="#FFFFFF"/>',
        ]
        for start, end, bow in arrows:
            parts.append(_arrow(f"{start.name} {end.name}", frames[start.name], frames[end.name], bow))
        parts += [_svg_box(box, *frames[box.name]) for box in self.boxes]
        if self.left_out:
            more = f"… {self.left_out} more operations"
            parts.append(f'<text x="{_EDGE}" y="{height - 8:g}" fill="#000000">{more}</text>')
        return "\n".join([*parts, "</svg>"])

    def _arrows(self) -> list[tuple[_Box, _Box, float]]:
        """From where to where, and how far each arrow bows upwards: over boxes in between, and beside its own double."""
        boxes, arrows = {box.name: box for box in self.boxes}, []
        for end in self.boxes:
            for place, name in enumerate(end.inputs):
                if name in boxes:
                    span = end.column - boxes[name].column
                    bow = 0.0 if span == 1 else 1.1 * _HEIGHT + 10 * span
                    arrows.append((boxes[name], end, bow + 0.9 * _HEIGHT * end.inputs[:place].count(name)))
        return arrows


def _quoted(text: str) -> str:
    """`text` so that Mermaid takes it as text."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


_Frame = tuple[float, float, float, float]  # x, y, width, height


def _arrow(name: str, start: _Frame, end: _Frame, bow: float) -> str:
    """A line from one box to another, with a head."""
    x1, y1, x2, y2 = start[0] + start[2], start[1] + start[3] / 2, end[0], end[1] + end[3] / 2
    reach = (x2 - x1) / 2 if not bow else 0.35 * (x2 - x1)
    over = min(y1, y2) - bow
    up, down = (y1, y2) if not bow else (over, over)
    return (
        f'<path data-arrow="{name}" d="M{x1:g} {y1:g}C{x1 + reach:g} {up:g} {x2 - reach:g} {down:g} {x2 - 7:g} {y2:g}" fill="none" '
        f'stroke="#555555" stroke-width="1.5"/><path d="M{x2:g} {y2:g}l-8 -4v8z" fill="#555555"/>'
    )


def _svg_box(box: _Box, x: float, y: float, width: float, height: float) -> str:
    """One box: its name, and what stands under it."""
    corner = _HEIGHT / 2 if box.kind == _OPERATION else 3
    border = 'stroke="#555555" stroke-dasharray="4 3"' if box.kind == _CONSTANT else 'stroke="#000000"'
    thick = 2.5 if box.kind in (_LEAF, _RESULT) else 1
    label = box.label if len(box.label) <= 16 else box.label[:15] + "…"
    middle = x + width / 2
    first = y + height / 2 + 5 - (8 if box.lines else 0) - (_LINE / 2 if len(box.lines) > 1 else 0)
    parts = [
        f'<rect data-box="{box.name}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{corner:g}" '
        f'fill="{_FILL[box.kind]}" stroke-width="{thick}" {border}/>',
        f'<text x="{middle:g}" y="{first:g}" text-anchor="middle" fill="#000000">{escape(label)}</text>',
    ]
    for number, line in enumerate(box.lines):
        parts.append(
            f'<text data-line="{box.name} {number}" x="{middle:g}" y="{first + 16 + number * _LINE:g}" '
            f'text-anchor="middle" font-size="11" fill="#000000">{escape(line)}</text>'
        )
    return "".join(parts)


def draw_graph(
    tensor: Any, limit: int = 60, *, values: bool = False, gradients: bool = False, **names: Any
) -> GraphPicture:
    """Draw the computation graph behind a tensor.

    Parameters
    ----------
    tensor : Tensor
        The result of an expression.
    limit : int
        How many operations are drawn at most, beginning at the result; of the rest only the number is said.
    values : bool
        Write the numbers of the tensors into their boxes, in place of their shapes: three or fewer whole, of more the
        shape and the smallest and the largest. Of a result on the way they are known where it has a name here or
        where the rule of a later operation saved it.
    gradients : bool
        Write into each box the gradient of `tensor`, a single number, with respect to it: what the rules answer on a
        way back that is made for the picture. No `grad` is changed.
    **names : Tensor
        Names for leaves, constants and results on the way: ``draw_graph(y, x=x, w=w)``.

    Returns
    -------
    GraphPicture
        A notebook shows it as a picture; `print` writes it as text.
    """
    if not hasattr(tensor, "_grad_fn"):
        raise TypeError(f"draw_graph wants a Tensor, not {type(tensor).__name__}")
    known: dict[Any, str] = {id(value): name for name, value in names.items()}
    named = {id(value._grad_fn): (name, value) for name, value in names.items() if value._grad_fn is not None}
    order = operations(tensor._grad_fn)
    held = {id(edge): data for edge, data in _held(order, [*names.values(), tensor])} if values else {}
    drawn: dict[Any, str] = {id(node): f"op{number}" for number, node in enumerate(order[:limit])}
    left_out = len(order) - len(drawn)
    found = _gradients(tensor, order) if gradients else {}
    boxes: dict[str, _Box] = {}
    for node in reversed(order[:limit]):  # inputs first
        box = _Box(drawn[id(node)], _OPERATION, type(node).__name__.removesuffix("Backward").removeprefix("Any"), None)
        if id(node) in named and named[id(node)][1] is not tensor:
            box.label = f"{named[id(node)][0]} = {box.label}"
        if node is not tensor._grad_fn:
            box.value = short(held.get(id(node)))
        for place, target in enumerate(node.next_functions):
            box.inputs.append(_input_box(node, place, target, drawn, boxes, known))
        boxes[box.name] = box
    _fill_in({drawn.get(id(target), ""): short(gradient) for target, gradient in found.items()}, boxes, held, drawn)
    result = _Box("result", _RESULT, known.get(id(tensor), "result"), tuple(tensor.shape))
    result.value, result.gradient = short(tensor.data) if values else "", "1" if gradients else ""
    if tensor._grad_fn is None:
        result.kind = _LEAF if tensor.requires_grad else _CONSTANT
    else:
        result.inputs.append(drawn[id(tensor._grad_fn)])
        boxes["op0"].shape = tuple(tensor.shape)
    boxes["result"] = result
    _place(boxes)
    return GraphPicture(list(boxes.values()), left_out, drawn)


def _fill_in(gradients: dict[str, str], boxes: dict[str, _Box], held: dict[int, Any], drawn: dict[Any, str]) -> None:
    """Write gradients into the boxes, and values into those of leaves and constants."""
    for name, box in boxes.items():
        box.gradient = gradients.get(name, "")
    for key, data in held.items():
        box_of_it = boxes.get(drawn.get(key, ""))
        if box_of_it and box_of_it.kind != _OPERATION and box_of_it.label != short(data):
            box_of_it.value = short(data)


def _held(order: list[Any], tensors: list[Any]) -> Any:
    """Pairs of an operation, leaf or constant and its numbers: those of `tensors`, and what the operations saved."""
    for node in order:
        tensors += [saved for saved in node.saved_tensors or () if hasattr(saved, "_grad_fn")]
    for tensor in tensors:
        yield tensor._grad_fn or tensor, tensor.data


def short(value: Any) -> str:
    """One number, or a few, in as little room as a box has; of more the shape and the range."""
    if value is None or value.size == 0:
        return ""
    if value.size > 3:
        return f"{str(value.shape).replace(' ', '')} {value.min():.2g} … {value.max():.2g}"
    text = ", ".join(f"{number:.4g}" for number in value.ravel().tolist())
    return text if value.ndim == 0 else f"[{text}]"


def _gradients(tensor: Any, order: list[Any]) -> dict[Any, Any]:
    """What arrives at each operation and leaf when the way back begins with 1."""
    arrived = {tensor._grad_fn or tensor: tensor.data * 0 + 1}
    for node in order:
        if node in arrived:
            for target, gradient, shape in zip(node.next_functions, node.apply(arrived[node]), node.shapes):
                if target is not None and gradient is not None:
                    gradient = added_up(gradient, shape)
                    arrived[target] = arrived[target] + gradient if target in arrived else gradient
    return arrived


def added_up(gradient: Any, shape: tuple[int, ...]) -> Any:
    """`gradient` in the shape of the input that NumPy stretched, if it can be brought there."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(0)
    for axis, size in enumerate(shape if gradient.ndim == len(shape) else ()):
        if size == 1:
            gradient = gradient.sum(axis, keepdims=True)
    return gradient


def _input_box(
    node: Any, place: int, target: Any, drawn: dict[Any, str], boxes: dict[str, _Box], known: dict[Any, str]
) -> str:
    """The name of the box of an input of `node`; leaves and constants get theirs here."""
    shape = tuple(node.shapes[place])
    if hasattr(target, "next_functions"):
        name = drawn.get(id(target), "more")
        if name in boxes:
            boxes[name].shape = shape
        return name
    saved = node.saved_tensors[place] if place < len(node.saved_tensors) else None
    constant = target is None
    # A constant whose numbers no rule reads is not in the graph: each use of it gets a box of its own.
    key = f"{id(node)} {place}" if constant and saved is None else id(saved if constant else target)
    name = drawn.setdefault(key, f"t{len(drawn)}")
    if name not in boxes:
        kind = _CONSTANT if constant else _LEAF
        number = f"{saved.data.item():.4g}" if constant and saved is not None and saved.size == 1 else kind
        boxes[name] = _Box(name, kind, known.get(key) or number, shape)
    return name


def operations(root: Any) -> list[Any]:
    """All operations behind `root`, each one once and after all that use it; without recursion."""
    if root is None:
        return []
    uses, stack = {root: 0}, [root]
    while stack:
        for before in stack.pop().next_functions:
            if hasattr(before, "next_functions"):
                if before not in uses:
                    stack.append(before)
                uses[before] = uses.get(before, 0) + 1
    order = [root]
    for node in order:  # grows while it is read
        for before in node.next_functions:
            if before in uses:
                uses[before] -= 1
                if not uses[before]:
                    order.append(before)
    return order


def _place(boxes: dict[str, _Box]) -> None:
    """A column for each box, one further than its inputs; and rows, so that a column is centred."""
    users: dict[str, list[str]] = {name: [] for name in boxes}
    operations = [box for box in boxes.values() if box.inputs]
    for box in operations:
        box.column = 1 + max((boxes[name].column for name in box.inputs if name in boxes), default=0)
        for name in box.inputs:
            if name in users:
                users[name].append(box.name)
    for box in boxes.values():  # a leaf stands right before its first user
        if not box.inputs and users[box.name]:
            box.column = min(boxes[name].column for name in users[box.name]) - 1
    columns: dict[int, list[_Box]] = {}
    for box in boxes.values():
        columns.setdefault(box.column, []).append(box)
    tallest = max(len(column) for column in columns.values())
    for column in columns.values():
        for number, box in enumerate(column):
            box.row = number + (tallest - len(column)) / 2
