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
# # Module 06: Autograd
#
# > The engine that makes networks learn: it writes down every operation going forward, and finds every gradient going back.

# %%
#| default_exp core.autograd

# %%
#| export
import math
import weakref
from contextlib import ContextDecorator

import numpy as np

from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.losses import BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss
from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare

# %% [markdown]
# ### 06.2 Function

# %% nbgrader={"grade": false, "grade_id": "06-02-function", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class Function:
    """One operation that was carried out: what its rule has to remember, and the rule itself.

    Parameters
    ----------
    *tensors : Tensor
        The inputs of the operation, in order. They are kept in `saved_tensors`, a tuple. If the class says
        ``reads_inputs = False``, the tuple holds `outline(tensor)` of each instead: no array is kept alive.
    """

    __slots__ = ("saved_tensors", "shape", "__dict__")
    reads_inputs = True  # does the rule read the numbers of its inputs?
    makes_new_arrays = False  # is every array that the rule returns a new one, which nobody else holds?
    requires_grad = True  # an operation can stand in for its result (see `outline`), which wants a gradient
    retained = None  # a weak reference to the result, if `retain_grad` was called on it

    def __init__(self, *tensors):
        ### BEGIN SOLUTION 06.2 Function.__init__: keep the tensors, or only their outlines, in self.saved_tensors
        self.saved_tensors = tensors if self.reads_inputs else tuple([outline(tensor) for tensor in tensors])
        ### END SOLUTION

    def apply(self, grad_output):
        """The rule: from dL/d(result), an array, to a tuple with dL/d(input) for each saved tensor.

        Each gradient has the shape of its input; None where the input wants no gradient. Every operation brings its
        own; here it raises a TypeError that names the class.
        """
        ### BEGIN SOLUTION 06.2 Function.apply: raise a TypeError that names the class whose rule is missing
        raise TypeError(f"{type(self).__name__} has no rule: it needs an apply method")
        ### END SOLUTION

    @property
    def _grad_fn(self):
        return self


# %%
#| exporti
def outline(tensor):
    """What the graph needs of a tensor whose numbers no rule will read: its shape and where it came from.

    The operation that made the tensor knows both, so it stands in for it; a leaf stands for itself.
    """
    node = tensor._grad_fn
    if node is None:
        return tensor
    node.shape = tensor.data.shape
    return node


# %% [markdown]
# ### 06.3 Recording

# %% nbgrader={"grade": false, "grade_id": "06-03-record", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and `result` requires a gradient.
    """
    ### BEGIN SOLUTION 06.3 record: set the two attributes of result and return it
    result._grad_fn = node
    result.requires_grad = True
    return result
    ### END SOLUTION


# %% [markdown]
# ### 06.4 Undoing a broadcast

# %% nbgrader={"grade": false, "grade_id": "06-04-unbroadcast", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def unbroadcast(grad, shape):
    """Add up `grad` over every axis along which an array of shape `shape` was stretched.

    Parameters
    ----------
    grad : numpy.ndarray
        A gradient in the shape of the result of an operation.
    shape : tuple of int
        The shape that the input had before NumPy broadcast it.

    Returns
    -------
    numpy.ndarray
        Of shape `shape`; `grad` itself if nothing was stretched.
    """
    ### BEGIN SOLUTION 06.4 unbroadcast: sum over the axes that broadcasting added or stretched
    if grad.shape == shape:
        return grad
    added = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(added)))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return grad.sum(axis=stretched, keepdims=True)
    ### END SOLUTION


# %% [markdown]
# ### 06.5 Addition and subtraction

# %% nbgrader={"grade": false, "grade_id": "06-05-add-sub", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class AddBackward(Function):
    """z = a + b   so   dL/da = dL/dz   and   dL/db = dL/dz.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    reads_inputs = False

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.5 AddBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output, a.shape) if a.requires_grad else None
        grad_b = unbroadcast(grad_output, b.shape) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION


class SubBackward(Function):
    """z = a - b   so   dL/da = dL/dz   and   dL/db = -dL/dz."""

    reads_inputs = False

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.5 SubBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output, a.shape) if a.requires_grad else None
        grad_b = -unbroadcast(grad_output, b.shape) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION


# %% [markdown]
# ### 06.6 Multiplication

