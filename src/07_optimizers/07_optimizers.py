# ---
# jupyter:
#   jupytext:
#     formats: notebooks///ipynb,src///py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Module 07: Optimizers
#
# > From gradients to better numbers: plain descent, momentum, Adam and AdamW, each worked out by hand first.
#
# Time: about 4½ hours. You need Modules 01 to 06: this notebook runs on the engine that you exported.

# %%
#| default_exp core.optimizers

# %% tags=["setup"]
# Nothing to do here: this finds the course's library, in VS Code and Colab too.
import importlib.util
import os
import shutil
import sys
from pathlib import Path


def course_folder():
    places = [Path.cwd(), *Path.cwd().parents, *Path.cwd().glob("*/")]
    return next((str(p) for p in places if os.path.isfile(p / "tinytorch" / "checks.py")), None)


if course_folder() is None and "google.colab" in sys.modules:
    from google.colab import files

    print("Choose the zip file of the student edition.")
    for name in files.upload():
        shutil.unpack_archive(name)
if course_folder():
    sys.path.insert(0, course_folder())
elif importlib.util.find_spec("tinytorch") is None:
    raise ModuleNotFoundError("There is no tinytorch here: open the notebook inside the folder of the student edition.")

# %% [markdown]
# | part | what you do | minutes |
# |---|---|---|
# | 1 | Downhill by hand, and why a valley is hard | 35 |
# | 2 | The base class: what every optimizer shares | 35 |
# | 3 | SGD with weight decay and momentum | 45 |
# | 4 | Adam: a step size for each number | 55 |
# | 5 | AdamW: decay that stays decay | 20 |
# | 6 | What an optimizer remembers, and what that costs | 35 |
# | 7 | Check your understanding, catch a wrong optimizer, and four optimizers on the digits | 35 |

# %% [markdown]
# ## Is your engine ready?
#
# An optimizer can be no better than the gradients it gets, and a wrong gradient looks exactly like a bad optimizer. So the next cell asks your Module 06 some sixty questions with known answers. If one is wrong, it names the exercise to go back to.

# %%
from tinytorch.readiness import check_engine

check_engine(needs=("layers", "dataloader"))

# %%
#| export
import numpy as np

from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare
from tinytorch.core.autograd import enable_autograd
from tinytorch.core.layers import Linear, Sequential, manual_seed

enable_autograd(quiet=True)

# %% tags=["demo"]
import matplotlib.pyplot as plt

from tinytorch.guesses import Guesses
from tinytorch.pictures import show

guess = Guesses()
BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1 · Downhill by hand
#
# Near a point $w$, a loss is almost a plane: $L(w + d) \approx L(w) + g \cdot d$, with the gradient $g$. Among all steps $d$ of one length, which makes this smallest? The one straight against $g$. So
#
# $$w \leftarrow w - \eta\, g$$
#
# with a *learning rate* η: how far the plane is trusted.

# %% [markdown]
# By hand, in a valley that is twenty times as steep across as along: $L(x, y) = \frac12 (x^2 + 20 y^2)$ has the gradient $(x, 20 y)$. From $(8, 1)$ with η = 0.05:
#
# the gradient is $(8, 20)$, the step $(-0.4, -1)$, and the new point $(7.6, 0)$. One step across was enough; along the valley, 95 % of the way is still to go.

# %%
curvatures = np.array([1.0, 20.0])
point = np.array([8.0, 1.0])
print(point - 0.05 * (curvatures * point))

# %% [markdown]
# ### 07.1 Descend
#
# Repeat that step and keep every point on the way.
#
# <details><summary>A nudge</summary>
#
# Collect the points in a list, the start first. `point = point - …` makes a new array each time; `point -= …` would change the one that is already in the list.
# </details>

# %% nbgrader={"grade": false, "grade_id": "07-01-descend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descend(gradient, start, lr, steps):
    """The path of gradient descent.

    Parameters
    ----------
    gradient : function
        From a point, an array of shape (n,), to the gradient there, of the same shape.
    start : numpy.ndarray of shape (n,)
        Stays as it is.
    lr : float
        The learning rate.
    steps : int
        How many steps, 0 or more.

    Returns
    -------
    numpy.ndarray of shape (steps + 1, n)
        The start, and the point after each step.
    """
    ### BEGIN SOLUTION 07.1 descend: return all points of the path, the start first
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-01-descend", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("07.1", "descend") as check:
    start = np.array([8.0, 1.0])
    valley = lambda point: np.array([1.0, 20.0]) * point
    check.given(start=start, lr=0.05, steps=2, look="The first step is worked out above. Are two rows one and the same array?")
    path = descend(valley, start, 0.05, 2)
    check.equal("the path", path, [[8.0, 1.0], [7.6, 0.0], [7.22, 0.0]])
    check.unchanged("the start", start, [8.0, 1.0], look="Does a line change an array in place?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the path of no steps", descend(valley, start, 0.05, 0), [[8.0, 1.0]])
    slopes = lambda point: point**3
    start = np.array([1.0, -2.0, 0.5])
    expected = [start, start - 0.1 * start**3]
    expected.append(expected[1] - 0.1 * expected[1] ** 3)
    check.equal("a path in three dimensions", descend(slopes, start, 0.1, 2), expected, rtol=1e-12)
    check.equal("a path with a large learning rate", descend(valley, np.array([0.0, 1.0]), 0.2, 3)[:, 1], [1.0, -3.0, 9.0, -27.0])
    ### END HIDDEN TESTS

# %% [markdown]
# Now the same valley with three learning rates. Guess first: what does too large a rate look like, and from which rate on does the descent fly off? Three times in this notebook you write down a number before it is measured; nobody grades it.

# %% tags=["demo", "play"]
guess.predict("learning rate from which on it flies off", None)

# %% tags=["demo"]
def distance(lr, steps=300):
    """How far from the minimum a descent with this rate ends."""
    return np.hypot(*descend(lambda point: curvatures * point, np.array([8.0, 1.2]), lr, steps)[-1])


rates = np.arange(0.01, 0.5, 0.001)
guess.measured("learning rate from which on it flies off", next(lr for lr in rates if distance(lr) > distance(0.0)))

# %%
def draw_valley(axis, half_width=9.0, half_height=2.2):
    """Contour lines of the valley (x² + 20 y²) / 2."""
    x, y = np.meshgrid(np.linspace(-half_width, half_width, 200), np.linspace(-half_height, half_height, 100))
    axis.contour(x, y, (x * x + 20 * y * y) / 2, levels=[0.5, 2, 5, 10, 20, 35, 55], colors="0.75", linewidths=0.8)
    axis.plot(0, 0, "k+", markersize=10)
    axis.set_aspect("equal")

# %% tags=["demo"]
figure, axes = plt.subplots(3, 1, figsize=(7, 6), sharex=True)
for axis, lr, color in zip(axes, (0.02, 0.09, 0.101), (BLUE, GREEN, ORANGE)):
    draw_valley(axis)
    path = descend(lambda point: curvatures * point, np.array([8.0, 1.2]), lr, 30)
    axis.plot(path[:, 0], path[:, 1], "o-", color=color, markersize=3, linewidth=1)
    axis.set_title(f"rate {lr}: {np.hypot(*path[-1]):.2f} from the minimum", fontsize=9)
show(figure, "Thirty steps in a narrow valley. At 0.02 the path creeps along the floor and gets less than half the way. At 0.09 "
             "it zigzags between the walls, less and less, and nearly arrives. At 0.101 the zigzag grows instead.")

# %% [markdown]
# In a valley $\frac12 \sum_i c_i w_i^2$ each direction goes its own way: the gradient along axis $i$ is $c_i w_i$, so a step multiplies $w_i$ by $1 - \eta c_i$.
#
# Across, $c = 20$ and η = 0.101 give $1 - 2.02 = -1.02$: every step lands on the other side, 2 % further up. Along, $c = 1$ leaves $0.899$. Everything shrinks only if every factor is between −1 and 1.

# %% [markdown]
# ### 07.2 The slowest direction
#
# After many steps only one direction is left to see: the one whose factor is largest in size. Return that size. Below 1 the descent arrives; above 1 it flies off.

