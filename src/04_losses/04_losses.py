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
# # Module 04: Losses
#
# > How wrong is a prediction? One number, and why it is the right one.
#
# You need Modules 01 to 03.

# %%
#| default_exp core.losses

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
# | 1 | Squared error, and a shape that lies | 35 |
# | 2 | Surprise, measured in bits | 30 |
# | 3 | Binary cross-entropy | 40 |
# | 4 | The same mistake under two losses | 35 |
# | 5 | Log-sum-exp: big logits, exact logarithms | 45 |
# | 6 | Cross-entropy | 50 |
# | 7 | Check your understanding, and an untrained classifier meets its loss | 35 |

# %%
#| export
import numpy as np

from tinytorch.core.tensor import Tensor

# %%
from tinytorch.checks import Checks
from tinytorch.core.activations import ReLU, Sigmoid, Softmax
from tinytorch.core.layers import Linear, Sequential, manual_seed

# %%
# What stands in for one exercise while another one is checked. Run this cell; nothing to do.
def accept(pred, target):
    return target.data


def refuse(pred, target):
    raise ValueError("this stands in for a check that refuses")


def given_log_softmax(x, dim=-1):
    return Tensor(x.data - np.logaddexp.reduce(x.data, axis=dim, keepdims=True))

# %% tags=["demo"]
import matplotlib.pyplot as plt

from tinytorch.pictures import show

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1. Squared error, and a shape that lies (35 minutes)
#
# A model says tomorrow's temperatures are `[21, 18, 24]`. They turn out to be `[20, 18, 27]`. How wrong was it, in one number? Take the differences, `[1, 0, -3]`, square them, and average:
#
# $$\mathrm{MSE} = \frac1n \sum_i (\mathrm{pred}_i - \mathrm{target}_i)^2 = \frac{1 + 0 + 9}{3} = 3.33$$

# %%
pred, target = Tensor([21.0, 18.0, 24.0]), Tensor([20.0, 18.0, 27.0])
difference = pred - target
print((difference * difference).mean())

# %% [markdown]
# Squares make every difference count as positive, and one of 3 count nine times as much as one of 1.
#
# Now the same again, with predictions as a network gives them: a column, of shape (3, 1). They are *perfect* this time. What do you expect?

# %%
pred, target = Tensor([[20.0], [18.0], [27.0]]), Tensor([20.0, 18.0, 27.0])
difference = pred - target
print("mean square:", (difference * difference).mean().item(), " shape of the difference:", difference.shape)

# %% [markdown]
# Broadcasting compared every prediction with every target: nine differences instead of three. There is no error message, only a loss that never reaches 0. This is among the most common silent bugs in machine learning. A loss should refuse.
#
# ### 04.1 Refuse what does not match
#
# Write the guard that the next two losses will call first. Look at `pred.dtype.kind`: it is `"f"` for floating-point numbers of every size.

# %% nbgrader={"grade": false, "grade_id": "04-01-check-pair", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def check_pair(pred: Tensor, target: Tensor) -> None:
    """Refuse predictions that are not floating-point, and targets of another shape; look at the dtype first.

    Raises
    ------
    TypeError
        If the predictions are integers or truth values; the message names their dtype.
    ValueError
        If the shapes differ, even where they would broadcast; the message names both.
    """
    ### BEGIN SOLUTION 04.1 check_pair: raise a TypeError or a ValueError, or return None
    if pred.dtype.kind != "f":
        raise TypeError(f"the predictions should be floating-point numbers, not {pred.dtype}")
    if pred.shape != target.shape:
        raise ValueError(f"predictions of shape {pred.shape} do not match targets of shape {target.shape}")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-01-check-pair", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("04.1", "check_pair") as check:
    column, row, whole = Tensor([[1.0], [2.0], [3.0]]), Tensor([1.0, 2.0, 3.0]), Tensor(np.array([1, 2, 3], np.int64))
    check.given(pred=column, target=row, look="Compare the two shapes. Are both in the message?")
    check.raises("a column against a row", ValueError, lambda: check_pair(column, row), mentions=("(3, 1)", "(3,)"))
    check.given(pred=whole, target=row, look="Which kind of dtype have the predictions?")
    check.raises("integer predictions", TypeError, lambda: check_pair(whole, row), mentions="int64")
    check.given(look="A good pair is no occasion to return anything.")
    check.same("what it returns for a good pair", check_pair(row, Tensor([3.0, 2.0, 1.0])), None)
    check.probe(lambda: check_pair(row, Tensor([1.0, 2.0])))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    grid = Tensor(np.zeros((2, 3)))
    check.raises("(2, 3) against (3, 2)", ValueError, lambda: check_pair(grid, Tensor(np.zeros((3, 2)))))
    check.raises("(2, 3) against (3,)", ValueError, lambda: check_pair(grid, row))
    check.raises("truth values as predictions", TypeError, lambda: check_pair(Tensor(np.array([True])), Tensor([1.0])))
    check.same("what it returns for integer targets", check_pair(row, whole), None)
    check.same("what it returns for float64 against float32", check_pair(grid, Tensor(np.zeros((2, 3), np.float32))), None)
    ### END HIDDEN TESTS

# %% [markdown]
# All our losses share the few lines below: calling one runs its `forward`, which gives the mean over everything as a tensor without axes. Run this cell; nothing to do.

# %%
#| export
class Loss:
    """How wrong predictions are, as one number: 0 at best. Calling a loss runs its `forward`."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """The mean loss, as a tensor of shape (); each kind says which."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def __call__(self, pred: Tensor, target: Tensor) -> Tensor:
        if not (isinstance(pred, Tensor) and isinstance(target, Tensor)):
            kinds = f"{type(pred).__name__} and {type(target).__name__}"
            raise TypeError(f"a loss takes two tensors, not {kinds}: wrap arrays in Tensor(...)")
        return self.forward(pred, target)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