# %% nbgrader={"grade": false, "grade_id": "06-06-mul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class MulBackward(Function):
    """z = a * b   so   dL/da = dL/dz * b   and   dL/db = dL/dz * a.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    makes_new_arrays = True

    def __init__(self, a, b):
        # One factor is the slope for the other one: its numbers are read only if the other one wants a gradient.
        self.saved_tensors = a if b.requires_grad else outline(a), b if a.requires_grad else outline(b)

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.6 MulBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output * b.data, a.shape) if a.requires_grad else None
        grad_b = unbroadcast(grad_output * a.data, b.shape) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION


# %% [markdown]
# ### 06.7 Division

# %% nbgrader={"grade": false, "grade_id": "06-07-div", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class DivBackward(Function):
    """z = a / b   so   dL/da = dL/dz / b   and   dL/db = -dL/dz * a / b**2.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    makes_new_arrays = True

    def __init__(self, a, b):
        self.saved_tensors = a if b.requires_grad else outline(a), b

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.7 DivBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output / b.data, a.shape) if a.requires_grad else None
        grad_b = unbroadcast(-grad_output * a.data / (b.data * b.data), b.shape) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION


# %% [markdown]
# ### Given: minus, powers, exp, log, square root, maximum

# %%
#| export
class NegBackward(Function):
    """z = -a   so   dL/da = -dL/dz."""

    reads_inputs = False
    makes_new_arrays = True

    def apply(self, grad_output):
        return (-grad_output,)


class ExpBackward(Function):
    """z = exp(a)   so   dL/da = dL/dz * z."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        return (grad_output * self.output,)


# %%
#| export
class LogBackward(Function):
    """z = log(a)   so   dL/da = dL/dz / a."""

    makes_new_arrays = True

    def apply(self, grad_output):
        return (grad_output / self.saved_tensors[0].data,)


class SqrtBackward(Function):
    """z = sqrt(a)   so   dL/da = dL/dz / (2 z)."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        return (grad_output / (2 * self.output),)