# %% nbgrader={"grade": false, "grade_id": "07-02-slowest-factor", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slowest_factor(curvatures, lr):
    """The largest size of the factors by which a step multiplies the distances along the axes.

    Parameters
    ----------
    curvatures : array-like of shape (n,)
        The c_i of the valley (sum of c_i w_i²) / 2, all above 0.
    lr : float

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION 07.2 slowest_factor: return the size of the slowest factor
    return float(np.abs(1 - lr * np.asarray(curvatures)).max())
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-02-slowest-factor", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("07.2", "slowest_factor") as check:
    check.given(curvatures=[1.0, 20.0], lr=0.02, look="By what does a step multiply the distance along each axis?")
    check.equal("the slowest factor", slowest_factor([1.0, 20.0], 0.02), 0.98)
    check.equal("the slowest factor", slowest_factor([1.0, 20.0], 0.101), 1.02, inputs={"curvatures": [1.0, 20.0], "lr": 0.101})
    check.probe(lambda: slowest_factor([1.5, 3.0], 1.0))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the factor of one direction", slowest_factor([4.0], 0.25), 0.0)
    check.equal("the factor of three directions", slowest_factor(np.array([2.0, 0.5, 8.0]), 0.2), 0.9)
    check.equal("the factor when the middle one is steepest", slowest_factor([1.0, 30.0, 2.0], 0.1), 2.0)
    check.equal("the factor where a negative one wins", slowest_factor([3.0, 5.0], 0.36), 0.8)
    ### END HIDDEN TESTS

# %% tags=["demo"]
rates = np.linspace(0.001, 0.11, 300)
figure, axis = plt.subplots(figsize=(6, 2.8))
for ratio, color, style in [(2, SKY, ":"), (5, GREEN, "-."), (20, BLUE, "-")]:
    factors = [slowest_factor([20 / ratio, 20.0], lr) for lr in rates]
    axis.plot(rates, factors, style, color=color, label=f"{ratio} times as steep: best {min(factors):.3f} a step")
axis.axhline(1, color="black", linewidth=0.8)
axis.set(xlabel="learning rate", ylabel="slowest factor", ylim=(0, 1.25))
axis.legend(fontsize=8)
show(figure, "The slowest factor against the learning rate for valleys 2, 5 and 20 times as steep across as along. Each falls, then "
             "rises through 1 at a rate of 0.1. The narrower the valley, the closer to 1 its lowest point is.")

# %% [markdown]
# The steepest direction sets the limit, $\eta < 2/c_{\max}$, whatever the others need. The best rate makes the two extreme factors equally large, $\eta = 2/(c_{\min} + c_{\max})$, and leaves $(r-1)/(r+1)$ of the distance each step for a ratio $r$: 90 % for 20; 99.8 % for 1,000, which is ordinary for networks.
#
# Momentum and Adam are two answers to this picture. First comes what all optimizers share.

# %% [markdown]
# ## Part 2 · The base class
#
# An optimizer is handed a network's parameters once. From then on a training step is three lines: `loss.backward()`, `optimizer.step()`, `optimizer.zero_grad()`.
#
# All kinds share this class. What differs between them is one method, `update`, which gets one parameter and a dictionary in which it may remember things about it.

# %%
#| export
class Optimizer:
    """Changes parameters by their gradients, in place. Each kind writes `update`.

    Parameters
    ----------
    params : iterable of Tensor
        What is learned, for example ``net.parameters()``.
    lr : float
        The learning rate, above 0. ``optimizer.lr`` may be changed between steps.
    """

    def update(self, param, state):
        """Change `param.data` in place, by `param.grad`; `state` is the dictionary of this parameter."""
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def __repr__(self):
        settings = ", ".join(f"{name}={value}" for name, value in vars(self).items() if name not in ("params", "state"))
        count = f"{len(self.params)} parameter{'s' * (len(self.params) != 1)}"
        return f"{type(self).__name__}({count}, {settings})"

# %% [markdown]
# ### 07.3 `Optimizer.__init__`
#
# A list that came out empty, a rate of −0.1, the input instead of a weight: mistakes like these never crash. They just do not learn. Neither does `SGD(w, 0.1)` without a list: whoever goes through a tensor gets its rows, `w[0]`, `w[1]`, …, and those are results of an operation, not the parameter. So the constructor is the place to be strict.
#
# <details><summary>A nudge</summary>
#
# `list(params)` takes a list, a tuple and a generator, which can be gone through only once. `not lr > 0` is true for NaN too; `lr <= 0` is not. To keep each parameter once, compare with `is`. A tensor that came out of an operation has a `_grad_fn`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "07-03-optimizer-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Optimizer)
def __init__(self, params, lr):
    """Keep the parameters in `self.params`, the learning rate in `self.lr`, and an empty dictionary each in `self.state`.

    `self.params` is a list in the given order; a tensor that is given twice is kept once. `self.lr` is a float.
    `self.state` is a list of different dictionaries, as long as `self.params`.
    Raises ValueError for no parameters at all, for an lr that is not above 0 (the message names it), for a tensor that
    requires no gradient, and for one that is the result of an operation; TypeError for something that is not a Tensor
    (the message names its type).
    """
    ### BEGIN SOLUTION 07.3 Optimizer.__init__: check the arguments and set self.params, self.lr and self.state
    self.params = []
    for param in params:
        if not isinstance(param, Tensor):
            raise TypeError(f"an optimizer takes Tensors, for example net.parameters(), not a {type(param).__name__}")
        if not param.requires_grad or param._grad_fn is not None:
            raise ValueError(f"a tensor of shape {param.shape} that requires no gradient, or is a result, is no parameter")
        if not any(param is other for other in self.params):
            self.params.append(param)
    if not self.params:
        raise ValueError("an optimizer needs at least one parameter")
    if not lr > 0:
        raise ValueError(f"the learning rate should be above 0, not {lr}")
    self.lr = float(lr)
    self.state = [{} for _ in self.params]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-03-optimizer-init", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
with Checks("07.3", "Optimizer.__init__") as check:
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0], requires_grad=True)
    check.given(params="[a, b]", lr=0.1)
    optimizer = Optimizer([a, b], 0.1)
    check.same("the number of parameters", len(optimizer.params), 2)
    check.true("self.params does not hold the tensors themselves", optimizer.params[0] is a and optimizer.params[1] is b)
    check.same("self.lr", optimizer.lr, 0.1)
    check.same("self.state", optimizer.state, [{}, {}], look="One dictionary for each parameter.")
    optimizer.state[0]["mark"] = 1
    check.same("the second dictionary after the first was written to", optimizer.state[1], {}, look="Are they two?")
    check.raises("an empty list", ValueError, lambda: Optimizer([], 0.1), inputs={"params": []})
    check.raises("a learning rate of 0", ValueError, lambda: Optimizer([a], 0), mentions="0", inputs={"lr": 0})
    fixed = Tensor([1.0])
    check.raises("a tensor that requires no gradient", ValueError, lambda: Optimizer([a, fixed], 0.1), inputs={"params": "[a, fixed]"})
    check.raises("a single tensor", ValueError, lambda: Optimizer(a, 0.1), inputs={"params": "a"}, look="Its rows are results.")
    check.raises("an array", TypeError, lambda: Optimizer([np.ones(2)], 0.1), mentions="ndarray", inputs={"params": "[array]"})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    optimizer = Optimizer((p for p in (b, a, b)), 1)
    check.same("the number of parameters from a generator, one given twice", len(optimizer.params), 2)
    check.true("the order is not kept", optimizer.params[0] is b and optimizer.params[1] is a)
    check.is_a("self.lr for lr=1", optimizer.lr, float)
    check.raises("a generator of nothing", ValueError, lambda: Optimizer(iter(()), 0.1))
    for lr in (-0.5, float("nan")):
        check.raises(f"a learning rate of {lr}", ValueError, lambda lr=lr: Optimizer([a], lr), mentions=str(lr))
    c = Tensor([1.0, 2.0], requires_grad=True)
    check.same("the number of parameters with equal numbers", len(Optimizer([a, c], 0.1).params), 2)
    given = [a, b]
    Optimizer(given, 0.1).params.append(c)
    check.same("the length of the caller's list afterwards", len(given), 2)
    a.grad = np.array([0.5, -1.0], np.float32)
    Optimizer([a], 0.1)
    check.equal("the gradient that `a` had before", a.grad, [0.5, -1.0], look="Somebody may have called backward() already.")
    a.grad = None
    ### END HIDDEN TESTS

# %% [markdown]
# ### 07.4 step and zero_grad
#
# A parameter without a gradient took no part in the loss: its layer was not used this time. It stays exactly as it was, and its dictionary too. A gradient of zeros is something else: that parameter took part, and decay or momentum still move it.

# %% nbgrader={"grade": false, "grade_id": "07-04-step", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Optimizer)
def step(self):
    """Call ``self.update(param, state)`` for each parameter that has a gradient, with its own dictionary, in order.

    A parameter whose `grad` is None is passed over.
    """
    ### BEGIN SOLUTION 07.4 Optimizer.step: update each parameter that has a gradient
    for param, state in zip(self.params, self.state):
        if param.grad is not None:
            self.update(param, state)
    ### END SOLUTION


@method_of(Optimizer)
def zero_grad(self):
    """Set the `grad` of each parameter to None."""
    ### BEGIN SOLUTION 07.4 Optimizer.zero_grad: forget the gradient of each parameter
    for param in self.params:
        param.grad = None
    ### END SOLUTION

# %%
# A stand-in: it notes what it was called with. Run this cell; nothing to do.
class NotingOptimizer(Optimizer):
    def update(self, param, state):
        state["calls"] = state.get("calls", 0) + 1
        self.noted.append(float(param.data.sum()))

# %% nbgrader={"grade": true, "grade_id": "test-07-04-step", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("07.4", "Optimizer.step") as check:
    params = [Tensor([float(k)], requires_grad=True) for k in (1, 2, 3)]
    params[0].grad, params[2].grad = np.array([0.5], np.float32), np.array([0.0], np.float32)
    optimizer = bare(NotingOptimizer, params=params, state=[{}, {}, {}], noted=[])
    check.given(grads="[0.5], None, [0.0]", look="None is not zero, and each parameter has its own dictionary.")
    optimizer.step()
    check.same("the list of updated parameters", optimizer.noted, [1.0, 3.0])
    own = "Each parameter keeps its own dictionary, used or not."
    check.same("the list of dictionaries", optimizer.state, [{"calls": 1}, {}, {"calls": 1}], look=own)
    optimizer.zero_grad()
    check.same("the list of gradients after zero_grad", [p.grad for p in params], [None] * 3)
    def after_none():
        late = [Tensor([1.0], requires_grad=True), Tensor([2.0], requires_grad=True)]
        late[1].grad, optimizer = np.array([0.5], np.float32), bare(NotingOptimizer, params=late, state=[{}, {}], noted=[])
        optimizer.step()
        return optimizer.noted

    check.probe(after_none)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    optimizer.step()
    check.same("the list of updated parameters without any gradient", optimizer.noted, [1.0, 3.0])
    params[1].grad = np.array([-1.0], np.float32)
    optimizer.step()
    optimizer.step()
    check.same("the list of updated parameters in the end", optimizer.noted, [1.0, 3.0, 2.0, 2.0])
    check.same("the list of dictionaries in the end", optimizer.state, [{"calls": 1}, {"calls": 2}, {"calls": 1}])
    check.equal("the gradient after step", params[1].grad, [-1.0])
    small = bare(NotingOptimizer, params=[Tensor(2.0, requires_grad=True)], state=[{}], noted=[])
    small.params[0].grad = np.array(0.0, np.float32)
    small.step()
    check.same("the list of updated parameters when one has no axes", small.noted, [2.0])
    ### END HIDDEN TESTS

# %% [markdown]
# Why does `step` not call `zero_grad` itself? Because gradients add up on purpose: Module 08 collects them over several small batches before one step. Forgetting is once per step, and yours to say.

# %% [markdown]
# ## Part 3 · SGD
#
# With a batch instead of all the data the gradient is a random sample of the true one; hence *stochastic* gradient descent, Robbins and Monro, 1951. The rule stays $w \leftarrow w - \eta g$.
#
# Two settings change which $g$ that is. The first is **weight decay**: large weights fit noise, so add $\frac{\lambda}{2} \lVert w \rVert^2$ to the loss. What does that do to the gradient? It adds $\lambda w$.

# %%
w, grad, weight_decay = np.array([2.0, -1.0]), np.array([0.3, 0.3]), 0.1
print(grad + weight_decay * w)

# %% [markdown]
# By hand: 0.3 + 0.1·2 = 0.5, and 0.3 + 0.1·(−1) = 0.2. Each weight is pulled to 0 by a share of itself.
#
# ### 07.5 The gradient with decay
#
# `param.grad` belongs to the caller, who may print its norm afterwards. So add to a new array; and where there is nothing to add, no array is needed either.

# %% nbgrader={"grade": false, "grade_id": "07-05-decayed-gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def decayed_gradient(param, weight_decay):
    """The gradient of the loss plus weight_decay / 2 times the sum of the squares of the parameter.

    Parameters
    ----------
    param : Tensor
        With `grad` and `data`, which both stay as they are.
    weight_decay : float

    Returns
    -------
    numpy.ndarray of the shape and dtype of `param.data`
        For a weight_decay of 0, `param.grad` itself; otherwise a new array.
    """
    ### BEGIN SOLUTION 07.5 decayed_gradient: return the gradient of the loss with its penalty
    if weight_decay == 0:
        return param.grad
    return param.grad + weight_decay * param.data
    ### END SOLUTION

# %%
def with_gradient(data, grad, dtype=np.float32):
    """A parameter whose gradient is known. Run this cell; nothing to do."""
    param = Tensor(np.array(data, dtype), requires_grad=True)
    param.grad = np.array(grad, dtype)
    return param

# %% nbgrader={"grade": true, "grade_id": "test-07-05-decayed-gradient", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("07.5", "decayed_gradient") as check:
    param = with_gradient([2.0, -1.0], [0.3, 0.3])
    check.given(data=param.data, grad=param.grad, weight_decay=0.1, look="The example above.")
    got = decayed_gradient(param, 0.1)
    check.is_a("the gradient with decay", got, np.ndarray)
    check.equal("the gradient with decay", got, [0.5, 0.2])
    check.unchanged("param.grad", param.grad, [0.3, 0.3], look="It belongs to the caller.")
    same = decayed_gradient(param, 0.0) is param.grad
    check.true("without decay an array is copied", same, inputs={"weight_decay": 0.0}, look="Where nothing is added, no array is needed.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    param = with_gradient([[1.0, -2.0], [0.0, 4.0]], [[0.5, 0.5], [0.5, -0.5]])
    got = decayed_gradient(param, 0.5)
    check.equal("the gradient of a matrix", got, [[1.0, -0.5], [0.5, 1.5]], dtype=np.float32)
    check.unchanged("param.data", param.data, [[1.0, -2.0], [0.0, 4.0]])
    param = with_gradient([1.0, 3.0], [0.0, 0.0], np.float64)
    check.equal("the gradient in float64", decayed_gradient(param, 1e-10) * 1e10, [1.0, 3.0], dtype=np.float64, rtol=1e-9)
    check.equal("the gradient of one number", decayed_gradient(with_gradient(2.0, 1.0), 0.25), 1.5)
    ### END HIDDEN TESTS

# %% [markdown]
# The second setting is **momentum**. In the zigzag of Part 1 the steps across nearly cancel, while those along all agree. So add the gradients up, forgetting slowly, and follow the sum $v$ instead:
#
# $$v \leftarrow \mu v + g, \qquad w \leftarrow w - \eta v$$
#
# A heavy ball rather than a point (Polyak, 1964).

# %% [markdown]
# By hand, μ = 0.9 and a gradient that is always 1: $v$ is 1, then 1.9, then 2.71. It grows towards $1/(1-0.9) = 10$: where gradients agree, momentum makes steps ten times as long. Where they alternate, +1 and −1, it settles at $\pm 1/(1+0.9) = \pm 0.53$: half as long.

# %%
steady = alternating = 0.0
for k in range(100):
    steady, alternating = 0.9 * steady + 1, 0.9 * alternating + (-1) ** k
print(f"steady {steady:.4f}, alternating {alternating:.4f}")

# %% [markdown]
# ### 07.6 SGD.update
#
# PyTorch's rule, to the letter: the first time, $v$ *is* the gradient (with decay). It is kept in `state["velocity"]`. Without momentum nothing is kept at all.
#
# In place means: `param.data` is the same array afterwards, with other numbers in it.
#
# <details><summary>A nudge</summary>
#
# `velocity *= self.momentum` and `velocity += grad` change the array that the dictionary holds. The first one has to be a *copy* of the gradient: whose array would you be adding to otherwise?
# </details>

# %%
#| export
class SGD(Optimizer):
    """Gradient descent with momentum and weight decay.

    Parameters
    ----------
    params, lr
        As in `Optimizer`.
    momentum : float
        The share of the velocity that is kept at each step, at least 0 and below 1.
    weight_decay : float
        At least 0.
    """

    def __init__(self, params, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(params, lr)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum should be at least 0 and below 1, not {momentum}")
        if not weight_decay >= 0:
            raise ValueError(f"weight_decay should be at least 0, not {weight_decay}")
        self.momentum, self.weight_decay = float(momentum), float(weight_decay)

# %% nbgrader={"grade": false, "grade_id": "07-06-sgd-update", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(SGD)
def update(self, param, state):
    """One step for one parameter, in place: data -= lr v, where v is momentum times the old v, plus the gradient.

    The gradient is `decayed_gradient(param, self.weight_decay)`. With momentum, v is kept in ``state["velocity"]``, an
    array of its own; the first v is the gradient. Without momentum v is the gradient and `state` stays empty.
    `param.grad` stays as it is, `param.data` stays the same array.
    """
    ### BEGIN SOLUTION 07.6 SGD.update: change param.data in place by the velocity
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum:
        if "velocity" in state:
            state["velocity"] *= self.momentum
            state["velocity"] += grad
        else:
            state["velocity"] = grad.copy()
        grad = state["velocity"]
    param.data -= self.lr * grad
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-06-sgd-update", "locked": true, "points": 13, "schema_version": 3, "solution": false, "task": false}
def given_decayed_gradient(param, weight_decay):  # a stand-in, so that only this exercise is judged
    return param.grad if weight_decay == 0 else np.add(param.grad, np.multiply(param.data, weight_decay, dtype=param.dtype))

with Checks("07.6", "SGD.update") as check, check.using(decayed_gradient=given_decayed_gradient):
    param, plain = with_gradient([1.0, 2.0], [0.5, -1.0]), bare(SGD, lr=0.1, momentum=0.0, weight_decay=0.0)
    array, state = param.data, {}
    check.given(data=[1.0, 2.0], grad=[0.5, -1.0], lr=0.1, momentum=0.0, look="w - lr g")
    plain.update(param, state)
    check.equal("the parameter after a plain step", param.data, [0.95, 2.1])
    check.true("param.data is another array now", param.data is array, look="`-=` changes an array; `= … - …` makes one.")
    check.same("the dictionary", state, {}, look="Without momentum there is nothing to keep.")
    param, heavy, state = with_gradient([0.0], [1.0]), bare(SGD, lr=0.1, momentum=0.9, weight_decay=0.0), {}
    check.given(data=[0.0], grad="always [1.0]", lr=0.1, momentum=0.9, look="By hand, v is 1, then 1.9, then 2.71.")
    for after, velocity in [(-0.1, 1.0), (-0.29, 1.9), (-0.561, 2.71)]:
        heavy.update(param, state)
        check.equal("param.grad after a step", param.grad, [1.0], look="Which line writes into `param.grad`? Is the first velocity an array of its own?")
        check.true("nothing is kept as velocity", "velocity" in state, look='The next step needs v again: it stands in `state["velocity"]`.')
        check.equal("the velocity", state["velocity"], [velocity])
        check.equal("the parameter", param.data, [after])
    param, decaying, state = with_gradient([2.0], [1.0]), bare(SGD, lr=0.1, momentum=0.9, weight_decay=0.5), {}
    check.given(data=[2.0], grad=[1.0], lr=0.1, momentum=0.9, weight_decay=0.5, look="The gradient with decay is 1 + 0.5 · 2 = 2, and in the second step 1 + 0.5 · 1.8. Is it that one that goes into v?")
    for after in (1.8, 1.43):
        decaying.update(param, state)
        check.equal("the parameter after a step with decay", param.data, [after])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(7)
    data, grads = rng.normal(size=(2, 3)), rng.normal(size=(4, 2, 3))
    for momentum, decay in [(0.0, 0.1), (0.5, 0.0), (0.8, 0.3)]:
        param, state, w, v = with_gradient(data, grads[0], np.float64), {}, data.copy(), None
        optimizer = bare(SGD, lr=0.05, momentum=momentum, weight_decay=decay)
        for grad in grads:
            param.grad = grad.copy()
            optimizer.update(param, state)
            g = grad + decay * w
            v = g if v is None else momentum * v + g
            w = w - 0.05 * v
            name = f"the parameter with momentum {momentum} and decay {decay}"
            check.equal(name, param.data, w, dtype=np.float64, rtol=1e-10)
            check.unchanged("the gradient", param.grad, grad)
    param, state = with_gradient(2.0, 1.0), {}
    array = param.data
    heavy.update(param, state)
    heavy.update(param, state)
    check.equal("one number, two steps", array, 2.0 - 0.1 - 0.19, dtype=np.float32)
    check.same("the dtype of the velocity of a float32 number", str(np.asarray(state["velocity"]).dtype), "float32")
    first, second = {}, {}
    one, two = with_gradient([1.0], [1.0]), with_gradient([1.0], [5.0])
    for _ in range(2):
        heavy.update(one, first)
        heavy.update(two, second)
    check.equal("the velocities of two parameters", [first["velocity"], second["velocity"]], [[1.9], [9.5]])
    ### END HIDDEN TESTS

# %% [markdown]
# Now your engine and your optimizer together. `walk` drives any optimizer through the valley: the loss is written with tensors, the gradient comes from Module 06. It is used again for Adam below.

# %%
def walk(make, steps, start=(8.0, 1.2), curvatures=curvatures):
    """The path of the optimizer `make([point])` through a valley."""
    point = Tensor(np.array(start), requires_grad=True)
    optimizer, path = make([point]), [point.data.copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        ((point * point * curvatures).sum() * 0.5).backward()
        optimizer.step()
        path.append(point.data.copy())
    return np.array(path)

# %% tags=["demo"]
figure, axes = plt.subplots(2, 1, figsize=(7, 4.2), sharex=True)
for axis, momentum, color in zip(axes, (0.0, 0.7), (ORANGE, BLUE)):
    draw_valley(axis)
    path = walk(lambda params: SGD(params, 0.04, momentum), 30)
    axis.plot(path[:, 0], path[:, 1], "o-", color=color, markersize=3, linewidth=1)
    axis.set_title(f"momentum {momentum}: ends {np.hypot(*path[-1]):.3f} from the minimum", fontsize=9)
show(figure, "Thirty steps at the same learning rate. Plain descent creeps along the valley floor and stops well short; with "
             "momentum 0.7 the path swings across the floor a few times and comes to rest close to the minimum.")

# %% [markdown]
# ## Part 4 · Adam
#
# Momentum has one learning rate for all numbers. But the gradients of an embedding's rare word and of a bias may differ a thousandfold in size. What if every number had a rate of its own, taken from the sizes of its own gradients?
#
# That needs two running averages for each number: of the gradients, and of their squares.

# %% [markdown]
# A running average forgets slowly: $m \leftarrow \beta m + (1 - \beta)\, g$, from $m = 0$. By hand, β = 0.9 and $g = 5, 5, 5$: $m$ is 0.5, then 0.95, then 1.355. The average of fives should be 5!
#
# Where does the rest go? After $t$ steps the weights add up to $1 - \beta^t$ only: the start at 0 has the rest. So divide by it: 0.5/0.1 = 5, and 0.95/0.19 = 5.

# %% [markdown]
# ### 07.7 A running average without a bias
#
# Write the average with its correction, for a row of values.
#
# <details><summary>A nudge</summary>
#
# The first value has t = 1. The correction is for the output only: the running $m$ itself stays uncorrected.
# </details>

# %% nbgrader={"grade": false, "grade_id": "07-07-running-average", "locked": false, "schema_version": 3, "solution": true, "task": false}
def running_average(values, beta):
    """Running averages, each divided by the sum of its weights.

    Parameters
    ----------
    values : array-like of shape (n,) or (n, …)
        One value, or one array, for each step.
    beta : float
        How much is kept at each step, at least 0 and below 1.

    Returns
    -------
    numpy.ndarray of the shape of `values`
        After each step the m so far, corrected.
    """
    ### BEGIN SOLUTION 07.7 running_average: return the corrected average after each step
    mean, averages = 0.0, []
    for t, value in enumerate(np.asarray(values, dtype=float), start=1):
        mean = beta * mean + (1 - beta) * value
        averages.append(mean / (1 - beta**t))
    return np.array(averages)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-07-running-average", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("07.7", "running_average") as check:
    check.given(values=[5.0, 5.0, 5.0], beta=0.9, look="The first m is 0.5, and its weights add up to 0.1.")
    check.equal("the array of averages", running_average([5.0, 5.0, 5.0], 0.9), [5.0, 5.0, 5.0])
    check.equal("the array of averages", running_average([2.0, 4.0], 0.5), [2.0, 10 / 3], inputs={"values": [2.0, 4.0], "beta": 0.5})
    check.probe(lambda: running_average([2.0, 4.0, 0.0], 0.5))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    values = np.random.default_rng(3).normal(size=20)
    expected = [np.average(values[:t], weights=0.8 ** np.arange(t)[::-1]) for t in range(1, 21)]
    check.equal("the averages of 20 numbers", running_average(values, 0.8), expected, rtol=1e-9)
    check.equal("the averages for beta 0", running_average([3.0, -1.0], 0.0), [3.0, -1.0])
    rows = np.random.default_rng(4).normal(size=(5, 2))
    expected = [np.average(rows[:t], axis=0, weights=0.6 ** np.arange(t)[::-1]) for t in range(1, 6)]
    check.equal("the averages of rows", running_average(rows, 0.6), expected, rtol=1e-9)
    check.equal("the average of one number", running_average([7.0], 0.999), [7.0])
    ### END HIDDEN TESTS

# %% tags=["demo"]
rng = np.random.default_rng(1)
values = 3 + np.sin(np.arange(120) / 20) + 0.6 * rng.normal(size=120)
figure, axis = plt.subplots(figsize=(7, 2.8))
axis.plot(values, ".", color="0.7", label="values")
for beta, color, style in [(0.5, SKY, ":"), (0.9, BLUE, "-"), (0.99, ORANGE, "--")]:
    axis.plot(running_average(values, beta), style, color=color, label=f"beta {beta}: about {1 / (1 - beta):.0f} steps")
uncorrected = running_average(values, 0.99) * (1 - 0.99 ** np.arange(1, 121))
axis.plot(uncorrected, color=ORANGE, linewidth=0.8, label="beta 0.99, not corrected")
axis.legend(fontsize=7, ncols=2, loc="lower right")
axis.set(xlabel="step", ylim=(0, None))
show(figure, "Noisy values around 3 plus a sine, and running averages. Beta 0.5 follows the noise, 0.9 the sine, 0.99 is smooth and "
             "late. All three start at the first value. A thin line without the correction starts near 0 and climbs all the way.")

# %% [markdown]
# Adam (Kingma and Ba, 2014) divides the average gradient by the root of the average square:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1) g \qquad v \leftarrow \beta_2 v + (1-\beta_2) g^2$$
# $$w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}$$
#
# A gradient a thousand times as large has a root a thousand times as large: its size cancels. $\beta_2$ is closer to 1, since a rate should change more slowly than a direction.

# %% [markdown]
# By hand, with $\beta = (0.9, 0.999)$, η = 0.1, from $w = 1$ with $g = 4$: $m = 0.4$, corrected 4. $v = 0.016$, corrected 16, root 4. The step is 0.1·4/4 = 0.1.
#
# Then $g = 2$: $m = 0.56$, corrected 0.56/0.19 = 2.947. $v = 0.019984$, corrected by 0.001999 it is 9.997, root 3.162. The step is 0.1·0.932 = 0.0932.

# %% [markdown]
# ### 07.8 adam_step
#
# <details><summary>A nudge</summary>
#
# An empty dictionary means the first step: put the three entries in, with `np.zeros_like`. Then `mean *= beta1` and `mean += (1 - beta1) * grad` change the array in the dictionary.
# </details>
# <details><summary>Where does ε stand?</summary>
#
# Outside the root, after the correction. Inside the root, it would be compared with squares.
# </details>

# %% nbgrader={"grade": false, "grade_id": "07-08-adam-step", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def adam_step(data, grad, state, lr, betas, eps):
    """One step of Adam, in place.

    Parameters
    ----------
    data : numpy.ndarray
        The parameter's numbers. They are changed; it stays the same array.
    grad : numpy.ndarray of the shape of `data`
        Stays as it is.
    state : dict
        Empty before the first step. Afterwards ``state["step"]`` is the number of steps so far, an int;
        ``state["mean"]`` and ``state["square"]`` are the two averages, uncorrected, in the shape and dtype of `data`.
    lr, eps : float
    betas : pair of float
        How much is kept of the average of the gradients, and of the average of their squares.
    """
    ### BEGIN SOLUTION 07.8 adam_step: update both averages, then change data by the corrected quotient
    beta1, beta2 = betas
    if not state:
        state.update(step=0, mean=np.zeros_like(data), square=np.zeros_like(data))
    state["step"] += 1
    mean, square, step = state["mean"], state["square"], state["step"]
    mean *= beta1
    mean += (1 - beta1) * grad
    square *= beta2
    square += (1 - beta2) * grad * grad
    scale = np.sqrt(square / (1 - beta2**step)) + eps
    data -= lr / (1 - beta1**step) * mean / scale
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-08-adam-step", "locked": true, "points": 15, "schema_version": 3, "solution": false, "task": false}
with Checks("07.8", "adam_step") as check:
    data, state, settings = np.array([1.0]), {}, (0.1, (0.9, 0.999), 1e-8)
    check.given(w=[1.0], grad=[4.0], lr=0.1, look="The first step by hand: m = 0.4 and v = 0.016 before the correction.")
    adam_step(data, np.array([4.0]), state, *settings)
    filled = {"step", "mean", "square"} <= set(state)
    check.true("the dictionary that was handed in has no entries", filled, look="`state = {…}` makes another one; fill the one that is there.")
    check.same("the number of steps", state["step"], 1)
    check.equal("the average of the gradients", state["mean"], [0.4])
    check.equal("the average of the squares", state["square"], [0.016])
    moved = "Has `data` itself changed, or another array with its name?"
    check.true("`data` is as it was", not np.array_equal(data, [1.0]), look=moved)
    check.equal("the parameter", data, [0.9], look="The step by hand is 0.1, against the gradient. The first t is 1: both corrections give back what the start at 0 took.")
    check.given(w=[0.9], grad=[2.0], lr=0.1, look="The second step by hand: m = 0.9 · 0.4 + 0.1 · 2, and the corrections have t = 2.")
    adam_step(data, np.array([2.0]), state, *settings)
    check.same("the number of steps", state["step"], 2)
    check.equal("the average of the gradients", state["mean"], [0.56])
    check.equal("the parameter", data, [0.9 - 0.1 * (0.56 / 0.19) / np.sqrt(0.019984 / 0.001999)])
    data = np.array([1.0])
    check.given(w=[1.0], grad=[4.0], lr=0.1, eps=1.0, look="Where does ε stand? 0.1 · 4 / (4 + 1).")
    adam_step(data, np.array([4.0]), {}, 0.1, (0.9, 0.999), 1.0)
    check.equal("the parameter after a first step", data, [0.92])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(8)
    start, grads = rng.normal(size=(3, 2)), rng.normal(size=(5, 3, 2)) * np.array([1e-3, 1e3])
    for lr, (beta1, beta2), eps in [(0.01, (0.9, 0.999), 1e-8), (0.3, (0.5, 0.8), 1e-2), (0.1, (0.0, 0.9), 1.0)]:
        data, state, w, m, v = start.copy(), {}, start.copy(), 0.0, 0.0
        for t, grad in enumerate(grads, start=1):
            given = grad.copy()
            adam_step(data, given, state, lr, (beta1, beta2), eps)
            m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
            w = w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
            check.equal(f"the parameter after step {t}", data, w, dtype=np.float64, rtol=1e-9)
            check.unchanged("the gradient", given, grad)
        check.same("the number of steps in the end", state["step"], 5)
        check.equal("the average of the squares in the end", state["square"], v, rtol=1e-9, atol=0)
    data, state = np.float32([[1.0, 2.0]]), {}
    adam_step(data, np.float32([[0.0, 1e-6]]), state, 0.5, (0.9, 0.999), 1e-6)
    check.equal("a step with a gradient as small as eps", data, [[1.0, 1.75]], dtype=np.float32, rtol=1e-4)
    check.same("the dtypes of the averages", [str(state[k].dtype) for k in ("mean", "square")], ["float32"] * 2)
    single, state = np.array(1.0), {}
    for _ in range(2):
        adam_step(single, np.array(4.0), state, *settings)
    check.equal("one number, two equal gradients", single, 0.8)
    ### END HIDDEN TESTS

# %% [markdown]
# The class around it is given. As in PyTorch, its weight decay goes into the gradient, like SGD's; Part 5 asks whether that is a good idea.

# %%
#| export
class Adam(Optimizer):
    """Adam: a step size for each number, from running averages of its gradient and of its square.

    Parameters
    ----------
    params : iterable of Tensor
    lr, betas, eps, weight_decay
        As in `adam_step`; `weight_decay` times the parameter is added to its gradient.
    """

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr)
        if not (len(betas) == 2 and all(0 <= beta < 1 for beta in betas)):
            raise ValueError(f"betas should be two numbers of at least 0 and below 1, not {betas}")
        if not (eps >= 0 and weight_decay >= 0):
            raise ValueError(f"eps and weight_decay should be at least 0, not {eps} and {weight_decay}")
        self.betas, self.eps, self.weight_decay = tuple(map(float, betas)), float(eps), float(weight_decay)

    def update(self, param, state):
        """One step for one parameter, in place."""
        adam_step(param.data, decayed_gradient(param, self.weight_decay), state, self.lr, self.betas, self.eps)

# %% tags=["demo"]
figure, axes = plt.subplots(2, 1, figsize=(7, 5))
for name, make, color, style in [
    ("SGD 0.09", lambda p: SGD(p, 0.09), ORANGE, "s-"),
    ("momentum 0.7", lambda p: SGD(p, 0.04, 0.7), BLUE, "o-"),
    ("Adam 0.5", lambda p: Adam(p, 0.5), GREEN, "^-"),
]:
    path = walk(make, 60)
    axes[0].plot(path[:, 0], path[:, 1], style, color=color, markersize=3, linewidth=1, label=name)
    axes[1].semilogy(np.hypot(*path.T), color=color, label=name)
draw_valley(axes[0])
axes[0].set(xlabel="x", ylabel="y")
axes[1].set(xlabel="step", ylabel="distance to the minimum")
axes[1].legend(fontsize=8)
show(figure, "Above, three paths through the valley; Adam goes diagonally at first, as far along as across. Below, their distances: "
             "momentum falls fastest, plain SGD steadily, Adam overshoots and comes back in slow swings.")

# %% [markdown]
# In this smooth valley Adam is not the fastest. Its strength is another: the next cell makes the same valley ten thousand times flatter, as a badly scaled loss would. For Adam nothing changes; SGD needs a new rate. With the old one, 0.09, it starts 8.1 away from the minimum; how far away is it after 60 steps?

# %% tags=["demo", "play"]
guess.predict("distance of SGD when the loss is 10,000 times flatter", None)

# %% tags=["demo"]
for scale in (1.0, 1e-4):
    flat = scale * curvatures
    ends = [np.hypot(*walk(make, 60, curvatures=flat)[-1]) for make in (lambda p: SGD(p, 0.09), lambda p: Adam(p, 0.5))]
    print(f"loss times {scale:g}: after 60 steps SGD is {ends[0]:.3f} away, Adam {ends[1]:.3f}")
guess.measured("distance of SGD when the loss is 10,000 times flatter", ends[0])

# %% [markdown]
# ## Part 5 · AdamW
#
# Two weights, both 1, with decay 0.1. One has gradients of size 100, the other of size 0.01. Adam adds 0.1 to each gradient, and then divides by the gradients' size. So the first is pulled to 0 by 0.001 η a step; for the second the decay is nearly all of its gradient, and it is pulled by almost η. The more a weight is used, the less it is decayed. Nobody asked for that.
#
# Loshchilov and Hutter (2017) take decay out of the gradient: first $w \leftarrow w - \eta \lambda w$, then the plain Adam step.

# %% [markdown]
# ### 07.9 AdamW.update
#
# By hand: η = 0.1, λ = 0.5, $w = 2$, $g = 4$. The decay leaves $2 \cdot (1 - 0.05) = 1.9$, the first Adam step takes 0.1 away: 1.8.

# %%
#| export
class AdamW(Adam):
    """Adam with weight decay apart from the gradient: each step first takes lr times weight_decay of the parameter away.

    Parameters as in `Adam`; the usual weight_decay is 0.01.
    """

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, lr, betas, eps, weight_decay)

# %% nbgrader={"grade": false, "grade_id": "07-09-adamw-update", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(AdamW)
def update(self, param, state):
    """One step for one parameter, in place: the decay, then `adam_step` with the gradient as it is.

    The decay multiplies the data by 1 - lr weight_decay.
    """
    ### BEGIN SOLUTION 07.9 AdamW.update: take one step, with the decay apart from the gradient
    param.data *= 1 - self.lr * self.weight_decay
    adam_step(param.data, param.grad, state, self.lr, self.betas, self.eps)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-09-adamw-update", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
def given_adam_step(data, grad, state, lr, betas, eps):  # a stand-in: adds up gradients, and notes its settings
    state["sum"] = state.get("sum", 0.0) + grad
    state["settings"] = (lr, tuple(betas), eps)
    np.subtract(data, lr * state["sum"], out=data, casting="same_kind")

with Checks("07.9", "AdamW.update") as check, check.using(adam_step=given_adam_step):
    optimizer = bare(AdamW, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.5)
    param, state = with_gradient([2.0, -4.0], [1.0, 1.0]), {}
    array = param.data
    check.given(data=[2.0, -4.0], grad=[1.0, 1.0], lr=0.1, weight_decay=0.5, look="The step's stand-in takes 0.1 g away. The decay comes first.")
    optimizer.update(param, state)
    check.equal("the parameter", param.data, [1.8, -3.9])
    check.true("param.data is another array now", param.data is array, look="Change the array that is there.")
    check.equal("the gradient that adam_step got", state["sum"], [1.0, 1.0], look="No decay in the gradient.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    optimizer.update(param, state)
    check.equal("the parameter after a second step", array, [1.8 * 0.95 - 0.2, -3.9 * 0.95 - 0.2])
    check.same("the settings that adam_step got", state["settings"], (0.1, (0.9, 0.999), 1e-8))
    other = bare(AdamW, lr=0.01, betas=(0.5, 0.6), eps=0.1, weight_decay=0.0)
    param, state = with_gradient([[3.0]], [[2.0]], np.float64), {}
    other.update(param, state)
    check.equal("the parameter without decay", param.data, [[2.98]], dtype=np.float64, rtol=1e-12)
    check.same("the settings that adam_step got", state["settings"], (0.01, (0.5, 0.6), 0.1))
    check.unchanged("the gradient", param.grad, [[2.0]])
    quick = bare(AdamW, lr=0.5, betas=(0.9, 0.999), eps=1e-8, weight_decay=1.0)
    param = with_gradient([8.0], [0.0])
    for _ in range(3):
        quick.update(param, {})
    check.equal("three steps of decay alone", param.data, [1.0], dtype=np.float32)
    ### END HIDDEN TESTS

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(6, 2.8))
noise = np.random.default_rng(5).normal(size=(200, 1)) * np.array([100.0, 0.01])  # the same, in two sizes
for kind, style in [(Adam, "--"), (AdamW, "-")]:
    param = Tensor(np.ones(2), requires_grad=True)
    optimizer, path = kind([param], lr=0.01, weight_decay=0.1), []
    for grad in noise:
        param.grad = grad
        optimizer.step()
        path.append(param.data.copy())
    for column, color, size, width in [(0, BLUE, "100", 3.5), (1, ORANGE, "0.01", 1.5)]:
        axis.plot(np.array(path)[:, column], style, color=color, linewidth=width, label=f"{kind.__name__}, gradients of size {size}")
axis.legend(fontsize=8)
axis.set(xlabel="step", ylabel="weight")
show(figure, "A weight under pure noise, with decay 0.1; gradients of size 100, and the same ones of size 0.01. With Adam the first "
             "follows the noise and the second falls to 0. With AdamW the two curves lie on each other.")

# %% [markdown]
# ## Part 6 · What an optimizer remembers
#
# Stop a training, save the parameters, start again with a new Adam: its averages are zero, and its first steps are all of size η in every direction. At a bold learning rate the loss jumps; at any rate it is another run from there on. The averages belong to the training as much as the weights do.
#
# So an optimizer can hand out its state, and take one back. Module 08 writes it to a file.

# %% [markdown]
# ### 07.10 state_dict and load_state_dict
#
# What is handed out has to be a copy: `update` works in place, so an array that is shared would go on changing after it was saved. What is taken in has to be a copy too, for the same reason.
#
# `copied` is given. The settings are all attributes but `params` and `state`.
#
# <details><summary>A nudge</summary>
#
# `vars(self)` is the dictionary of the attributes, `setattr(self, name, value)` sets one.
# </details>

# %%
#| exporti
def copied(state):
    """The list of dictionaries again, with copies of the arrays in it."""
    return [{name: np.array(v) if isinstance(v, np.ndarray) else v for name, v in each.items()} for each in state]

# %%
#| exporti
def check_state(optimizer, saved):
    """Refuse a saved state whose settings have other names, or that belongs to other parameters."""
    settings = {name for name in vars(optimizer) if name not in ("params", "state")}
    if set(saved["settings"]) != settings:
        raise ValueError(f"the saved settings are {sorted(saved['settings'])}, not {sorted(settings)}")
    if len(saved["state"]) != len(optimizer.params):
        raise ValueError(f"the saved state is for {len(saved['state'])} parameters, not {len(optimizer.params)}")
    for param, each in zip(optimizer.params, saved["state"]):
        for name, value in each.items():
            if isinstance(value, np.ndarray) and value.shape != param.shape:
                raise ValueError(f"the saved {name} has shape {value.shape}, its parameter {param.shape}")

# %% nbgrader={"grade": false, "grade_id": "07-10-state-dict", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Optimizer)
def state_dict(self):
    """A dictionary with everything but the parameters themselves.

    ``"settings"`` is a dictionary of all attributes except `params` and `state`, by name; ``"state"`` is
    ``copied(self.state)``.
    """
    ### BEGIN SOLUTION 07.10 Optimizer.state_dict: return the settings and a copy of the state
    settings = {name: value for name, value in vars(self).items() if name not in ("params", "state")}
    return {"settings": settings, "state": copied(self.state)}
    ### END SOLUTION


@method_of(Optimizer)
def load_state_dict(self, saved):
    """Take over what `state_dict` of an optimizer of the same kind returned; `saved` stays as it is.

    Afterwards each setting is an attribute, and `self.state` a copy. Raises ValueError, by ``check_state(self, saved)``,
    before anything is changed.
    """
    ### BEGIN SOLUTION 07.10 Optimizer.load_state_dict: check, then set the attributes and the state
    check_state(self, saved)
    for name, value in saved["settings"].items():
        setattr(self, name, value)
    self.state = copied(saved["state"])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-10-state-dict", "locked": true, "points": 11, "schema_version": 3, "solution": false, "task": false}
with Checks("07.10", "Optimizer.state_dict") as check:
    param = with_gradient([1.0, 2.0], [0.5, 0.5])
    velocity = np.array([3.0, 4.0])
    optimizer = bare(SGD, params=[param], lr=0.1, state=[{"velocity": velocity}], momentum=0.9, weight_decay=0.0)
    check.given(optimizer="SGD with lr 0.1, momentum 0.9 and velocity [3, 4]")
    saved = optimizer.state_dict()
    check.same("the list of what was saved", sorted(saved), ["settings", "state"])
    check.same("the settings", saved["settings"], {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0}, look="All attributes but two.")
    velocity *= 2
    check.equal("the saved velocity after another step", saved["state"][0]["velocity"], [3.0, 4.0], look="A copy.")
    other = bare(SGD, params=[param], lr=1.0, state=[{}], momentum=0.0, weight_decay=0.3)
    other.load_state_dict(saved)
    check.same("the settings after loading", [other.lr, other.momentum, other.weight_decay], [0.1, 0.9, 0.0])
    check.equal("the velocity after loading", other.state[0]["velocity"], [3.0, 4.0])
    other.state[0]["velocity"] += 100
    check.equal("the saved velocity after the loaded one changed", saved["state"][0]["velocity"], [3.0, 4.0], look="A copy again.")
    twice = {"settings": saved["settings"], "state": saved["state"] * 2}
    check.raises("a state for two parameters", ValueError, lambda: other.load_state_dict(twice), look="`check_state` knows.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    mean = {"step": 7, "mean": np.ones(2), "square": np.full(2, 2.0)}
    adam = bare(Adam, params=[param, param], lr=0.1, state=[mean, {}], betas=(0.8, 0.9), eps=1e-3, weight_decay=0.5)
    saved = adam.state_dict()
    check.same("the settings of Adam", saved["settings"], {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.5})
    check.same("the saved number of steps", saved["state"][0]["step"], 7)
    check.same("the saved state of an unused parameter", saved["state"][1], {})
    adam.lr, adam.state[0]["step"] = 0.7, 8
    check.same("the saved learning rate after a change", [saved["settings"]["lr"], saved["state"][0]["step"]], [0.1, 7])
    fresh = bare(Adam, params=[param, param], lr=5.0, state=[{}, {}], betas=(0.0, 0.0), eps=1.0, weight_decay=0.0)
    check.raises("the state of SGD", ValueError, lambda: fresh.load_state_dict(optimizer.state_dict()))
    one = {"settings": saved["settings"], "state": saved["state"][:1]}
    check.raises("a state for one parameter of two", ValueError, lambda: fresh.load_state_dict(one))
    check.same("the learning rate after a refused state", fresh.lr, 5.0)
    fresh.load_state_dict(saved)
    check.equal("the average after loading", fresh.state[0]["square"], [2.0, 2.0])
    check.same("the betas after loading", fresh.betas, (0.8, 0.9))
    check.same("the parameters after loading", [p is param for p in fresh.params], [True, True])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 07.11 The bytes of the state
#
# What does remembering cost? By hand, 1,000,000 parameters in float32: Adam keeps 2 · 1,000,000 · 4 = 8,000,000 bytes, on top of 4 MB of parameters and 4 MB of gradients. And the others? Look into the dictionaries that your `update` fills.

# %% nbgrader={"grade": false, "grade_id": "07-11-state-bytes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def state_bytes(parameters, kind, itemsize=4):
    """How many bytes of arrays an optimizer keeps between its steps.

    Parameters
    ----------
    parameters : int
        How many numbers are learned.
    kind : str
        "sgd", "momentum" (SGD with momentum), "adam" or "adamw".
    itemsize : int
        Bytes of a number: 4 for float32.

    Returns
    -------
    int
        Without the parameters and their gradients.
    """
    ### BEGIN SOLUTION 07.11 state_bytes: return the number of arrays times their bytes
    return {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}[kind] * parameters * itemsize
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-11-state-bytes", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("07.11", "state_bytes") as check:
    check.given(parameters=1_000_000, look="How many arrays does `update` keep in its dictionary?")
    check.equal("the bytes of Adam", state_bytes(1_000_000, "adam"), 8_000_000, inputs={"parameters": 1_000_000, "kind": "adam"})
    check.equal("the bytes of Adam in float64", state_bytes(1_000_000, "adam", 8), 16_000_000, inputs={"parameters": 1_000_000, "kind": "adam", "itemsize": 8})
    check.equal("the bytes of plain SGD", state_bytes(1_000_000, "sgd"), 0, inputs={"parameters": 1_000_000, "kind": "sgd"})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the bytes of momentum", state_bytes(2_410, "momentum"), 9_640)
    check.equal("the bytes of AdamW in float64", state_bytes(10, "adamw", 8), 160)
    check.equal("the bytes of momentum in float16", state_bytes(7, "momentum", itemsize=2), 14)
    check.equal("the bytes of Adam", state_bytes(3, "adam"), 24)
    ### END HIDDEN TESTS

# %% [markdown]
# Together with the parameter and its gradient that is 2, 3 or 4 numbers for each one that is learned. Predicted, then measured: a network of 784→512→10 makes one step with each optimizer, and we count the bytes of the arrays in `state` and, with `tracemalloc`, what the step left behind in memory.

# %% tags=["demo"]
import tracemalloc

kinds = {"sgd": lambda p: SGD(p, 0.1), "momentum": lambda p: SGD(p, 0.1, 0.9), "adam": Adam, "adamw": AdamW}
measured = {}
for kind, make in kinds.items():
    params = Sequential(Linear(784, 512), Linear(512, 10)).parameters()
    optimizer, count = make(params), sum(param.size for param in params)
    for param in params:
        param.grad = np.ones(param.shape, param.dtype)
    tracemalloc.start()
    optimizer.step()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    arrays = sum(v.nbytes for each in optimizer.state for v in each.values() if isinstance(v, np.ndarray))
    measured[kind] = left
    print(f"{kind:<9} predicted {state_bytes(count, kind):>9,}  arrays {arrays:>9,}  left in memory {left:>9,}")

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(6, 2.4))
for place, kind in enumerate(kinds):
    left = 0
    for name, size, color, hatch in [
        ("parameters", 4 * count, BLUE, ""), ("gradients", 4 * count, SKY, "//"), ("state (measured)", measured[kind], ORANGE, "..")
    ]:
        axis.barh(place, size / 1e6, left=left / 1e6, color=color, hatch=hatch, edgecolor="white", label=name if not place else None)
        left += size
axis.set(yticks=range(4), yticklabels=list(kinds), xlabel="MB", xlim=(0, 9.5))
axis.legend(fontsize=8)
show(figure, "Memory for 407,050 parameters: 1.6 MB of parameters and 1.6 MB of gradients for each optimizer. On top, plain SGD keeps "
             "nothing, momentum 1.6 MB, Adam and AdamW 3.3 MB.")

# %% [markdown]
# ## Part 7 · Check your understanding
#
# Graded too; a function again, so that it can be tried on other numbers.
#
# ### 07.12 Adam's first step
#
# At the first step both averages are corrected back to $g$ and $g^2$. By how much does a number change whose gradient is `grad`? Mind the sign, and the ε. What if the gradient is 0?

# %% nbgrader={"grade": false, "grade_id": "07-12-first-step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def first_step(grad, lr, eps):
    """By how much Adam's first step changes a number whose gradient is `grad` (a float), for any betas; eps is above 0."""
    ### BEGIN SOLUTION 07.12 first_step: return the change of the number
    return -lr * grad / (abs(grad) + eps)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-12-first-step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("07.12", "first_step") as check:
    check.given(grad=4.0, lr=0.1, eps=1e-8, look="The first step by hand in Part 4.")
    check.equal("the change", first_step(4.0, 0.1, 1e-8), -0.1)
    check.equal("the change", first_step(-400.0, 0.1, 1e-8), 0.1, inputs={"grad": -400.0})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the change for a negative gradient", first_step(-0.5, 0.2, 1e-8), 0.2)
    check.equal("the change for a gradient of 0", first_step(0.0, 0.1, 1e-8), 0.0)
    check.equal("the change for a gradient as small as eps", first_step(1e-3, 1.0, 1e-3), -0.5)
    check.equal("the change for a large eps", first_step(-3.0, 0.5, 1.0), 0.375)
    ### END HIDDEN TESTS

