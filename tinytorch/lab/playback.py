"""A backward pass to look at step by step: the reader's own `backward`, watched while it runs.

Hand-written. Nothing of the engine is replaced: each operation's rule is wrapped for one call, so whatever walks the
graph is seen as it walks, right or wrong. The page it makes needs no server and no network.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from tinytorch.lab.graph import GraphPicture, added_up, draw_graph, operations, short

__all__ = ["Playback", "play_backward"]


@dataclass
class Step:
    """One moment of the way back.

    Attributes
    ----------
    says : str
        What happens, in a sentence or two.
    wrong : str
        What is wrong with it, or nothing.
    at : str
        The box whose rule is asked, or nothing.
    to : list of str
        The boxes that its answers go to.
    pending : dict
        From boxes to the gradients that have arrived there so far.
    """

    says: str
    wrong: str = ""
    at: str = ""
    to: list[str] = field(default_factory=list)
    pending: dict[str, str] = field(default_factory=dict)


@dataclass
class Playback:
    """A backward pass, step by step. A notebook shows it with buttons; `print` writes it as text."""

    picture: GraphPicture
    steps: list[Step]

    def __str__(self) -> str:
        return "\n".join(f"{number}. {_sentence(step)}" for number, step in enumerate(self.steps, 1))

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html(), "image/svg+xml": self.picture.svg(), "text/plain": str(self)}

    def html(self) -> str:
        """The picture with its buttons; below it, all steps as text, for those who do not see or run it."""
        name = f"tt-play-{next(_numbers)}"
        frames = [
            {"says": step.says, "wrong": step.wrong, "at": step.at, "to": step.to, "pending": step.pending}
            for step in self.steps
        ]
        # "<" is the one character by which a name could end the script.
        data = json.dumps(frames, ensure_ascii=True).replace("<", "\\u003c")
        listed = "".join(f"<li>{escape(_sentence(step))}</li>" for step in self.steps)
        return (
            _PAGE.replace("@NAME", name)
            .replace("@SVG", self.picture.svg())
            .replace("@LIST", listed)
            .replace("@DATA", data)
        )


_numbers = itertools.count(1)


def _sentence(step: Step) -> str:
    return f"{step.says} WRONG: {step.wrong}" if step.wrong else step.says


@dataclass
class _Visit:
    """A rule was asked: with what, and what it answered."""

    node: Any
    gradient: Any
    answers: Any = None


def play_backward(tensor: Any, gradient: Any = None, **names: Any) -> Playback:
    """Run ``tensor.backward(gradient)`` and keep what happened, step by step.

    It is your own `backward` that runs; afterwards every `grad` is what it was before.

    Parameters
    ----------
    tensor : Tensor
        The result to go back from.
    gradient : array-like, optional
        As for `backward`: a single number needs none.
    **names : Tensor
        Names for what is drawn: ``play_backward(y, x=x)``.

    Returns
    -------
    Playback
        It shows which rule is asked, with which gradient, what it answers, what has arrived where; and says what is
        wrong where a rule fails, is asked too early or twice, or a sum is not the sum of what arrived.
    """
    picture = draw_graph(tensor, values=True, **names)
    if tensor._grad_fn is None:
        raise ValueError("play_backward wants the result of an operation on a tensor with requires_grad=True")
    order = operations(tensor._grad_fn)
    targets = {target for node in order for target in node.next_functions if target is not None}
    leaves = [target for target in targets if not hasattr(target, "next_functions")]
    asked_for = [node.retained for node in order if getattr(node, "retained", None) is not None]
    kept = [result for find in asked_for if (result := find()) is not None]
    before = [(holder, holder.grad) for holder in [*leaves, *kept]]
    visits: list[_Visit] = []
    for node in order:
        node.apply = _watched(node, node.apply, visits)
    for leaf in leaves:
        leaf.grad = None
    failed = None
    try:
        tensor.backward(gradient)
    except Exception as error:  # whatever a rule of the reader's own raises belongs into the story
        failed = error
    finally:
        got = {leaf: leaf.grad for leaf in leaves}
        for node in order:
            node.__dict__.pop("apply", None)
        for holder, grad in before:
            holder.grad = grad
    if failed is not None and not visits:
        raise failed
    return Playback(picture, _Story(picture, tensor, order, leaves).told(visits, got, failed))


def _watched(node: Any, rule: Any, visits: list[_Visit]) -> Any:
    def apply(grad_output: Any) -> Any:
        visit = _Visit(node, np.array(grad_output))
        visits.append(visit)
        answers = rule(grad_output)
        visit.answers = answers
        if isinstance(
            answers, (tuple, list)
        ):  # copies: a `+=` on the way would change what is told, and they have one owner
            visit.answers = tuple(None if answer is None else np.array(answer) for answer in answers)
        return answers

    return apply


class _Story:
    """Turns what was seen into steps, and compares it with what should have been."""

    def __init__(self, picture: GraphPicture, tensor: Any, order: list[Any], leaves: list[Any]):
        self.drawn, self.order, self.leaves = picture.drawn, order, leaves
        self.labels = {box.name: box.label for box in picture.boxes}
        for node in order:  # two boxes of one kind are told apart by their place on the way back
            same = [n for n in order if self._label(n) == self._label(node)]
            if len(same) > 1 and id(node) in self.drawn:
                self.labels[self.drawn[id(node)]] += f" ({same.index(node) + 1})"
        self.root = tensor._grad_fn
        self.uses: dict[Any, int] = {self.root: 1}
        for node in order:
            for target in node.next_functions:
                if target is not None:
                    self.uses[target] = self.uses.get(target, 0) + 1
        self.sums: dict[Any, Any] = {}
        self.counts: dict[Any, int] = {}
        self.pending: dict[str, str] = {}

    def _label(self, target: Any) -> str:
        return self.labels.get(self.drawn.get(id(target), ""), type(target).__name__)

    def told(self, visits: list[_Visit], got: dict[Any, Any], failed: Exception | None) -> list[Step]:
        steps, seen = [], set()
        if visits:
            self._arrive(self.root, visits[0].gradient)
            steps.append(
                self._step(f"It begins at the result, {self._label(self.root)}, with {_number(visits[0].gradient)}.")
            )
        for visit in visits:
            steps.append(self._visited(visit, visit.node in seen, failed if visit is visits[-1] else None))
            seen.add(visit.node)
        if failed is None:
            steps += self._ended(seen, got)
        elif visits[-1].answers is not None:
            steps.append(self._step("Then backward() stops.", f"{type(failed).__name__}: {failed}"))
        return steps

    def _step(self, says: str, wrong: str = "", at: Any = None, to: Any = ()) -> Step:
        boxes = [self.drawn[id(target)] for target in to if id(target) in self.drawn]
        return Step(says, wrong, self.drawn.get(id(at), ""), boxes, dict(self.pending))

    def _arrive(self, target: Any, gradient: Any) -> None:
        self.sums[target] = self.sums[target] + gradient if target in self.sums else gradient
        self.counts[target] = self.counts.get(target, 0) + 1
        if id(target) in self.drawn:
            late = f", {self.counts[target]} of {self.uses[target]}" if self.counts[target] < self.uses[target] else ""
            self.pending[self.drawn[id(target)]] = f"grad {_number(self.sums[target])}{late}"

    def _visited(self, visit: _Visit, again: bool, failed: Exception | None) -> Step:
        node, wrong = visit.node, ""
        arrived, uses = self.counts.get(node, 0), self.uses[node]
        if again:
            wrong = "this rule has been asked before; each is to be asked once, with the complete gradient."
        elif arrived < uses:
            wrong = f"only {arrived} of the {uses} gradients for it had arrived; the rest comes too late."
        elif not _alike(visit.gradient, self.sums[node]):
            wrong = (
                f"{_number(self.sums[node])} had arrived for it, but its rule was asked with {_number(visit.gradient)}."
            )
        says = f"The rule of {self._label(node)} is asked with {_number(visit.gradient)}."
        if failed is not None:
            return self._step(says, wrong if visit.answers is not None else f"{type(failed).__name__}: {failed}", node)
        told, to = [], []
        for target, answer, shape in zip(node.next_functions, visit.answers, node.shapes):
            if target is None or answer is None:
                continue
            answer = added_up(np.asarray(answer), shape)
            self._arrive(target, answer)
            to.append(target)
            got, of = self.counts[target], self.uses[target]
            more = "" if of == 1 else f", the {_ordinal(got)} of {of}: {_number(self.sums[target])} so far"
            if got == of > 1:
                more = f", the last of {of}: {_number(self.sums[target])}, complete"
            told.append(f"{_number(answer)} goes to {self._label(target)}{more}")
        return self._step(f"{says} {'; '.join(told)}." if told else says, wrong, node, to)

    def _ended(self, seen: set[Any], got: dict[Any, Any]) -> list[Step]:
        wrong = []
        for node in self.order:
            if node not in seen and node in self.sums:
                wrong.append(f"a gradient arrived for {self._label(node)}, and its rule was never asked.")
        told = []
        for leaf in sorted(self.leaves, key=self._label):
            told.append(f"{self._label(leaf)}.grad = {_number(got[leaf])}")
            if leaf in self.sums and (got[leaf] is None or not _alike(got[leaf], self.sums[leaf])):
                wrong.append(
                    f"{_number(self.sums[leaf])} arrived at {self._label(leaf)}; its grad is {_number(got[leaf])}."
                )
        return [self._step(f"At the end, {', '.join(told)}.", " ".join(wrong), to=self.leaves)]


def _number(array: Any) -> str:
    return "nothing" if array is None else short(array) or f"an array of shape {array.shape}"


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def _alike(a: Any, b: Any) -> bool:
    """Equal but for rounding; NaN is like NaN."""
    if a.shape != b.shape:
        return False
    near = abs(a - b) <= 1e-5 * abs(b) + 1e-7
    return bool((near | ((a != a) & (b != b)) | (a == b)).all())


_PAGE = """<div id="@NAME" class="tt-play" tabindex="0" role="group" aria-label="A backward pass, step by step: arrow keys go on and back">
<style>
.tt-play{font:14px/1.45 sans-serif;background:#fff;color:#000;padding:8px;max-width:100%}
.tt-play .tt-view{overflow-x:auto}.tt-play svg{display:block}
.tt-play [data-box],.tt-play [data-arrow]{transition:none}
.tt-play .tt-at{stroke:#CC79A7;stroke-width:6}.tt-play .tt-flow{stroke:#CC79A7;stroke-width:4}
.tt-play .tt-to{stroke:#CC79A7;stroke-width:4;stroke-dasharray:6 3}
.tt-play .tt-says{min-height:3em;margin:.4em 0}.tt-play .tt-wrong{font-weight:bold;border-left:6px solid #D55E00;padding-left:8px}
.tt-play .tt-wrong:empty{display:none}.tt-play button{font:inherit;min-width:44px;min-height:32px;margin-right:4px}
.tt-play button:focus-visible,.tt-play:focus-visible{outline:3px solid #0072B2}
</style>
<div class="tt-view">@SVG</div>
<div class="tt-bar" hidden><button type="button" data-go="first">First</button><button type="button" data-go="back">Back</button><button type="button" data-go="next">Next</button><button type="button" data-go="last">Last</button> <span class="tt-count"></span></div>
<div aria-live="polite"><p class="tt-says"></p><p class="tt-wrong"></p></div>
<details><summary>All steps as text</summary><ol>@LIST</ol></details>
<script>(function(){
const root=document.getElementById("@NAME"),steps=@DATA;if(!root||!steps.length)return;
const all=q=>Array.from(root.querySelectorAll(q)),one=q=>root.querySelector(q);
const under={},plain={};
all("[data-line]").forEach(t=>{const [box,line]=t.dataset.line.split(" ");(under[box]=under[box]||[]).push(t);plain[t.dataset.line]=t.textContent});
all("[data-box]").forEach(r=>{const name=r.dataset.box;if(under[name])return;const label=r.nextElementSibling,t=label.cloneNode();t.setAttribute("y",+label.getAttribute("y")+14);t.setAttribute("font-size","11");t.dataset.line=name+" 0";plain[name+" 0"]="";label.parentNode.insertBefore(t,label.nextSibling);under[name]=[t]});
let now=0;
function show(k){now=Math.max(0,Math.min(steps.length-1,k));const s=steps[now];
all("[data-box]").forEach(r=>{r.classList.toggle("tt-at",r.dataset.box===s.at);r.classList.toggle("tt-to",s.to.includes(r.dataset.box)&&r.dataset.box!==s.at)});
all("[data-arrow]").forEach(p=>{const [a,b]=p.dataset.arrow.split(" ");p.classList.toggle("tt-flow",b===s.at&&s.to.includes(a))});
Object.entries(under).forEach(([box,lines])=>lines.forEach(t=>{t.textContent=plain[t.dataset.line]}));
Object.entries(s.pending).forEach(([box,text])=>{const lines=under[box];if(lines)lines[lines.length-1].textContent=(lines.length===1&&plain[lines[0].dataset.line].length+text.length<24&&plain[lines[0].dataset.line]&&plain[lines[0].dataset.line]!=="number"?plain[lines[0].dataset.line]+" \u00b7 ":"")+text});
one(".tt-says").textContent=s.says;one(".tt-wrong").textContent=s.wrong;one(".tt-count").textContent="step "+(now+1)+" of "+steps.length}
const go={first:()=>0,back:()=>now-1,next:()=>now+1,last:()=>steps.length-1};
all("[data-go]").forEach(b=>b.addEventListener("click",()=>show(go[b.dataset.go]())));
root.addEventListener("keydown",e=>{const k={ArrowRight:"next",ArrowLeft:"back",Home:"first",End:"last"}[e.key];if(k){show(go[k]());e.preventDefault();e.stopPropagation()}else if(e.key==="Enter"||e.key===" "){e.stopPropagation()}});
one(".tt-bar").hidden=false;show(0)})();</script></div>"""
