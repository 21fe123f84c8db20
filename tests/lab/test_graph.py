"""`draw_graph`: one object, three forms, and none of them lies."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from tinytorch import ReLU, Tensor, draw_graph

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def leaves():
    return Tensor([[1.0, 2.0]], requires_grad=True), Tensor([[3.0], [4.0]], requires_grad=True)


def test_it_has_the_three_forms(leaves):
    x, w = leaves
    forms = draw_graph((x @ w).sum(), x=x, w=w)._repr_mimebundle_()
    assert set(forms) == {"text/vnd.mermaid", "image/svg+xml", "text/plain"}
    assert forms["text/vnd.mermaid"].startswith("flowchart")


def test_names_operations_shapes_and_constants_are_in_every_form(leaves):
    x, w = leaves
    for form in draw_graph((x @ w * 3).sum(), x=x, w=w)._repr_mimebundle_().values():
        for word in ("x", "w", "Matmul", "Mul", "Sum", "(1, 2)", "(2, 1)", "(1, 1)", "number", "3"):
            assert re.search(rf"(?<!\w){re.escape(word)}", form), f"{word} is missing in {form}"


def test_a_result_that_is_used_twice_is_one_box_with_two_arrows(leaves):
    x, _ = leaves
    y = ReLU()(x)
    mermaid = draw_graph(y * y).mermaid()
    assert mermaid.count("ReLU") == 1
    (relu,) = re.findall(r'(op\d+)\(\["ReLU', mermaid)
    assert len(re.findall(rf"^  {relu} --> op", mermaid, re.MULTILINE)) == 2


def test_boxes_come_after_the_boxes_that_they_need(leaves):
    x, w = leaves
    z = x @ w
    for result in (z + z * z, (z + 1) * (z + 2) + x.sum()):
        seen = set()
        for box in draw_graph(result).boxes:
            assert set(box.inputs) <= seen
            seen.add(box.name)


def test_the_svg_is_well_formed_described_and_free_of_style_and_script(leaves):
    x, w = leaves
    names = {"<&\"'>": x, "w": w}
    root = ElementTree.fromstring(draw_graph(x @ w, **names).svg())
    assert root.find(f"{SVG}title").text and "1 operation" in root.find(f"{SVG}desc").text
    assert {element.tag for element in root.iter()} <= {
        SVG + tag for tag in ["svg", "title", "desc", "rect", "path", "text"]
    }
    assert any(element.text == "<&\"'>" for element in root.iter(f"{SVG}text"))


def test_every_box_lies_inside_the_svg_and_no_two_overlap(leaves):
    x, w = leaves
    z = x @ w
    root = ElementTree.fromstring(draw_graph((z * z + z) * z + x.sum() * 2 + w.sum()).svg())
    width, height = float(root.get("width")), float(root.get("height"))
    _background, *rectangles = root.iter(f"{SVG}rect")
    boxes = [tuple(float(each.get(key)) for key in ("x", "y", "width", "height")) for each in rectangles]
    for i, (left, top, w1, h1) in enumerate(boxes):
        assert left >= 0 and left + w1 <= width and top >= 0 and top + h1 <= height
        for other_left, other_top, w2, h2 in boxes[:i]:
            apart = left >= other_left + w2 or other_left >= left + w1 or top >= other_top + h2 or other_top >= top + h1
            assert apart


def test_large_graphs_are_cut_and_say_so():
    x = Tensor(np.ones(2), requires_grad=True)
    y = x
    for _ in range(5000):
        y = y * 1.0
    picture = draw_graph(y, limit=10)
    assert picture.left_out == 4990
    assert all("4990 more" in form for form in picture._repr_mimebundle_().values())


def test_doublings_are_drawn_in_linear_time():
    x = Tensor(1.0, requires_grad=True)
    for _ in range(60):
        x = x + x
    assert draw_graph(x, limit=100).mermaid().count('"Add<') == 60


def test_a_leaf_and_a_constant_are_pictures_too(leaves):
    x, _ = leaves
    assert "x" in str(draw_graph(x, x=x)) and "gets a gradient" in str(draw_graph(x))
    assert "constant" in str(draw_graph(Tensor(1.0)))


def test_anything_else_is_refused():
    with pytest.raises(TypeError, match="ndarray"):
        draw_graph(np.ones(2))