# %% [markdown]
# So Adam's η is nearly a length: how far each number moves at the start, whatever the loss is multiplied by. That is why 0.001 is a usable default for networks of all kinds, and why there is no useful default for SGD.

# %% [markdown]
# ### 07.13 Catch a wrong optimizer
#
# Does an optimizer work? "The loss goes down" is what most people look at. Here are five steps with momentum, written as formulas: `step(w, v, grad, lr, momentum)` returns the new `w`, and what it wants to remember, `v`. One is right.

# %%
STEPS = [  # is it right, what it does, the step
    (True, "follows the formula", lambda w, v, g, lr, mu: (w - lr * (mu * v + g), mu * v + g)),
    (False, "forgets its velocity", lambda w, v, g, lr, mu: (w - lr * g, v)),
    (False, "weighs the gradient by 1 - momentum", lambda w, v, g, lr, mu: (w - lr * (mu * v + (1 - mu) * g), mu * v + (1 - mu) * g)),
    (False, "goes by the velocity from before this gradient", lambda w, v, g, lr, mu: (w - lr * v, mu * v + g)),
    (False, "has a momentum of 0.9, whatever one asks for", lambda w, v, g, lr, mu: (w - lr * (0.9 * v + g), 0.9 * v + g)),
]

# %% tags=["demo"]
for right, said, step in STEPS:
    w, v, losses = np.array([8.0, 1.2]), np.zeros(2), []
    for _ in range(100):
        losses.append((curvatures * w * w).sum() / 2)
        w, v = step(w, v, curvatures * w, 0.002, 0.9)
    print(f"loss {losses[0]:.1f} becomes {losses[-1]:7.4f}   {'right' if right else 'wrong'}: {said}")