# %% [markdown]
# ### 04.2 The mean of the squares
#
# Work on the arrays `pred.data` and `target.data`; Module 06 will give the loss its gradient as one step. Call your guard first. The targets may be float64 or integers: the result still has the dtype of the predictions.
#
# <details><summary>A nudge</summary>
#
# A difference times itself is its square. Average first, then make the result an array of the predictions' dtype, for example with `.astype(…)`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "04-02-mse", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class MSELoss(Loss):
    """The mean of the squared differences: the loss for numbers that may take any value."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """mean((pred - target)²) over all values.

        Parameters
        ----------
        pred, target : Tensor of the same shape, the predictions floating-point

        Returns
        -------
        Tensor of shape (), in the dtype of `pred`; NaN if there is a NaN

        Raises
        ------
        TypeError, ValueError
            What `check_pair` refuses.
        """
        ### BEGIN SOLUTION 04.2 MSELoss.forward: check the pair, return the mean of the squared differences
        check_pair(pred, target)
        difference = pred.data - target.data
        return Tensor((difference * difference).mean().astype(pred.dtype))
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-02-mse", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("04.2", "MSELoss.forward") as check, check.using(check_pair=accept):
    pred, target = Tensor([21.0, 18.0, 24.0]), Tensor([20.0, 18.0, 27.0])
    check.given(pred=pred, target=target, look="The differences are 1, 0 and -3. Square, then average.")
    loss = MSELoss()(pred, target)
    check.is_a("the loss", loss, Tensor)
    check.equal("the loss", loss, 10 / 3, dtype=np.float32)
    exact = Tensor(np.array([20.0, 18.0, 27.0]))
    check.given(pred=pred, target=exact, look="The target is float64. Whose dtype should the result have?")
    check.equal("the loss", MSELoss()(pred, exact), 10 / 3, dtype=np.float32)
    with check.using(check_pair=refuse):
        column, row = Tensor([[1.0], [2.0]]), Tensor([1.0, 2.0])
        check.given(pred=column, target=row, look="Is check_pair called before anything is computed?")
        check.raises("a pair that check_pair refuses", ValueError, lambda: MSELoss()(column, row))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(0)
    pred, target = Tensor(rng.normal(size=(3, 4))), Tensor(rng.normal(size=(3, 4)))
    before = pred.data.copy()
    expected = ((pred.data - target.data) ** 2).sum() / 12
    check.equal("the loss of a table in float64", MSELoss()(pred, target), expected, dtype=np.float64, rtol=1e-12)
    check.unchanged("the array of predictions", pred, before)
    mixed = MSELoss()(Tensor([1.5, 2.0]), Tensor(np.array([1, 4])))
    check.equal("the loss for integer targets", mixed, 2.125, dtype=np.float32)
    check.equal("the loss for a NaN", MSELoss()(Tensor([np.nan, 1.0]), Tensor([0.0, 1.0])), np.nan)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 2. Surprise (30 minutes)
#
# "It will rain with probability 0.9." It rains: you are hardly surprised. It stays dry: you are. How much, as a number? Three wishes: what was certain is no surprise; the less probable, the more surprising; and the surprises of independent events add up, while their probabilities multiply.
#
# Only one function turns products into sums: the logarithm.
#
# $$\mathrm{surprise}(p) = -\log_2 p \quad\text{bits}$$

# %% [markdown]
# By hand: a fair coin, $p = \tfrac12$, gives 1 bit. Three heads in a row, $p = \tfrac18$, give 3 bits: the sum. A one-in-a-million event gives about 20. The logarithm to base $e$ instead of 2 measures the same in *nats*; a nat is 1.4427 bits.

# %% tags=["demo"]
p = np.linspace(0.005, 1, 300)
figure, axis = plt.subplots(figsize=(6, 3))
axis.plot(p, -np.log2(p), color=BLUE, lw=2, label="surprise, in bits")
axis.plot(p, (1 - p) ** 2, color=ORANGE, lw=2, ls="--", label="squared error, (1 - p)²")
axis.plot([1 / 2, 1 / 4, 1 / 8], [1, 2, 3], "o", color="black")
axis.set(xlabel="probability given to what then happened")
axis.legend()
show(figure, "Surprise against probability: 0 at 1, 1 bit at a half, 2 at a quarter, 3 at an eighth, then steeply up towards 0; the squared error never exceeds 1.")

# %% [markdown]
# A forecast is judged over many days. If it really rains on 70 % of the days when you say 0.9, your average surprise is $-0.7 \log_2 0.9 - 0.3 \log_2 0.1 = 0.106 + 0.997 = 1.10$ bits. Had you said 0.7, it would be $0.360 + 0.521 = 0.88$ bits. Nothing beats the truth: that is what makes surprise a good loss.

# %% [markdown]
# ### 04.3 Average surprise
#
# This quantity has a name, *cross-entropy*. What never happens cannot surprise: terms whose true probability is 0 count nothing, even if the prediction is 0 too. But what does happen although you called it impossible is infinitely surprising.
#
# <details><summary>A nudge</summary>
#
# $0 \cdot \log 0$ is NaN in NumPy. Keep only the entries with a true probability above 0.
# </details>

# %% nbgrader={"grade": false, "grade_id": "04-03-average-surprise", "locked": false, "schema_version": 3, "solution": true, "task": false}
def average_surprise(truth, predicted):
    """How surprised a forecast is on average, in bits: the cross-entropy of two distributions.

    Parameters
    ----------
    truth, predicted : lists or arrays of the same length
        The probabilities of all outcomes, as they are and as they were predicted; each sums to 1.

    Returns
    -------
    float, infinite if something happens that was predicted with probability 0; no warnings
    """
    ### BEGIN SOLUTION 04.3 average_surprise: return the sum of truth times surprise, in bits
    truth, predicted = np.asarray(truth, dtype=float), np.asarray(predicted, dtype=float)
    happens = truth > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(truth[happens] * -np.log2(predicted[happens])))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-03-average-surprise", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("04.3", "average_surprise") as check, np.errstate(divide="raise", invalid="raise"):
    check.given(truth=[0.7, 0.3], predicted=[0.9, 0.1], look="0.7 times the surprise of 0.9, plus 0.3 times that of 0.1.")
    check.equal("the average", average_surprise([0.7, 0.3], [0.9, 0.1]), 1.102981)
    check.given(truth=[0.5, 0.5], predicted=[0.5, 0.5], look="A fair coin: one bit. Is your logarithm to base 2?")
    check.equal("the average", average_surprise([0.5, 0.5], [0.5, 0.5]), 1.0)
    check.given(truth=[1.0, 0.0], predicted=[1.0, 0.0], look="What never happens counts nothing: 0 · log 0 is NaN in NumPy.")
    check.equal("the average", average_surprise([1.0, 0.0], [1.0, 0.0]), 0.0)
    check.given(truth=[0.5, 0.5], predicted=[1.0, 0.0], look="np.errstate(divide='ignore') keeps the logarithm of 0 quiet.")
    endless = average_surprise([0.5, 0.5], [1.0, 0.0])
    check.true("what happens though it was called impossible should surprise infinitely", endless == np.inf, got=endless)
    check.probe(lambda: average_surprise([0.25, 0.25, 0.5], [0.5, 0.25, 0.25]))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the average over four", average_surprise([0.25] * 4, [0.5, 0.25, 0.125, 0.125]), 2.25)
    check.equal("where something never happens", average_surprise([1.0, 0.0], [0.25, 0.75]), 2.0)
    check.equal("where something impossible never happens", average_surprise(np.array([0.0, 1.0]), [0.0, 1.0]), 0.0)
    ### END HIDDEN TESTS

# %% tags=["demo"]
said = np.linspace(0.02, 0.98, 97)
surprise = [average_surprise([0.7, 0.3], [p, 1 - p]) for p in said]
print(f"least surprise {min(surprise):.4f} bits, when saying {said[np.argmin(surprise)]:.2f}")
print(f"the truth's own surprise (its entropy): {average_surprise([0.7, 0.3], [0.7, 0.3]):.4f} bits")

# %% [markdown]
# ## Part 3. Binary cross-entropy (40 minutes)
#
# Yes or no: the target $t$ is 1 or 0, the prediction $p$ is the probability of a yes. The surprise is $-\log p$ after a yes and $-\log(1-p)$ after a no. In one line, with natural logarithms as everybody does:
#
# $$\ell = -\bigl(t \log p + (1-t) \log(1-p)\bigr)$$
#
# By hand: $p = 0.9, t = 1$ gives 0.1054; $p = 0.2, t = 0$ gives $-\log 0.8 = 0.2231$; their mean is 0.1643.

# %% [markdown]
# Two traps. In float32 a sigmoid of 20 is exactly 1, so $\log(1-p)$ is $-\infty$; and multiplied by $1 - t = 0$, that is NaN. And for tiny $p$ the difference $1 - p$ is rounded before the logarithm sees it.

# %% tags=["demo"]
p = Sigmoid()(Tensor([20.0, -20.0])).numpy()
with np.errstate(divide="ignore", invalid="ignore"):
    print("p:", p, "  log(1 - p):", np.log(1 - p), "  0 * log(1 - p):", 0 * np.log(1 - p))
    print("log1p(-p):", np.log1p(-p))

# %% [markdown]
# The cure for the first is PyTorch's: no logarithm counts as less than −100. So one hopeless prediction costs 100, and $0 \cdot (-100)$ is 0. The cure for the second is `np.log1p(-p)`, which computes $\log(1-p)$ without forming $1-p$.

# %% [markdown]
# ### 04.4 Binary cross-entropy
#
# A prediction of 1.2 is no probability: most likely a sigmoid was forgotten. Say so in a ValueError. Careful with NaN: it should come out as NaN, not as an error.
#
# <details><summary>A nudge</summary>
#
# Every comparison with NaN is false. So "refuse if any is below 0 or above 1" lets NaN pass, "refuse unless all are between" does not. `np.errstate(divide="ignore")` keeps the logarithm of 0 quiet.
# </details>

# %% nbgrader={"grade": false, "grade_id": "04-04-bce", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class BinaryCrossEntropyLoss(Loss):
    """The mean surprise of yes-or-no predictions, in nats."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """mean(-(t log p + (1 - t) log(1 - p))), each logarithm at least -100.

        Parameters
        ----------
        pred : Tensor of probabilities, any shape, floating-point
        target : Tensor of the same shape, values from 0 to 1

        Returns
        -------
        Tensor of shape (), in the dtype of `pred`; NaN if there is a NaN; no warnings

        Raises
        ------
        TypeError, ValueError
            What `check_pair` refuses; and ValueError for predictions or targets below 0 or above 1.
        """
        ### BEGIN SOLUTION 04.4 BinaryCrossEntropyLoss.forward: check, bound the logarithms at -100, return the mean
        check_pair(pred, target)
        p, t = pred.data, target.data
        for name, values in (("predictions", p), ("targets", t)):
            if ((values < 0) | (values > 1)).any():
                raise ValueError(f"the {name} should be probabilities, from 0 to 1: is a Sigmoid missing?")
        with np.errstate(divide="ignore"):  # log(0) is minus infinity, which the bound turns into -100
            log_yes, log_no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return Tensor(-np.mean(t * log_yes + (1 - t) * log_no, dtype=pred.dtype))
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-04-bce", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
bce = lambda p, t: BinaryCrossEntropyLoss()(Tensor(p), Tensor(t))
with (
    Checks("04.4", "BinaryCrossEntropyLoss.forward") as check,
    check.using(check_pair=accept),
    np.errstate(divide="raise", invalid="raise"),
):
    check.given(pred=[0.9, 0.2], target=[1.0, 0.0], look="The mean of -log 0.9 and -log 0.8.")
    check.is_a("the loss", bce([0.9, 0.2], [1.0, 0.0]), Tensor)
    check.equal("the loss", bce([0.9, 0.2], [1.0, 0.0]), 0.164252, dtype=np.float32)
    check.given(pred=[0.0], target=[1.0], look="No logarithm counts as less than -100.")
    check.equal("the loss of a hopeless prediction", bce([0.0], [1.0]), 100.0)
    check.equal("the loss of a perfect one", bce([1.0], [1.0]), 0.0, inputs={"pred": [1.0], "target": [1.0]})
    check.given(pred=[1.2], target=[1.0], look="Is there a comparison with 0 and with 1?")
    check.raises("a prediction of 1.2", ValueError, lambda: bce([1.2], [1.0]))
    check.given(pred=[0.5, 0.5], target=[1.0, -1.0], look="Targets are probabilities too.")
    check.raises("labels 1 and -1", ValueError, lambda: bce([0.5, 0.5], [1.0, -1.0]))
    check.given(pred=[np.nan, 0.5], target=[1.0, 0.0], look="Every comparison with NaN is false. Which way round lets it pass?")
    with np.errstate(invalid="ignore"):
        check.equal("the loss for a NaN", bce([np.nan, 0.5], [1.0, 0.0]), np.nan)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the loss for soft targets", bce([[0.25], [0.5]], [[0.5], [0.1]]), 0.765068)
    p, t = np.array([[0.1, 0.7], [0.4, 0.99]]), np.array([[0.0, 1.0], [1.0, 1.0]])
    expected = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    check.equal("the loss in float64", bce(p, t), expected, dtype=np.float64, rtol=1e-10)
    check.equal("the loss for integer targets", bce([0.9, 0.2], np.array([1, 0])), 0.164252, dtype=np.float32)
    check.equal("the loss of 1e-10 for a no, times 1e10", bce([1e-10], [0.0]).data * 1e10, 1.0, rtol=1e-3)
    check.equal("the loss of 1e-60 for a yes", bce(np.array([1e-60]), np.array([1.0])), 100.0)
    check.raises("a prediction of -0.1", ValueError, lambda: bce([-0.1], [1.0]))
    check.raises("targets 1.5 and 0", ValueError, lambda: bce([0.5, 0.5], [1.5, 0.0]))
    with check.using(check_pair=refuse):
        check.raises("a pair that check_pair refuses", ValueError, lambda: bce([[0.5], [0.5]], [1.0, 0.0]))
    with np.errstate(invalid="ignore"):
        check.equal("the loss for a NaN further back", bce([0.5, 0.5, np.nan], [1.0, 0.0, 0.0]), np.nan)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 4. The same mistake under two losses (35 minutes)
#
# Squared error works on probabilities as well: it is 0 for the right ones and 1 for the worst. So why not use it? Because of its slope. Take a network whose last step is a sigmoid of a logit $z$, and a target of 1. The model is sure, and wrong: $z = -6$. How much does the loss change when $z$ does?

# %% [markdown]
# Measure it: move the logit a little to both sides, with $h$ a small step.
#
# $$\text{slope} \approx \frac{\ell(\sigma(z+h), t) - \ell(\sigma(z-h), t)}{2h}$$
#
# Two nearly equal numbers are subtracted, so this needs float64: `Tensor(np.array([z]))` is float64, `Tensor([z])` is float32.
#
# ### 04.5 The slope of a loss

# %% nbgrader={"grade": false, "grade_id": "04-05-loss-slope", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loss_slope(loss, logit, target, step=1e-5):
    """How fast the loss of the sigmoid of a logit changes with the logit.

    Parameters
    ----------
    loss : function from two Tensors of shape (1,), a probability and a target, to a Tensor
    logit, target : float
    step : float
        How far to step to each side.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION 04.5 loss_slope: return the difference of the loss across the logit, divided by the distance
    def at(z):
        return loss(Sigmoid()(Tensor(np.array([z]))), Tensor(np.array([target]))).item()

    return (at(logit + step) - at(logit - step)) / (2 * step)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-05-loss-slope", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("04.5", "loss_slope") as check:
    itself, square = lambda p, t: p.sum(), lambda p, t: ((p - t) * (p - t)).sum()
    check.given(loss="the probability itself", logit=0.0, target=1.0, look="A quarter. Nearly right? Is the logit's tensor float64?")
    check.equal("the slope", loss_slope(itself, 0.0, 1.0), 0.25, rtol=1e-6)
    check.given(look="A number, not a tensor: `.item()`.")
    check.is_a("the slope", loss_slope(itself, 0.0, 1.0), float)
    check.given(loss="(p - t)²", logit=0.0, target=1.0, look="2 (p - t) times a quarter, at p = 0.5.")
    check.equal("the slope", loss_slope(square, 0.0, 1.0), -0.25, rtol=1e-6)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    p = 1 / (1 + np.exp(6.0))
    check.equal("the slope at -6", loss_slope(square, -6.0, 1.0), 2 * (p - 1) * p * (1 - p), rtol=1e-5, atol=1e-9)
    p = 1 / (1 + np.exp(-2.0))
    check.equal("the slope at 2 for a target of 0", loss_slope(square, 2.0, 0.0), 2 * p * p * (1 - p), rtol=1e-5)
    wide = (1 / (1 + np.exp(-4.0)) - 0.5) / 4
    check.equal("the slope across a wide step", loss_slope(itself, 2.0, 0.0, step=2.0), wide, rtol=1e-6)
    ### END HIDDEN TESTS