# %%
#| export
class PowBackward(Function):
    """z = a**b   so   dL/da = dL/dz * b * a**(b - 1)   and   dL/db = dL/dz * a**b * log(a).

    Where b is 0 the first one is 0, and where a is 0 the second one is 0, as in PyTorch.
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        a, b = self.saved_tensors
        grad_a = grad_b = None
        if a.requires_grad:
            # A Python number is what NumPy has fast powers for.
            power = b.data.item() if b.data.ndim == 0 else b.data
            with np.errstate(divide="ignore", invalid="ignore"):
                slope = power * a.data ** (power - 1)
            if np.any(b.data == 0):
                slope = np.where(b.data == 0, 0, slope)
            grad_a = unbroadcast(grad_output * slope, a.shape)
        if b.requires_grad:
            log_a = np.log(np.where(a.data == 0, 1, a.data))
            grad_b = unbroadcast(grad_output * a.data**b.data * log_a, b.shape)
        return grad_a, grad_b


# %% [markdown]
# ### 06.8 Slopes by measuring

# %% nbgrader={"grade": false, "grade_id": "06-08-numerical-gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def numerical_gradient(function, array, eps=1e-6):
    """The gradient of a number with respect to an array, by central differences.

    Parameters
    ----------
    function : callable
        From an array of the shape of `array` to one number.
    array : numpy.ndarray of float64
        Where the gradient is wanted. It has its old values again afterwards, whatever happens.
    eps : float
        How far each element is moved, up and down.

    Returns
    -------
    numpy.ndarray of float64, of the shape of `array`
        In each place ``(f(x + eps) - f(x - eps)) / (2 eps)``, with that element alone moved.
    """
    ### BEGIN SOLUTION 06.8 numerical_gradient: move each element up and down and return the slopes
    slopes = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        value = array[place]
        try:
            array[place] = value + eps
            above = float(function(array))
            array[place] = value - eps
            below = float(function(array))
        finally:
            array[place] = value
        slopes[place] = (above - below) / (2 * eps)
    return slopes
    ### END SOLUTION


# %%
def check_rule(forward, rule, *arrays):
    """Compare a rule with measured slopes.

    `forward` computes the operation on arrays; `rule` makes its Function from one Tensor for each array. Prints the
    largest difference for each input and returns the largest of all.
    """
    arrays = [np.array(array, dtype=np.float64) for array in arrays]
    node = rule(*[Tensor(array, requires_grad=True) for array in arrays])
    grad_output = np.random.default_rng(0).normal(size=np.shape(forward(*arrays)))
    grads = node.apply(grad_output)
    worst = 0.0
    for i, (array, grad) in enumerate(zip(arrays, grads)):
        measured = numerical_gradient(lambda _: (forward(*arrays) * grad_output).sum(), array)
        difference = float(np.abs(measured - grad).max(initial=0.0))
        print(f"{type(node).__name__}, input {i}, shape {array.shape}: largest difference {difference:.1e}")
        worst = max(worst, difference)
    return worst


# %% [markdown]
# ### 06.9 Matrix products

# %%
#| exporti
def transposed(array):
    """The last two axes exchanged."""
    return array.swapaxes(-1, -2)


def as_matrices(a, b, grad_output):
    """The arrays of a matrix product with at least two axes each.

    NumPy multiplies a vector on the left as a row (1, k) and one on the right as a column (k, 1), and drops that axis
    from the result. Here the axes are put back.
    """
    if a.ndim == 1:
        a, grad_output = a[None, :], np.expand_dims(grad_output, -1 if b.ndim == 1 else -2)
    if b.ndim == 1:
        b, grad_output = b[:, None], np.expand_dims(grad_output, -1)
    return a, b, grad_output


# %% nbgrader={"grade": false, "grade_id": "06-09-matmul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def matmul_gradients(a, b, grad_output, need_a=True, need_b=True):
    """z = a @ b   so   dL/da = dL/dz @ b.T   and   dL/db = a.T @ dL/dz.

    Parameters
    ----------
    a, b, grad_output : numpy.ndarray
        (…, n, k), (…, k, m) and (…, n, m): two axes at least. The axes in front are batches, which broadcast.
    need_a, need_b : bool
        Which gradients are wanted.

    Returns
    -------
    tuple
        dL/da in the shape of a and dL/db in the shape of b; None for one that is not wanted.
    """
    ### BEGIN SOLUTION 06.9 matmul_gradients: return dL/da and dL/db, each in the shape of its input
    grad_a = unbroadcast(grad_output @ transposed(b), a.shape) if need_a else None
    grad_b = unbroadcast(transposed(a) @ grad_output, b.shape) if need_b else None
    return grad_a, grad_b
    ### END SOLUTION


# %%
#| export
class MatmulBackward(Function):
    """z = a @ b, for every pair of shapes that NumPy multiplies; the rule is `matmul_gradients`."""

    makes_new_arrays = True

    def __init__(self, a, b):
        self.saved_tensors = a if b.requires_grad else outline(a), b if a.requires_grad else outline(b)

    def apply(self, grad_output):
        a, b = self.saved_tensors
        need_a, need_b = a.requires_grad, b.requires_grad
        # A factor that is only an outline has no numbers, but it is not read either.
        left = a.data if need_b else np.broadcast_to(grad_output.dtype.type(0), a.shape)
        right = b.data if need_a else np.broadcast_to(grad_output.dtype.type(0), b.shape)
        left, right, grad = as_matrices(left, right, grad_output)
        if right.ndim == 2 and left.ndim > 2:
            # One matrix for the whole batch: its rows in one product are faster than a product for each.
            rows = math.prod(left.shape[:-1])
            left, grad = left.reshape(rows, left.shape[-1]), grad.reshape(rows, grad.shape[-1])
        grad_a, grad_b = matmul_gradients(left, right, grad, need_a, need_b)
        return (
            grad_a.reshape(a.shape) if need_a else None,
            grad_b.reshape(b.shape) if need_b else None,
        )


# %% [markdown]
# ### 06.10 Sum

# %% nbgrader={"grade": false, "grade_id": "06-10-sum", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SumBackward(Function):
    """z = a.sum(axis)   so   every element of a has the gradient of the sum that it went into.

    Shapes: a (…), z without the summed axes (or with size 1 there, if keepdims); the gradient has the shape of a.
    """

    reads_inputs = False

    def __init__(self, a, axis=None, keepdims=False):
        super().__init__(a)
        self.axis, self.keepdims = axis, keepdims

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.10 SumBackward.apply: return the gradient of a, stretched to its shape
        (a,) = self.saved_tensors
        if self.axis is not None and not self.keepdims:
            grad_output = np.expand_dims(grad_output, self.axis)
        return (np.broadcast_to(grad_output, a.shape),)
        ### END SOLUTION


# %%
#| export
class MaxBackward(Function):
    """z = a.max(axis): the gradient goes to the largest element; where several are, each gets an equal share."""

    makes_new_arrays = True

    def __init__(self, a, out, axis=None, keepdims=False):
        super().__init__(a)
        self.output, self.axis, self.keepdims = out.data, axis, keepdims

    def apply(self, grad_output):
        data, largest = self.saved_tensors[0].data, self.output
        if self.axis is not None and not self.keepdims:
            largest, grad_output = np.expand_dims(largest, self.axis), np.expand_dims(grad_output, self.axis)
        winners = data == largest
        shares = winners.sum(axis=self.axis, keepdims=True, dtype=data.dtype)
        return (winners * (grad_output / shares),)


# %% [markdown]
# ### 06.11 Moving without computing: reshape, transpose, permute

# %% nbgrader={"grade": false, "grade_id": "06-11-moving", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class ReshapeBackward(Function):
    """z = a.reshape(…)   so   dL/da = dL/dz, reshaped back to `original_shape`."""

    reads_inputs = False

    def __init__(self, a, original_shape):
        super().__init__(a)
        self.original_shape = original_shape

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.11 ReshapeBackward.apply: return the gradient of a in a tuple
        return (grad_output.reshape(self.original_shape),)
        ### END SOLUTION


class TransposeBackward(Function):
    """z = a.transpose(dim0, dim1)   so   dL/da = dL/dz with the same two axes exchanged.

    Both None: the last two axes were exchanged, and nothing at all if a has fewer than two.
    """

    reads_inputs = False

    def __init__(self, a, dim0=None, dim1=None):
        super().__init__(a)
        self.dim0, self.dim1 = dim0, dim1

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.11 TransposeBackward.apply: return the gradient of a in a tuple
        if self.dim0 is None and self.dim1 is None:
            return (grad_output if grad_output.ndim < 2 else grad_output.swapaxes(-1, -2),)
        return (grad_output.swapaxes(self.dim0, self.dim1),)
        ### END SOLUTION


class PermuteBackward(Function):
    """z = a.permute(*axes): axis axes[i] of a is axis i of z; the way back needs the inverse order."""

    reads_inputs = False

    def __init__(self, a, axes):
        super().__init__(a)
        self.axes = axes

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.11 PermuteBackward.apply: return the gradient of a in a tuple
        axes = [axis % grad_output.ndim for axis in self.axes]
        return (grad_output.transpose(np.argsort(axes)),)
        ### END SOLUTION


# %% [markdown]
# ### 06.12 Picking: slices and embeddings

# %% nbgrader={"grade": false, "grade_id": "06-12-picking", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SliceBackward(Function):
    """z = a[key]: what was picked gets its gradient, the rest gets 0.

    An element that was picked several times gets the sum of its gradients.
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, key):
        super().__init__(a)
        self.key = key

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.12 SliceBackward.apply: return the gradient of a in a tuple
        grad = np.zeros(self.saved_tensors[0].shape, grad_output.dtype)
        if is_basic(self.key):
            grad[self.key] = grad_output
        else:
            add_at(grad, self.key, grad_output)
        return (grad,)
        ### END SOLUTION