# %% [markdown]
# The loss falls with all of them, and a wrong one gets further than the right one: gradients forgive a lot. The last one cannot be told from the right one here at all, since 0.9 is what we asked for. So a check has to *compute* where the parameter must be. Some more, of both kinds:

# %%
STEPS += [
    (True, "keeps lr times the velocity", lambda w, v, g, lr, mu: (w - (mu * v + lr * g), mu * v + lr * g)),
    (True, "keeps its velocity with the other sign", lambda w, v, g, lr, mu: (w + lr * (mu * v - g), mu * v - g)),
    (False, "looks ahead, as Nesterov does", lambda w, v, g, lr, mu: (w - lr * (g + mu * (mu * v + g)), mu * v + g)),
    (False, "multiplies the gradient by the momentum, too", lambda w, v, g, lr, mu: (w - lr * mu * (v + g), mu * (v + g))),
    (False, "takes the sign of the gradient", lambda w, v, g, lr, mu: (w - lr * (mu * v + np.sign(g)), mu * v + np.sign(g))),
    (False, "has one velocity for all numbers", lambda w, v, g, lr, mu: (w - lr * (mu * v + g).mean(), mu * v + g)),
]

# %% [markdown]
# Write the check. When the work is graded, further steps are tried: right ones have to pass, whatever they remember, and wrong ones to be caught.
#
# <details><summary>A nudge</summary>
#
# After how many steps does a velocity show? Which momentum, which gradients make two formulas the same: 0.9, all 1, all equal, never 0? Compare `w` with your own sum, not `v`: what a step remembers is its own business. Copy what you hand in: whoever writes into it changes your own numbers, too.
# </details>