# %% tags=["demo"]
logits = np.linspace(-8, 8, 161)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
for loss, color, style in [(MSELoss(), ORANGE, "--"), (BinaryCrossEntropyLoss(), BLUE, "-")]:
    values = [loss(Sigmoid()(Tensor(np.array([z]))), Tensor(np.array([1.0]))).item() for z in logits]
    left.plot(logits, values, style, color=color, lw=2, label=type(loss).__name__)
    right.plot(logits, [loss_slope(loss, z, 1.0) for z in logits], style, color=color, lw=2)
left.set(title="loss, target 1", xlabel="logit")
right.set(title="slope of the loss", xlabel="logit")
left.legend()
show(figure, "Left: for wrong logits cross-entropy climbs in a straight line, squared error flattens at 1. Right: there the slope of cross-entropy is near -1, that of squared error near 0.")
for loss in (MSELoss(), BinaryCrossEntropyLoss()):
    print(f"{type(loss).__name__:<24} slope at logit -6: {loss_slope(loss, -6.0, 1.0):.6f}")

# %% [markdown]
# At −6 squared error is almost flat: about 200 times flatter than cross-entropy. The worse the mistake, the less it would be corrected, because the saturated sigmoid multiplies the slope by nearly 0.
#
# Cross-entropy's logarithm undoes the sigmoid's exponential. Its slope is simply $p - t$: the size of the mistake. Check it: $\sigma(-6) - 1 = -0.9975$.