class EmbeddingBackward(Function):
    """z = weight[indices]: each row of the table gets the sum of the gradients of all places where it was used.

    Shapes: weight (V, D), indices any shape S of integers, z and grad_output S + (D,).
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, weight, indices):
        super().__init__(weight)
        self.indices = np.asarray(indices.data if isinstance(indices, Tensor) else indices)

    def apply(self, grad_output):
        """The gradient of the table, in a tuple."""
        ### BEGIN SOLUTION 06.12 EmbeddingBackward.apply: return the gradient of the table in a tuple
        grad = np.zeros(self.saved_tensors[0].shape, grad_output.dtype)
        add_at(grad, self.indices, grad_output)
        return (grad,)
        ### END SOLUTION


# %%
#| exporti
def is_basic(key):
    """Whether `key` consists of integers, slices, None and `...` alone: then nothing is picked twice."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(part is None or part is ... or isinstance(part, (slice, int, np.integer)) for part in parts)


def add_at(grad, key, values):
    """``np.add.at(grad, key, values)``: add `values` in place, also where `key` names a place twice.

    For rows by integers, the usual case, the places are written out flat: NumPy is three times as fast on those.
    """
    if isinstance(key, np.ndarray) and key.dtype.kind in "iu" and grad.ndim == 2:
        width = grad.shape[1]
        places = (key % grad.shape[0])[..., None] * width + np.arange(width) if key.size else key
        np.add.at(grad.reshape(-1), places.reshape(-1), values.reshape(-1))
    else:
        np.add.at(grad, key, values)


# %% [markdown]
# ### 06.13 ReLU

# %% nbgrader={"grade": false, "grade_id": "06-13-relu", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class ReLUBackward(Function):
    """z = max(a, 0)   so   dL/da = dL/dz where a > 0, and 0 elsewhere (at 0 too, as in PyTorch).

    The result is positive exactly where a is: `output` is the array of either.
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out=None):
        super().__init__(a)
        self.output = (a if out is None else out).data

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.13 ReLUBackward.apply: return the gradient of a in a tuple
        return (grad_output * (self.output > 0),)
        ### END SOLUTION


# %% [markdown]
# ### 06.14 Sigmoid, Tanh and GELU

# %% nbgrader={"grade": false, "grade_id": "06-14-smooth", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SigmoidBackward(Function):
    """s = 1 / (1 + exp(-a))   so   dL/da = dL/ds * s * (1 - s)."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.14 SigmoidBackward.apply: return the gradient of a in a tuple
        return (grad_output * self.output * (1 - self.output),)
        ### END SOLUTION