# %% nbgrader={"grade": false, "grade_id": "07-13-step-is-right", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step_is_right(step):
    """Whether a step with momentum is right: velocity = momentum * velocity + grad, then w = w - lr * velocity.

    Parameters
    ----------
    step : callable
        ``w, v = step(w, v, grad, lr, momentum)``. `w` and `grad` are float64 arrays of one shape; `v` are zeros of that
        shape the first time, then whatever the step returned the time before. A right step gives the right w for all
        gradients, every lr above 0 and every momentum from 0 to below 1, at each of many steps, and writes into neither `w`
        nor `grad`. Rounding is no mistake; one part in a thousand is.

    Returns
    -------
    bool
    """
    ### BEGIN SOLUTION 07.13 step_is_right: try the step, return True if it is right and False if it is wrong
    rng = np.random.default_rng(0)
    for lr, momentum in [(0.1, 0.9), (0.5, 0.3)]:
        w, v, velocity = rng.normal(size=6), np.zeros(6), np.zeros(6)
        expected = w.copy()
        for grad in 3 * rng.normal(size=(5, 6)) * rng.choice([0, 1], (5, 6)):
            given = w.copy(), grad.copy()
            new, v = step(w, v, grad, lr, momentum)
            velocity = momentum * velocity + given[1]
            expected = expected - lr * velocity
            if not (np.allclose(new, expected) and np.array_equal((w, grad), given)):
                return False
            w = new
    return True
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-07-13-step-is-right", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("07.13", "step_is_right") as check:
    looks = {True: "It is right: do you compare `w` only, and not too strictly?",
             False: "With which momentum and which gradients, and after how many steps, is its `w` another one?"}  # fmt: skip
    for right, said, step in STEPS:
        found = step_is_right(step)
        answered = isinstance(found, (bool, np.bool_))
        check.true("your check returned neither True nor False", answered, got="None" if found is None else found, look="True for a right step, False for a wrong one.")
        accused = "accuses a right step" if right else "lets through a step"
        check.true(f"your check {accused} that {said}", bool(found) == right, look=looks[right])
    ### BEGIN HIDDEN TESTS
    check.hidden()

    def writes(w, v, g, lr, mu):
        g += mu * v
        return w - lr * g, g.copy()

    def sleeps(w, v, g, lr, mu):
        new = mu * v + g
        return np.where(g == 0, w, w - lr * new), new

    for wanted, said, step in [
        (True, "keeps velocity and gradient apart", lambda w, v, g, lr, mu: (w - lr * g - lr * mu * v, g + mu * v)),
        (True, "remembers more than the velocity", lambda w, v, g, lr, mu: (w - lr * (mu * v[-1] + g), [w, mu * v[-1] + g]) if isinstance(v, list) else (w - lr * g, [w, g])),
        (False, "writes into the gradient", writes),
        (False, "stands still where the gradient is 0", sleeps),
        (False, "cuts gradients off at 1", lambda w, v, g, lr, mu: (w - lr * (mu * v + np.clip(g, -1, 1)), mu * v + np.clip(g, -1, 1))),
        (False, "is off by one part in a thousand", lambda w, v, g, lr, mu: (w - 1.001 * lr * (mu * v + g), mu * v + g)),
        (False, "has a learning rate of 0.1, whatever one asks for", lambda w, v, g, lr, mu: (w - 0.1 * (mu * v + g), mu * v + g)),
        (False, "follows positive gradients only", lambda w, v, g, lr, mu: (w - lr * (mu * v + np.maximum(g, 0)), mu * v + np.maximum(g, 0))),
        (False, "forgets the velocity at every second step", lambda w, v, g, lr, mu: (w - lr * (mu * v + g), 0 * v if np.any(v) else g)),
        (False, "never moves", lambda w, v, g, lr, mu: (w, v)),
    ]:
        look = f"Your check {'accuses a right step' if wanted else 'lets through a step'} that {said}."
        check.equal("the verdict", step_is_right(step), wanted, look=look)
    ### END HIDDEN TESTS