# %% [markdown]
# The whole landscape shows it too. One weight, one bias, forty points of two kinds: the two losses for each pair (w, b). On the far left, where nearly every answer is wrong, look at how close the lines are, and what they are labelled with.

# %% tags=["demo"]
rng = np.random.default_rng(3)
x = np.concatenate([rng.normal(-1, 1, 20), rng.normal(1.5, 1, 20)])
t = Tensor(np.repeat([0.0, 1.0], 20))
ws, bs = np.linspace(-8, 8, 49), np.linspace(-8, 8, 49)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.6))
for axis, loss in zip(axes, (MSELoss(), BinaryCrossEntropyLoss())):
    surface = np.array([[loss(Sigmoid()(Tensor(w * x + b)), t).item() for w in ws] for b in bs])
    lines = axis.contour(ws, bs, surface, levels=12, cmap="cividis")
    axis.clabel(lines, fontsize=7)
    b, w = np.unravel_index(surface.argmin(), surface.shape)
    axis.plot(ws[w], bs[b], "*", ms=12, color=PINK)
    axis.set(title=f"{type(loss).__name__}, least {surface.min():.3f}", xlabel="w", ylabel="b")
show(figure, "Contours over w and b. Squared error: the lines crowd near w = 0 and are far apart on the left, where it is nearly flat. Cross-entropy: one bowl with even slopes towards its lowest point.")