class TanhBackward(Function):
    """t = tanh(a)   so   dL/da = dL/dt * (1 - t**2)."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.14 TanhBackward.apply: return the gradient of a in a tuple
        return (grad_output * (1 - self.output * self.output),)
        ### END SOLUTION


# %%
#| export
class GELUBackward(Function):
    """z = a/2 * (1 + tanh(u)) with u = sqrt(2/pi) * (a + 0.044715 a**3); the rule is the product rule.

    dz/da = (1 + t)/2 + a/2 * (1 - t**2) * du/da, where t = tanh(u) and du/da = sqrt(2/pi) * (1 + 3 * 0.044715 a**2).
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        a = self.saved_tensors[0].data
        scale = math.sqrt(2 / math.pi)
        with np.errstate(over="ignore"):
            square = a * a
            t = np.tanh(scale * a * (1 + 0.044715 * square))
            steep = 1 - t * t
            # Far out the tanh is flat: 0 there, also where the square of a is too large for a float.
            slope = np.where(steep == 0, 0, a * steep * (scale * (1 + 3 * 0.044715 * square)))
        return (grad_output * (0.5 * (1 + t + slope)),)


# %% [markdown]
# ### 06.15 Softmax

# %% nbgrader={"grade": false, "grade_id": "06-15-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SoftmaxBackward(Function):
    """s = softmax(a) along dim   so   dL/da = s * (dL/ds - sum(dL/ds * s)), the sum along dim."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out, dim=-1):
        super().__init__(a)
        self.output, self.dim = out.data, dim

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.15 SoftmaxBackward.apply: return the gradient of a in a tuple
        weighted = grad_output * self.output
        weighted -= self.output * weighted.sum(axis=self.dim, keepdims=True)
        return (weighted,)
        ### END SOLUTION


# %% [markdown]
# ### 06.16 Mean squared error and binary cross-entropy

# %% nbgrader={"grade": false, "grade_id": "06-16-mse-bce", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class MSEBackward(Function):
    """L = mean((p - t)**2)   so   dL/dp = 2 (p - t) / n   and   dL/dt = -dL/dp, with n values in p.

    Shapes: p and t (…), L and grad_output ().
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradients of the predictions and of the targets; None for one that wants none."""
        ### BEGIN SOLUTION 06.16 MSEBackward.apply: return the gradients of the predictions and of the targets
        pred, target = self.saved_tensors
        grad = (pred.data - target.data) * (grad_output * (2 / pred.data.size))
        return grad if pred.requires_grad else None, -grad if target.requires_grad else None
        ### END SOLUTION


class BCEBackward(Function):
    """L = mean(-(t log p + (1 - t) log(1 - p)))   so   dL/dp = (p - t) / (p (1 - p)) / n, with n values in p.

    p (1 - p) is taken as 1e-12 at least, as in PyTorch: at p = 0 and p = 1 nothing is divided by 0.
    The targets get no gradient: None.
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradient of the predictions, and None."""
        ### BEGIN SOLUTION 06.16 BCEBackward.apply: return the gradient of the predictions, and None
        pred, target = (tensor.data for tensor in self.saved_tensors)
        bounded = np.maximum(pred * (1 - pred), 1e-12)
        return (pred - target) / bounded * (grad_output / pred.size), None
        ### END SOLUTION


# %% [markdown]
# ### 06.17 Cross-entropy

# %% nbgrader={"grade": false, "grade_id": "06-17-cross-entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class CrossEntropyBackward(Function):
    """L = mean(-log softmax(a)[target])   so   dL/da = (softmax(a) - onehot(target)) / n, for n rows.

    Shapes: logits a (n, C), target (n,) integers, L and grad_output (). The targets get no gradient: None.
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradient of the logits, and None."""
        ### BEGIN SOLUTION 06.17 CrossEntropyBackward.apply: return the gradient of the logits, and None
        logits, target = (tensor.data for tensor in self.saved_tensors)
        rows = len(logits)
        grad = logits - logits.max(axis=1, keepdims=True)
        np.exp(grad, out=grad)
        grad *= (grad_output / rows) / grad.sum(axis=1, keepdims=True)
        grad[np.arange(rows), target] -= grad_output / rows
        return grad, None
        ### END SOLUTION


# %% [markdown]
# ### 06.19 Topological order

# %% nbgrader={"grade": false, "grade_id": "06-19-topological-order", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def topological_order(root):
    """Every operation that `root` depends on, each one once, and none before an operation that uses its result.

    Parameters
    ----------
    root : Function
        The last operation. The operations before a node are those in ``tensor._grad_fn`` for each of its
        `saved_tensors`; it is None for leaves and constants.

    Returns
    -------
    list of Function
        `root` comes first. There is no recursion, and the time is proportional to the number of operations.
    """
    ### BEGIN SOLUTION 06.19 topological_order: return all operations, each after all that use its result
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node is None:  # the mark: everything above the next node has been done
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            stack += (node, None)
            for tensor in node.saved_tensors:
                before = tensor if isinstance(tensor, Function) else tensor._grad_fn
                if before is not None:
                    stack.append(before)
    return order[::-1]
    ### END SOLUTION


# %% [markdown]
# ### 06.20 Passing gradients on

# %%
#| exporti
def wrong_shape(node, tensor, grad):
    """The error for a rule that returned a gradient of the wrong shape."""
    shapes = [each.shape for each in node.saved_tensors]
    place = next(i for i, each in enumerate(node.saved_tensors) if each is tensor)
    got = f"shape {grad.shape}" if hasattr(grad, "shape") else type(grad).__name__
    return ValueError(
        f"the gradient of input {place} has to have its shape {tensor.shape}, but apply returned {got} (inputs {shapes})"
    )


# %% nbgrader={"grade": false, "grade_id": "06-20-propagate", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def propagate(node, grad_output, pending, owned):
    """Ask the rule of `node` for the gradients of its inputs, and add each to what is waiting for that input.

    Parameters
    ----------
    node : Function
        The operation.
    grad_output : numpy.ndarray
        The complete gradient of its result.
    pending : dict
        The gradients so far. The key of an input is its operation ``tensor._grad_fn``; of a leaf, the tensor itself.
    owned : set
        The keys whose array was made in this pass and is in nobody else's hands: only these are added to in place.
    """
    ### BEGIN SOLUTION 06.20 propagate: add the gradient of each input to the pending ones
    tensors, grads = node.saved_tensors, node.apply(grad_output)
    if len(grads) != len(tensors):
        raise ValueError(f"apply returned {len(grads)} gradients for {len(tensors)} inputs")
    for tensor, grad in zip(tensors, grads):
        if grad is None or not tensor.requires_grad:
            continue
        if grad.shape != tensor.shape:
            raise wrong_shape(node, tensor, grad)
        key = tensor if isinstance(tensor, Function) else tensor._grad_fn or tensor
        if key not in pending:
            pending[key] = grad
            if node.makes_new_arrays:
                owned.add(key)
        elif key in owned:
            pending[key] += grad
        else:
            pending[key] = pending[key] + grad
            owned.add(key)
    ### END SOLUTION


# %% [markdown]
# ### 06.21 backward

# %%
#| exporti
def first_gradient(tensor, gradient):
    """What the backward pass begins with: dL/d(tensor) as an array in the tensor's shape and dtype."""
    shape, dtype = tensor.shape, tensor.dtype
    if gradient is None:
        if tensor.size != 1:
            raise ValueError(
                f"backward() of a tensor of shape {shape} needs the gradient of the loss with respect to it: "
                f"backward(gradient) with an array of this shape. Only a single number has the default 1."
            )
        return np.ones(shape, dtype)
    gradient = np.asarray(gradient.data if isinstance(gradient, Tensor) else gradient, dtype=dtype)
    if gradient.shape != shape:
        raise ValueError(f"backward: the gradient has shape {gradient.shape}, the tensor {shape}")
    return gradient