# %% [markdown]
# This is how libraries test their optimizers: known gradients in, and each step compared with the formula. The loss would have told you nothing.

# %% [markdown]
# ### What PyTorch does the same, and what otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | the formulas of `SGD`, `Adam`, `AdamW` | the same | `torch.optim.SGD`, `Adam`, `AdamW` |
# | defaults | the same, but SGD asks for its rate | SGD's is 0.001 in recent versions |
# | a parameter without a gradient | passed over | the same |
# | lr of 0, momentum from 1 on | ValueError | allowed |
# | a tensor that is a result | ValueError | ValueError |
# | a single tensor instead of a list | ValueError, since its rows are results | TypeError |
# | a parameter given twice | kept once | kept twice, with a warning |
# | settings for groups of parameters | one optimizer for each group | `param_groups` |
# | Nesterov, dampening, amsgrad | not built | options |
# | speed | a few NumPy calls for each parameter | the same on a CPU; many parameters at once on a GPU |

# %% [markdown]
# ## Four optimizers read digits
#
# The same network, the same first weights, the same batches of 64 from 1,500 digits; the other 297 are held out. Your tensors, layers, losses, loader and engine are all at work here, for the first time under an optimizer of yours.
#
# After twelve epochs, what share of the held-out digits does Adam get wrong? Chance is 90 %.