# %% [markdown]
# ## Part 5. Log-sum-exp (45 minutes)
#
# With more than two classes, a network gives one logit per class, and softmax (Module 02) makes probabilities of them. The surprise needs the logarithm of a softmax:
#
# $$\log p_i = x_i - \log \sum_j e^{x_j}$$
#
# By hand for `[0, 1, 2]`: the exponentials sum to 11.107, whose logarithm is 2.4076. So the log-probabilities are `[-2.4076, -1.4076, -0.4076]`.

# %% [markdown]
# Taking the softmax first and its logarithm afterwards loses: what the softmax rounds to 0 is gone. And taking the formula as it stands overflows. Here are both, for a right class whose logit is 50, 80, 100 and 150 below that of a wrong one.

# %% tags=["demo"]
print("gap    log(softmax)    x - log(sum(exp(x)))    exact")
with np.errstate(over="ignore", divide="ignore"):
    for gap in (50, 80, 100, 150):
        x = np.float32([0, gap])
        print(f"{gap:3d} {np.log(Softmax()(Tensor(x)).numpy()[0]):13.2f} {(x - np.log(np.exp(x).sum()))[0]:20.2f} {-gap:15.2f}")

# %% [markdown]
# Subtract the largest logit $m$ first: $\log \sum_j e^{x_j} = m + \log \sum_j e^{x_j - m}$. No exponent is above 0, the sum is between 1 and the number of classes, and its logarithm is harmless. For `[1000, 1001, 1002]` it is `[-2, -1, 0]` again.

# %% [markdown]
# Write this one with *Tensor operations* (`-`, `exp`, `sum`, `log`), starting from `x` itself. Why? From Module 06 on, tensors record the operations that they go through, and a function made of them gets its gradient for nothing. The maximum is a mere constant that cancels: `x.data.max(...)` will do.
#
# The next cell lets the check see what `x` went through. Run it; nothing to do.

# %%
def operations_on(function, x):
    """The names of the Tensor operations that `function(x)` uses on `x` itself, and on anything."""
    names = ["__add__", "__sub__", "__rsub__", "__truediv__", "exp", "log", "sum"]
    kept, direct, used = {name: getattr(Tensor, name) for name in names}, set(), set()

    def watched(name):
        def method(self, *args, **options):
            used.add(name)
            if self is x:
                direct.add(name)
            return kept[name](self, *args, **options)
        return method

    try:
        for name in names:
            setattr(Tensor, name, watched(name))
        function(x)
    finally:
        for name in names:
            setattr(Tensor, name, kept[name])
    return direct, used

# %% [markdown]
# ### 04.6 Log-softmax
#
# `dim` is the axis along which the numbers compete, as in Softmax.
#
# <details><summary>A nudge</summary>
#
# Shift first; after that the maximum never appears again. With `keepdims=True` everything broadcasts.
# </details>

