"""`play_backward`: the reader's own backward, step by step, and what is wrong with it."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from tinytorch import Linear, MSELoss, ReLU, Tensor
from tinytorch.core import autograd
from tinytorch.graph import play_backward


@pytest.fixture
def shared():
    """y = s + 2 s with s = x x: s is used twice."""
    x = Tensor(3.0, requires_grad=True)
    square = x * x
    return {"x": x, "square": square, "y": square + square * 2}


def test_the_steps_are_those_of_the_hand_computed_pass(shared):
    x = shared["x"]
    x.grad = np.float32(5.0)
    steps = play_backward(shared["y"], **shared).steps
    assert [step.wrong for step in steps] == [""] * 5
    assert "1 goes to square = Mul, the first of 2" in steps[1].says
    assert "2 goes to square = Mul, the last of 2: 3, complete" in steps[2].says
    assert steps[3].pending[steps[3].to[0]] == "grad 18"
    assert "x.grad = 18" in steps[4].says
    assert x.grad == 5.0  # as before


def test_a_graph_that_was_played_can_be_walked_again(shared):
    first, second = (str(play_backward(shared["y"], **shared)) for _ in range(2))
    assert first == second
    shared["y"].backward()
    assert shared["x"].grad == 18


def test_a_node_that_comes_before_its_gradient_is_complete_is_named(shared, monkeypatch):
    right = autograd.topological_order

    def hasty(root):
        add, mul, square = right(root)
        return [add, square, mul]

    monkeypatch.setattr(autograd, "topological_order", hasty)
    wrong = [step.wrong for step in play_backward(shared["y"], **shared).steps if step.wrong]
    assert "only 1 of the 2 gradients for it had arrived" in wrong[0]


def test_a_rule_that_is_asked_once_for_every_path_is_named(shared, monkeypatch):
    def by_paths(self, gradient=None):
        def walk(node, grad):
            for target, share in zip(node.next_functions, node.apply(grad)):
                if hasattr(target, "next_functions"):
                    walk(target, share)
                elif target is not None:
                    target.grad = share if target.grad is None else target.grad + share

        walk(self._grad_fn, np.float32(1))

    monkeypatch.setattr(Tensor, "backward", by_paths)
    wrong = " ".join(step.wrong for step in play_backward(shared["y"], **shared).steps)
    assert "asked before" in wrong


def test_a_leaf_that_keeps_the_last_gradient_only_is_named(shared, monkeypatch):
    right = autograd.deposit

    def halved(pending):
        right({target: grad / 2 for target, grad in pending.items()})

    monkeypatch.setattr(autograd, "deposit", halved)
    assert play_backward(shared["y"], **shared).steps[-1].wrong == "18 arrived at x; its grad is 9."


def test_what_is_added_in_place_later_is_told_as_it_was(monkeypatch):
    def in_place(node, grad_output, pending):
        for target, share in zip(node.next_functions, node.apply(grad_output)):
            if target in pending:
                pending[target] += share
            else:
                pending[target] = share

    monkeypatch.setattr(autograd, "propagate", in_place)
    x = Tensor(np.array([3.0, 1.0]), requires_grad=True)
    square = x * x
    y = square + square * Tensor(np.array([2.0, 2.0]))
    steps = play_backward(y, np.ones(2), x=x, square=square, y=y).steps
    assert "[1, 1] goes to square" in steps[1].says and "[2, 2] goes to square" in steps[2].says


def test_a_rule_that_fails_ends_the_story_with_its_error(shared, monkeypatch):
    monkeypatch.setattr(autograd.MulBackward, "apply", lambda self, grad: grad.nothing)
    steps = play_backward(shared["y"], **shared).steps
    assert "has no attribute 'nothing'" in steps[-1].wrong and steps[-1].at


def test_what_numpy_stretched_is_shown_added_up():
    layer, data = Linear(5, 4), Tensor(np.ones((7, 5), np.float32))
    loss = MSELoss()(ReLU()(layer(data)), Tensor(np.zeros((7, 4), np.float32)))
    played = play_backward(loss, bias=layer.bias)
    assert re.search(r"\(4,\) \S+ … \S+ goes to bias", str(played)) and not any(step.wrong for step in played.steps)


def test_a_tensor_that_was_not_computed_is_refused():
    with pytest.raises(ValueError, match="the result of an operation"):
        play_backward(Tensor(1.0, requires_grad=True))


def test_a_name_cannot_end_the_script(shared):
    html = play_backward(shared["y"], **{"</script><b>": shared["x"]}).html()
    assert html.count("</script>") == 1
    steps = json.loads(re.search(r"steps=(\[.*?\]);if", html).group(1))
    assert "</script><b>.grad = 18" in steps[-1]["says"]


def test_two_on_one_page_do_not_share_their_buttons(shared):
    one, two = (re.search(r'id="(\S+)"', play_backward(shared["y"]).html()).group(1) for _ in range(2))
    assert one != two


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
def test_in_a_browser_keys_go_through_the_steps_and_text_is_there_without_script(shared, tmp_path):
    html = play_backward(shared["y"], **shared).html()
    press = "document.querySelector('.tt-play').dispatchEvent(new KeyboardEvent('keydown',{key:'%s'}));"
    keys = "".join(press % key for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"))
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{html}<script>{keys}</script>", encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", f"--user-data-dir={tmp_path}/c", "--dump-dom", page.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    assert '<span class="tt-count">step 3 of 5</span>' in dom
    assert re.search(r'<p class="tt-says">The rule of Mul is asked with 1\.', dom)
    assert re.search(r'data-box="op1"[^>]*class="tt-at"', dom)
    assert "<li>At the end, x.grad = 18.</li>" in dom