# %% tags=["demo", "play"]
guess.predict("% of held-out digits that Adam gets wrong", None)

# %%
from tinytorch.core.activations import ReLU
from tinytorch.core.dataloader import DataLoader, TensorDataset, load_digits
from tinytorch.core.losses import CrossEntropyLoss

# %% tags=["demo"]
images, labels = load_digits()
order = np.random.default_rng(0).permutation(len(images))
train, held_out = order[:1500], order[1500:]


def learn(make, epochs=12):
    """The mean loss of each epoch, and the accuracy on held-out digits at the end."""
    manual_seed(1)
    net, loss_of, curve = Sequential(Linear(64, 32), ReLU(), Linear(32, 10)), CrossEntropyLoss(), []
    optimizer = make(net.parameters())
    for _ in range(epochs):
        losses = []
        for x, y in DataLoader(TensorDataset(images[train], labels[train]), 64, shuffle=True, seed=len(curve)):
            optimizer.zero_grad()
            loss = loss_of(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        curve.append(np.mean(losses))
    return curve, (net(Tensor(images[held_out])).data.argmax(axis=1) == labels[held_out]).mean()

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(7, 3))
for name, make, color, mark in [
    ("SGD, lr 0.1", lambda p: SGD(p, 0.1), ORANGE, "s"),
    ("SGD, lr 0.1, momentum 0.9", lambda p: SGD(p, 0.1, 0.9), BLUE, "o"),
    ("Adam, lr 0.01", lambda p: Adam(p, 0.01), GREEN, "^"),
    ("AdamW, lr 0.01, decay 0.1", lambda p: AdamW(p, 0.01, weight_decay=0.1), PINK, "v"),
]:
    curve, right = learn(make)
    if name.startswith("Adam,"):
        guess.measured("% of held-out digits that Adam gets wrong", 100 * (1 - right))
    axis.semilogy(curve, color=color, marker=mark, markersize=4, label=f"{name}: {right:.1%} held out")