# %% nbgrader={"grade": false, "grade_id": "04-06-log-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """The logarithm of the softmax along an axis, by the log-sum-exp formula, from Tensor operations only.

    Parameters
    ----------
    x : Tensor, floating-point
    dim : int
        The axis along which the exponentials of the results sum to 1.

    Returns
    -------
    Tensor of the same shape and dtype; finite for inputs up to 1e30 in size, NaN along an axis with a NaN
    """
    ### BEGIN SOLUTION 04.6 log_softmax: shift by the maximum, subtract the logarithm of the sum of the exponentials
    shifted = x - x.data.max(axis=dim, keepdims=True, initial=-np.inf)  # a constant: it cancels, so it needs no gradient
    return shifted - shifted.exp().sum(axis=dim, keepdims=True).log()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-06-log-softmax", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
with Checks("04.6", "log_softmax") as check, np.errstate(over="raise", invalid="raise", divide="raise"):
    x = Tensor([0.0, 1.0, 2.0])
    check.given(x=x, look="log(1 + 2.718 + 7.389) = 2.4076. Subtract it from each.")
    out = log_softmax(x)
    check.is_a("the result", out, Tensor)
    check.equal("the result", out, [-2.407606, -1.407606, -0.407606], dtype=np.float32)
    check.probe(lambda: log_softmax(Tensor([1000.0, 1000.0])))
    x = Tensor([[1000.0, 1000.0], [0.0, 150.0]])
    check.given(x=x, look="Shift each row by its own maximum before the exponential, and take the logarithm of the sum.")
    check.equal("the result for large logits", log_softmax(x), [[-0.693147, -0.693147], [-150.0, 0.0]], rtol=1e-4)
    direct, used = operations_on(log_softmax, Tensor([0.0, 1.0]))
    check.given(look="Start from `x`, not from `x.data`: what is computed with arrays leaves no record.")
    check.true("`x` itself should go into a subtraction", bool(direct - {"sum", "log"}))
    check.true("the exponential and the logarithm should be Tensor's own", {"exp", "log"} <= used)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    a = np.random.default_rng(1).normal(size=(2, 3, 4))
    for dim in (0, 1, 2, -2):
        x, expected = Tensor(a.copy()), a - np.log(np.exp(a).sum(axis=dim, keepdims=True))
        check.equal(f"the result along axis {dim}", log_softmax(x, dim=dim), expected, dtype=np.float64, rtol=1e-10)
        check.unchanged("the input", x, a)
    x = Tensor([[-1000.0, -1001.0], [1000.0, 1001.0]])
    expected = [[-0.313262, -1.313262], [-1.313262, -0.313262]]
    check.equal("the result for rows far apart", log_softmax(x), expected, rtol=1e-3)
    check.equal("the result for logits far apart", log_softmax(Tensor([0.0, 500.0])), [-500.0, 0.0])
    with np.errstate(invalid="ignore"):
        check.equal("the result for a NaN", log_softmax(Tensor([np.nan, 0.0])), [np.nan, np.nan])
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. Cross-entropy (50 minutes)
#
# The loss of a classifier is the mean surprise about the right class:
#
# $$\ell = \frac1N \sum_n \Bigl( \log \sum_j e^{x_{nj}} - x_{n,t_n} \Bigr)$$
#
# By hand, for the logits `[2, 1, 0]`: if class 0 is right the loss is 0.4076, if class 2 is right it is 2.4076. The target is the *number* of the right class, so it has to be a whole number from 0 to C − 1.

# %% [markdown]
# And here NumPy is too friendly: the index −1 means the last class, so a label of −1 for "unknown" would be learned as class C − 1. Shapes can lie as before: a target column (N, 1) picks N × N logits.
#
# ### 04.7 Refuse what is no class
#
# Return the classes as the array that they are. Integer dtypes are of kind `"i"` or `"u"`. Note that `Tensor([0, 2])` is float32: classes are made with `Tensor(np.array([0, 2]))`.

# %% nbgrader={"grade": false, "grade_id": "04-07-check-classes", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def check_classes(logits: Tensor, target: Tensor) -> np.ndarray:
    """The classes in `target` as an array, after refusing what no classifier can mean: dtypes first, then shapes, then range.

    Parameters
    ----------
    logits : Tensor of shape (N, C), floating-point
    target : Tensor of shape (N,), integers from 0 to C - 1

    Raises
    ------
    TypeError
        If the logits are not floating-point or the classes no integers.
    ValueError
        If the shapes are others, whatever the number of axes (the message names both), or a class is below 0 or above
        C - 1. No rows at all (N = 0) are fine.
    """
    ### BEGIN SOLUTION 04.7 check_classes: raise a TypeError or a ValueError, or return the array of classes
    classes = target.data
    if logits.dtype.kind != "f" or classes.dtype.kind not in "iu":
        raise TypeError(f"logits should be floating-point and classes integers, not {logits.dtype} and {classes.dtype}")
    if logits.ndim != 2 or classes.shape != logits.shape[:1]:
        raise ValueError(f"logits (N, C) go with classes (N,), but these are {logits.shape} and {classes.shape}")
    if ((classes < 0) | (classes >= logits.shape[1])).any():
        raise ValueError(f"the classes should be from 0 to {logits.shape[1] - 1}")
    return classes
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-07-check-classes", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
classes_of = lambda logits, *classes: check_classes(Tensor(logits), Tensor(np.array(classes)))
with Checks("04.7", "check_classes") as check:
    logits = np.zeros((2, 3), np.float32)
    check.given(logits=logits, look="Dtypes first, then shapes, then the range 0 to C - 1.")
    check.equal("the classes", classes_of(logits, 0, 2), [0, 2])
    check.raises("class 3 of 3", ValueError, lambda: classes_of(logits, 0, 3))
    check.raises("class -1", ValueError, lambda: classes_of(logits, 0, -1))
    check.raises("classes as float32", TypeError, lambda: check_classes(Tensor(logits), Tensor([0, 2])))
    check.raises("a column", ValueError, lambda: classes_of(logits, [0], [2]), mentions=("(2, 3)", "(2, 1)"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.raises("integer logits", TypeError, lambda: classes_of(np.zeros((2, 3), int), 0, 2))
    check.raises("three classes for two rows", ValueError, lambda: classes_of(logits, 0, 1, 2))
    check.raises("one class for two rows", ValueError, lambda: classes_of(logits, 0))
    check.raises("logits with one axis", ValueError, lambda: classes_of(np.zeros(2), 0, 1))
    check.raises("logits with three axes", ValueError, lambda: classes_of(np.zeros((2, 3, 4)), 0, 1))
    small = check_classes(Tensor(np.zeros((2, 200))), Tensor(np.array([199, 0], np.uint8)))
    check.equal("classes as uint8", small, [199, 0])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 04.8 Cross-entropy
#
# It takes logits, not probabilities: softmax and logarithm happen inside, where they can be kept exact. For speed use arrays here, as in the other losses: one fast step, whose gradient you will write in Module 06. (`log_softmax` was made of Tensor operations, so its gradient comes for nothing.) And few arrays of the size of the logits: for a vocabulary of 50,000 words they are the largest in the whole network. The logits themselves belong to the caller.
#
# <details><summary>A nudge</summary>
#
# `array[np.arange(N), classes]` picks one value from each row. Pick before you exponentiate, and the shifted array can be reused: `np.exp(array, out=array)`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "04-08-cross-entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class CrossEntropyLoss(Loss):
    """The mean surprise of a classifier about the right classes, in nats, from its logits."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """mean(log(sum(exp(logits))) - logit of the right class).

        Parameters
        ----------
        pred : Tensor of shape (N, C), floating-point
            Logits: any numbers. They stay as they were.
        target : Tensor of shape (N,), integers from 0 to C - 1

        Returns
        -------
        Tensor of shape (), in the dtype of `pred`; finite for logits up to 1e30 in size; NaN if there is a NaN

        Raises
        ------
        TypeError, ValueError
            What `check_classes` refuses.

        Notes
        -----
        Left open: whether `self.left` is set, to (pred, the exponentials, their sums of shape (N, 1)). Going back,
        Module 06 takes them from there if they are there, and computes them again if not.
        """
        ### BEGIN SOLUTION 04.8 CrossEntropyLoss.forward: check, shift by the maximum, return the mean surprise
        classes = check_classes(pred, target)
        powers = pred.data - pred.data.max(axis=1, keepdims=True)
        right = powers[np.arange(len(classes)), classes]
        np.exp(powers, out=powers)  # in place: another array as large as the logits is not free
        sums = powers.sum(axis=1, keepdims=True)
        self.left = (pred, powers, sums) if pred.requires_grad else None  # Module 06 makes the gradient of them
        return Tensor((np.log(sums[:, 0]) - right).mean())
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-08-cross-entropy", "locked": true, "points": 18, "schema_version": 3, "solution": false, "task": false}
entropy = lambda logits, *classes: CrossEntropyLoss()(Tensor(logits), Tensor(np.array(classes)))
with (
    Checks("04.8", "CrossEntropyLoss.forward") as check,
    check.using(check_classes=accept, log_softmax=given_log_softmax),
    np.errstate(over="raise", invalid="raise", divide="raise"),
):
    check.given(logits=[[2.0, 1.0, 0.0]], target=[0], look="log(1 + e^-1 + e^-2), the surprise about class 0.")
    check.is_a("the loss", entropy([[2.0, 1.0, 0.0]], 0), Tensor)
    check.equal("the loss", entropy([[2.0, 1.0, 0.0]], 0), 0.407606, dtype=np.float32)
    check.given(logits=[[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]], target=[2, 1], look="The mean of 2.4076 and log 3.")
    check.equal("the loss", entropy([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]], 2, 1), 1.753109)
    mine = np.array([[2.0, 1.0, 0.0]])
    entropy(mine, 0)
    check.given(look="Did something work in place on `pred.data`?")
    check.unchanged("the logits", mine, [[2.0, 1.0, 0.0]])
    check.given(logits=[[1000.0, 0.0]], target=[1], look="Shift by the maximum before you exponentiate.")
    check.equal("the loss", entropy([[1000.0, 0.0]], 1), 1000.0)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    a, classes = np.random.default_rng(2).normal(size=(5, 4)), [3, 0, 2, 2, 1]
    expected = np.mean(np.log(np.exp(a).sum(axis=1)) - a[np.arange(5), classes])
    pred = Tensor(a.copy())
    loss = CrossEntropyLoss()(pred, Tensor(np.array(classes, np.uint8)))
    check.equal("the loss of five rows in float64", loss, expected, dtype=np.float64, rtol=1e-12)
    check.unchanged("the array of logits", pred, a)
    far_apart = [[0.0, 1.0], [-900.0, -900.0], [900.0, 0.0]]
    check.equal("the loss of rows far apart", entropy(far_apart, 1, 0, 0), 0.335470, rtol=1e-3)
    check.equal("the loss for logits far apart", entropy([[-500.0, 0.0, 0.0]], 0), 500.693, rtol=1e-5)
    check.equal("the loss with a masked logit", entropy([[-np.inf, 0.0, 0.0]], 1), 0.693147)
    with check.using(check_classes=refuse):
        check.raises("what check_classes refuses", ValueError, lambda: entropy([[0.0, 1.0]], 2))
    with np.errstate(invalid="ignore"):
        check.equal("the loss for a NaN", entropy([[np.nan, 0.0], [0.0, 1.0]], 0, 0), np.nan)
    ### END HIDDEN TESTS

# %% [markdown]
# A loss has no unit that one could show to a friend. The share of right answers has: the class with the largest logit is the answer. By hand: logits `[[2, 1], [0, 3], [5, 4]]` answer 0, 1, 0; if the classes are 0, 1, 1, the accuracy is 2/3.
#
# Accuracy is what we want, but it cannot be the loss: a small change of a weight changes no answer, so its slope is 0 nearly everywhere.
#
# ### 04.9 Accuracy

# %% nbgrader={"grade": false, "grade_id": "04-09-accuracy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accuracy(logits, target):
    """The share of rows whose largest logit is that of the right class.

    Parameters
    ----------
    logits : Tensor of shape (N, C)
    target : Tensor of shape (N,), integers

    Returns
    -------
    float from 0 to 1
    """
    ### BEGIN SOLUTION 04.9 accuracy: return the share of right answers
    return float(np.mean(logits.data.argmax(axis=1) == target.data))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-09-accuracy", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("04.9", "accuracy") as check:
    logits, target = Tensor([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0]]), Tensor(np.array([0, 1, 1]))
    check.given(logits=logits, target=target, look="The answers are 0, 1 and 0.")
    check.equal("the accuracy", accuracy(logits, target), 2 / 3)
    check.probe(lambda: accuracy(Tensor([[0.0, 2.0, 4.0], [3.0, 0.0, 4.0]]), Tensor(np.array([1, 0]))))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.is_a("the accuracy", accuracy(logits, target), float)
    logits = Tensor([[-5.0, -1.0, -3.0, -2.0], [0.1, 0.2, 0.3, 0.9]])
    check.equal("the accuracy for four classes", accuracy(logits, Tensor(np.array([1, 3]))), 1.0)
    check.equal("the accuracy when all are wrong", accuracy(logits, Tensor(np.array([0, 0]))), 0.0)
    check.equal("the accuracy when one is right", accuracy(logits, Tensor(np.array([2, 3], np.uint8))), 0.5)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 7. Check your understanding (35 minutes)
#
# Three functions, each a line or two, graded with numbers of their own.
#
# ### 04.10 The loss of knowing nothing
#
# Before any training a classifier knows nothing: all logits of a row are about equal. What is its cross-entropy, in nats, for a given number of classes? Comparing the first loss you see with this number finds many bugs in a second.

# %% nbgrader={"grade": false, "grade_id": "04-10-chance-loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def chance_loss(classes):
    """The cross-entropy, in nats, of a classifier that gives all classes (an int, 1 or more) the same probability."""
    ### BEGIN SOLUTION 04.10 chance_loss: return the loss of a classifier that knows nothing
    return float(np.log(classes))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-10-chance-loss", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("04.10", "chance_loss") as check:
    check.given(classes=2, look="Each class has probability 1 / classes. How surprising is that, in nats?")
    check.equal("the loss", chance_loss(2), 0.693147)
    check.probe(lambda: chance_loss(4))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the loss for ten classes", chance_loss(10), 2.302585)
    check.equal("the loss for 50,257 classes", chance_loss(50257), 10.824905)
    check.equal("the loss for one class", chance_loss(1), 0.0)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 04.11 Perplexity
#
# Language models are compared by *perplexity*: among how many equally probable words would one have to guess to be surprised as much, on average? A loss of $\log 2$ nats is a fair choice between 2. What is the perplexity of a given loss in nats?

# %% nbgrader={"grade": false, "grade_id": "04-11-perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def perplexity(loss):
    """The number of equally probable choices that are as surprising as this loss, in nats (a float)."""
    ### BEGIN SOLUTION 04.11 perplexity: return the number of choices
    return float(np.exp(loss))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-11-perplexity", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("04.11", "perplexity") as check:
    check.given(loss=0.693147, look="Which function undoes the logarithm of 04.10?")
    check.equal("the perplexity", perplexity(0.69314718), 2.0)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the perplexity of 0", perplexity(0.0), 1.0)
    check.equal("the perplexity of 2.302585", perplexity(2.30258509), 10.0)
    check.equal("the perplexity of 3.2", perplexity(3.2), 24.53253)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 04.12 The loss of an epoch
#
# An epoch of 100 examples came in batches of 64 and 36, with mean losses 1.0 and 2.0. The mean over all examples is not 1.5, as the second batch holds fewer: it is $(64 \cdot 1 + 36 \cdot 2) / 100 = 1.36$. Write it for any batches.

# %% nbgrader={"grade": false, "grade_id": "04-12-epoch-loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def epoch_loss(losses, sizes):
    """The mean loss of all examples, from the mean losses of batches and the batches' sizes (two lists)."""
    ### BEGIN SOLUTION 04.12 epoch_loss: return the mean over all examples
    return sum(loss * size for loss, size in zip(losses, sizes)) / sum(sizes)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-04-12-epoch-loss", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("04.12", "epoch_loss") as check:
    check.given(losses=[1.0, 2.0], sizes=[64, 36], look="How much did the 64 examples contribute in total?")
    check.equal("the mean", epoch_loss([1.0, 2.0], [64, 36]), 1.36)
    check.equal("the mean", epoch_loss([1.0, 2.0], [10, 10]), 1.5, inputs={"losses": [1.0, 2.0], "sizes": [10, 10]})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the mean of three batches", epoch_loss([0.5, 0.25, 4.0], [32, 32, 1]), 28 / 65)
    check.equal("the mean of one batch", epoch_loss([0.7], [5]), 0.7)
    check.equal("the mean with unusual batches", epoch_loss([3.0, 1.0, 2.0], [1, 89, 10]), 1.12)
    ### END HIDDEN TESTS