def rule_failed(node, grad_output, error):
    """The error for a rule that raised one: which rule, and for which shapes."""
    shapes = ", ".join(f"{tensor.shape}" for tensor in node.saved_tensors)
    return RuntimeError(
        f"{type(node).__name__}.apply failed for inputs of shapes {shapes} and grad_output of shape "
        f"{grad_output.shape}: {type(error).__name__}: {error}. No gradient was changed."
    )


# %%
#| exporti
class Freed:
    """Takes the place of `saved_tensors` in a graph that a backward pass has freed."""

    def __iter__(self):
        raise RuntimeError(
            "this graph has been freed by backward(retain_graph=False): compute the result again, or keep the graph "
            "with retain_graph=True"
        )


def free(node):
    """Forget what the rule remembered."""
    node.saved_tensors = Freed()
    node.__dict__.clear()


def deposit(tensor, grad, is_new):
    """Add `grad` to ``tensor.grad``: in the tensor's dtype, and in an array that nobody else holds."""
    grad = np.asarray(grad, tensor.dtype) if is_new else np.array(grad, tensor.dtype)
    tensor.grad = grad if tensor.grad is None else np.asarray(tensor.grad + grad)


# %% nbgrader={"grade": false, "grade_id": "06-21-backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def backward(self, gradient=None, retain_graph=True):
    """Add the gradient of this tensor with respect to every leaf that requires one to the leaf's `grad`.

    Parameters
    ----------
    gradient : array-like or Tensor, optional
        The gradient of the loss with respect to this tensor, in its shape; not needed for a single number: 1.
    retain_graph : bool
        With False the graph is freed on the way, and a second call raises RuntimeError.

    Raises
    ------
    ValueError
        If `gradient` is missing or has the wrong shape.
    RuntimeError
        If a rule fails or the graph has been freed. No gradient has been changed then.
    """
    if not self.requires_grad:
        return
    gradient = first_gradient(self, gradient)
    ### BEGIN SOLUTION 06.21 Tensor.backward: pass the gradient through the graph and deposit it in the leaves
    pending, owned, kept = {self._grad_fn or self: gradient}, set(), []
    for node in topological_order(self._grad_fn) if self._grad_fn else ():
        grad_output = pending.pop(node, None)
        if grad_output is None:
            continue
        if node.retained is not None:
            kept.append((node.retained(), grad_output))
        try:
            propagate(node, grad_output, pending, owned)
        except NotImplementedError:
            raise
        except Exception as error:
            raise rule_failed(node, grad_output, error) from error
        if not retain_graph:
            free(node)
    for tensor, grad in kept:
        if tensor is not None:
            deposit(tensor, grad, False)
    for leaf, grad in pending.items():
        deposit(leaf, grad, leaf in owned)
    ### END SOLUTION