axis.set(xlabel="epoch", ylabel="training loss", ylim=(None, 20))
axis.legend(fontsize=8, ncols=2)
show(figure, "Training loss on digits over twelve epochs, logarithmic. Plain SGD falls slowest by far; momentum, Adam and AdamW "
             "run close together and end at less than a third of its loss.")

# %% [markdown]
# All four learn, on an engine that you wrote from the first line on. One digit of 297 is 0.3 %, so the order of the best three is chance. Plain SGD would come further with a larger rate; try it.
#
# And the stop of Part 6? 200 steps of Adam at a bold rate, then thirty more in three ways: without a stop, with a new optimizer that takes over the saved state, and with a new one that knows nothing.

# %% tags=["demo"]
batches = list(DataLoader(TensorDataset(images[train], labels[train]), 64, shuffle=True, seed=0))
loss_of, all_images, all_labels = CrossEntropyLoss(), Tensor(images[train]), Tensor(labels[train])


def go_on(net, optimizer, first, last):
    """The loss on all 1,500 digits after each of the steps from `first` to `last`."""
    losses = []
    for number in range(first, last):
        x, y = batches[number % len(batches)]
        optimizer.zero_grad()
        loss_of(net(x), y).backward()
        optimizer.step()
        losses.append(loss_of(net(all_images), all_labels).item())
    return losses

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(7, 2.8))
for kind, color, style in [("not stopped", "0.7", "o-"), ("state restored", BLUE, "-"), ("state forgotten", ORANGE, "s--")]:
    manual_seed(1)
    net = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
    optimizer = Adam(net.parameters(), 0.03)
    go_on(net, optimizer, 0, 200)
    saved = optimizer.state_dict()
    if kind != "not stopped":
        optimizer = Adam(net.parameters(), 0.03)
    if kind == "state restored":
        optimizer.load_state_dict(saved)
    axis.plot(range(200, 230), go_on(net, optimizer, 200, 230), style, color=color, markersize=4, label=kind)
axis.set(xlabel="step", ylabel="training loss", ylim=(0, None))
axis.legend(fontsize=8)
show(figure, "Training loss after a stop at step 200. With the state restored it lies exactly on the line of the run that was not stopped. "
             "With the state forgotten it is half as high again after the first step, and goes its own way from there on.")

# %% [markdown]
# And your own numbers? On the line you were right, above it you said too much.

# %% tags=["demo"]
guess.show()

# %% [markdown]
# **Export.** Run all cells once more from the top. Then, in a terminal in the course folder:
#
# - `tinytorch check 07_optimizers` says where you stand, exercise by exercise;
# - `tinytorch export 07_optimizers` writes `tinytorch/core/optimizers.py`. In Module 08 it gets a training loop, a schedule, and checkpoints.