# %% [markdown]
# ## An untrained classifier meets its loss
#
# Three clouds of points, three classes, and a network of Modules 02 and 03 that has never been trained. What do you expect of its loss and its accuracy? You wrote down the first in 04.10.

# %%
rng = np.random.default_rng(8)
centres = np.array([[2.0, 0.0], [-1.0, 1.7], [-1.0, -1.7]])
classes = np.repeat([0, 1, 2], 100)
points = Tensor((centres[classes] + rng.normal(scale=0.8, size=(300, 2))).astype(np.float32))
target = Tensor(classes)

# %% tags=["demo"]
losses, shares = [], []
for seed in range(200):
    manual_seed(seed)
    network = Sequential(Linear(2, 16), ReLU(), Linear(16, 3))
    logits = network(points)
    losses.append(CrossEntropyLoss()(logits, target).item())
    shares.append(accuracy(logits, target))
print(f"chance:           loss {chance_loss(3):.3f}, accuracy {1 / 3:.3f}")
print(f"mean of networks: loss {np.mean(losses):.3f}, accuracy {np.mean(shares):.3f}")

# %% tags=["demo"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True)
for axis, values, chance, name in ((left, losses, chance_loss(3), "loss"), (right, shares, 1 / 3, "accuracy")):
    axis.hist(values, bins=24, color=SKY, edgecolor="white")
    axis.axvline(chance, color="black", ls=":", label=f"chance, {chance:.2f}")
    axis.set(xlabel=f"{name} of an untrained network")
    axis.legend()