# %%
#| exporti
@method_of(Tensor)
def zero_grad(self):
    """Forget the gradient."""
    self.grad = None


@method_of(Tensor)
def retain_grad(self):
    """Keep the gradient of this intermediate result in `grad` when a backward pass comes through; leaves do anyway."""
    if not self.requires_grad:
        raise RuntimeError("retain_grad() needs a tensor that requires a gradient")
    self._retains_grad = True
    if self._grad_fn is not None:
        self._grad_fn.retained = weakref.ref(self)


# %% [markdown]
# ### 06.22 Switching it on

# %%
#| export
class no_grad(ContextDecorator):
    """Nothing is recorded inside: ``with no_grad(): …``, or ``@no_grad()`` above a function."""

    depth = 0

    def __enter__(self):
        no_grad.depth += 1
        return self

    def __exit__(self, *error):
        no_grad.depth -= 1


# %%
#| exporti
def constant(value, like):
    """The other operand of an operator as a Tensor. A plain number takes the dtype of the tensor `like`."""
    if isinstance(value, (np.ndarray, list, tuple)):
        return Tensor(value)
    return Tensor(np.asarray(value, like.dtype))


# %% nbgrader={"grade": false, "grade_id": "06-22-tracked", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def tracked(forward, rule):
    """`forward`, an operation on two tensors, with recording added.

    Parameters
    ----------
    forward : function
        The method as it is: ``forward(a, b)`` returns the result, or NotImplemented.
    rule : type
        The Function of the operation: ``rule(a, b)`` makes its node.

    Returns
    -------
    function
        Does what `forward` does, by calling it, and returns its result. The result is recorded if one of the two
        tensors requires a gradient, unless `no_grad` is on, or it has been recorded already because `forward` is
        composed of tracked operations. An operand that is not a Tensor becomes one by `constant`.
    """

    def method(self, other):
        ### BEGIN SOLUTION 06.22 tracked: call forward, record the result where it has to be, return it
        result = forward(self, other)
        if no_grad.depth or result is NotImplemented or result.requires_grad:
            return result
        if not isinstance(other, Tensor):
            other = constant(other, self)
        if self.requires_grad or other.requires_grad:
            record(result, rule(self, other))
        return result
        ### END SOLUTION

    return method


# %%
#| exporti
def tracked_from_right(forward, rule):
    """The same for the reflected operators: ``2 - x`` calls ``x.__rsub__(2)``, and the rule wants them in order."""
    return tracked(forward, lambda self, other: rule(other, self))


def tracked_one(forward, rule):
    """The same for an operation on one tensor with settings: ``rule(x, result, *settings)`` makes its node."""

    def method(self, *args, **kwargs):
        result = forward(self, *args, **kwargs)
        if self.requires_grad and not no_grad.depth and not result.requires_grad:
            record(result, rule(self, result, *args, **kwargs))
        return result

    return method


def tracked_layer(forward, rule):
    """The same for the `forward` of an activation or a loss: ``rule(layer, *tensors, result)`` makes its node."""

    def method(self, *tensors):
        result = forward(self, *tensors)
        if not no_grad.depth and not result.requires_grad and any(tensor.requires_grad for tensor in tensors):
            record(result, rule(self, *tensors, result))
        return result

    return method


# %%
#| exporti
def plain_key(key):
    """An index with arrays in place of Tensors and lists."""
    if isinstance(key, tuple):
        return tuple(plain_key(part) for part in key)
    if isinstance(key, Tensor):
        return key.data
    return np.asarray(key) if isinstance(key, list) else key


def plain_axes(axes):
    """The axes of ``permute(2, 0, 1)`` and ``permute((2, 0, 1))`` alike."""
    return tuple(axes[0]) if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes


# %%
#| exporti
METHODS = [
    (Tensor, "__neg__", lambda x, out: NegBackward(x)),
    (Tensor, "exp", lambda x, out: ExpBackward(x, out)),
    (Tensor, "log", lambda x, out: LogBackward(x)),
    (Tensor, "sqrt", lambda x, out: SqrtBackward(x, out)),
    (Tensor, "sum", lambda x, out, axis=None, keepdims=False: SumBackward(x, axis, keepdims)),
    (Tensor, "max", lambda x, out, axis=None, keepdims=False: MaxBackward(x, out, axis, keepdims)),
    (Tensor, "__getitem__", lambda x, out, key: SliceBackward(x, plain_key(key))),
    (Tensor, "reshape", lambda x, out, *shape: ReshapeBackward(x, x.shape)),
    (Tensor, "transpose", lambda x, out, dim0=None, dim1=None: TransposeBackward(x, dim0, dim1)),
    (Tensor, "permute", lambda x, out, *axes: PermuteBackward(x, plain_axes(axes))),
]
LAYERS = [
    (ReLU, "forward", lambda layer, x, out: ReLUBackward(x, out)),
    (Sigmoid, "forward", lambda layer, x, out: SigmoidBackward(x, out)),
    (Tanh, "forward", lambda layer, x, out: TanhBackward(x, out)),
    (GELU, "forward", lambda layer, x, out: GELUBackward(x)),
    (Softmax, "forward", lambda layer, x, out: SoftmaxBackward(x, out, layer.dim)),
    (MSELoss, "forward", lambda loss, pred, target, out: MSEBackward(pred, target)),
    (BinaryCrossEntropyLoss, "forward", lambda loss, pred, target, out: BCEBackward(pred, target)),
    (CrossEntropyLoss, "forward", lambda loss, pred, target, out: CrossEntropyBackward(pred, target)),
]


# %%
#| exporti
def operators():
    """The operators on two tensors: the method of Tensor, how it is wrapped, and its rule."""
    rules = {
        "add": AddBackward,
        "sub": SubBackward,
        "mul": MulBackward,
        "truediv": DivBackward,
        "pow": PowBackward,
    }
    for name, rule in rules.items():
        yield f"__{name}__", tracked, rule
        yield f"__r{name}__", tracked_from_right, rule
    yield "matmul", tracked, MatmulBackward


# %%
#| exporti
def wrap(owner, name, wrapper, rule):
    """Put a recording method in place of ``owner.name``, around the one that is there. False if it was there before."""
    current = getattr(owner, name)
    forward = getattr(current, "__wrapped__", current)
    if getattr(current, "rule", None) is not rule:
        method = wrapper(forward, rule)
        method.__name__, method.__qualname__, method.__doc__ = name, f"{owner.__name__}.{name}", forward.__doc__
        method.__wrapped__, method.rule = forward, rule
        setattr(owner, name, method)
    return current is forward


# %%
#| export
def enable_autograd(quiet=False):
    """Let every operation of the tables record itself, from now on.

    Wraps the methods that are there: what Modules 01, 02 and 04 compute stays as it is. A second call changes nothing,
    unless a rule has been written anew in between.
    """
    new = [wrap(Tensor, name, wrapper, rule) for name, wrapper, rule in operators()]
    new += [wrap(owner, name, tracked_one, rule) for owner, name, rule in METHODS]
    new += [wrap(owner, name, tracked_layer, rule) for owner, name, rule in LAYERS]
    if any(new) and not quiet:
        print(f"Autograd is on: {len(new)} operations record themselves. Try loss.backward().")


# %%
#| export
def gradcheck(function, inputs, eps=1e-6, rtol=1e-5, atol=1e-6):
    """Compare the gradients of `backward` with central differences.

    Parameters
    ----------
    function : callable
        From Tensors to one Tensor of any shape.
    inputs : Tensor or sequence of Tensor
        In float64; those that require a gradient are checked. Their `grad` is left alone.
    eps, rtol, atol : float
        The step of the differences, and the tolerances.

    Returns
    -------
    bool
        True. AssertionError otherwise, which says for which input, and where, and both values.
    """
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    for i, tensor in enumerate(inputs):
        if tensor.dtype != np.float64:
            raise TypeError(f"gradcheck needs float64, and input {i} is {tensor.dtype}: differences drown in rounding")
    copies = [Tensor(tensor.data.copy(), requires_grad=tensor.requires_grad) for tensor in inputs]
    result = function(*copies)
    weights = np.random.default_rng(0).normal(size=result.shape)
    result.backward(weights)
    for i, copy in enumerate(copies):
        if copy.requires_grad:
            with no_grad():
                measured = numerical_gradient(lambda _: (function(*copies).data * weights).sum(), copy.data, eps)
            found = np.zeros(copy.shape) if copy.grad is None else copy.grad
            wrong = ~np.isclose(found, measured, rtol=rtol, atol=atol, equal_nan=True)
            if wrong.any():
                place = tuple(int(k) for k in np.argwhere(wrong)[0])
                raise AssertionError(
                    f"gradcheck: input {i} of shape {copy.shape}, at {list(place)}: backward gives "
                    f"{found[place]:.8g}, differences give {measured[place]:.8g}"
                )
    return True


# %%
enable_autograd()