left.set_ylabel("networks")
show(figure, "Histograms over 200 untrained networks: the losses gather around log 3, the accuracies scatter widely around a third.")

# %% [markdown]
# The losses gather around $\log 3$, and the mean accuracy is a third; one network alone may do better or worse by luck. Now multiply the last network's logits by 30. The answers are the same, but given with great certainty: the accuracy stays, the loss grows. A classifier that starts far above $\log C$ has weights that are too large.

# %% tags=["demo"]
for factor in (0.1, 1, 30):
    value = CrossEntropyLoss()(logits * factor, target).item()
    print(f"logits times {factor:>4}: accuracy {accuracy(logits * factor, target):.3f}, loss {value:.3f}")

# %% [markdown]
# Can we make it better without knowing how to learn? Try weights at random, and keep those with the smallest loss. A single layer has nine numbers, so let us be patient.

# %%
def search(tries, seed=0):
    """The best of `tries` random layers: its weight and bias, and the smallest loss so far after each try."""
    rng, best, history = np.random.default_rng(seed), (np.inf, None, None), []
    for _ in range(tries):
        W = Tensor(rng.normal(scale=2, size=(2, 3)).astype(np.float32))
        b = Tensor(rng.normal(size=3).astype(np.float32))
        value = CrossEntropyLoss()(points @ W + b, target).item()
        best = min(best, (value, W, b), key=lambda entry: entry[0])
        history.append(best[0])
    return best[1], best[2], history

# %% tags=["demo"]
W, b, history = search(3000)
print("smallest loss after 10, 100, 1000, 3000 tries:", *(f"{history[n - 1]:.3f}" for n in (10, 100, 1000, 3000)))
found = accuracy(points @ W + b, target)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
left.semilogx(range(1, 3001), history, color=BLUE)
left.axhline(chance_loss(3), color="black", ls=":")
left.set(xlabel="weights tried", ylabel="smallest loss so far", title="random search")
grid = np.stack(np.meshgrid(np.linspace(-4, 5, 150), np.linspace(-5, 5, 150)), axis=-1)
answers = (Tensor(grid.reshape(-1, 2)) @ W + b).numpy().argmax(axis=1).reshape(150, 150)
right.contourf(grid[..., 0], grid[..., 1], answers, levels=[-0.5, 0.5, 1.5, 2.5], colors=[BLUE, ORANGE, GREEN], alpha=0.25)
for kind, color, mark in zip(range(3), (BLUE, ORANGE, GREEN), "os^"):
    right.scatter(*points.numpy()[classes == kind].T, s=12, color=color, marker=mark)
right.set(title=f"accuracy {found:.2f}, loss {history[-1]:.2f}")
show(figure, "Left: the smallest loss falls in steps, steeply over the first sixty tries, hardly at all afterwards. Right: three clouds and the three regions that the best random weights assign.")

# %% [markdown]
# The loss guided us to a working classifier, and the accuracy rose though nobody looked at it. But a hundred tries found nearly everything, and thousands more hardly anything, for nine numbers. With the thousands of a real network this is hopeless. What we need is the direction in which the loss falls: its slope for every weight at once. That is Module 06.

# %% [markdown]
# ### What PyTorch does the same, and what otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | a column against a row | ValueError | `MSELoss` broadcasts, with a warning |
# | probabilities outside of 0 to 1 | ValueError | RuntimeError |
# | logarithms in binary cross-entropy | at least −100 | the same |
# | sigmoid and binary cross-entropy in one | no | `BCEWithLogitsLoss` |
# | `CrossEntropyLoss` | logits (N, C), classes (N,) | also more axes, class probabilities, weights, smoothing |
# | the class −100 | ValueError | ignored (`ignore_index`) |
# | `reduction` | always the mean | also `"sum"` and `"none"` |

# %% [markdown]
# **Export.** Run all cells once more from the top. Then, in a terminal in the course folder:
#
# - `tinytorch check 04_losses` says where you stand, exercise by exercise;
# - `tinytorch export 04_losses` writes your losses into your own `tinytorch/core/losses.py`.
#
# What works now that did not before: every prediction of your networks has a price.
