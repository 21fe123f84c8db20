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
# # Module 01: Tensor
#
# > The array that everything else is made of: numbers with a shape, broadcasting, views and matrix products.

# %%
#| default_exp core.tensor

# %%
#| export
import numpy as np

# %%
from tinytorch.checks import Checks

# %% [markdown]
# ### 01.1 From Python to an array

# %% nbgrader={"grade": false, "grade_id": "01-01-as-array", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def as_array(data):
    """Turn what people write into a NumPy array of numbers.

    Parameters
    ----------
    data : number, (nested) list or tuple of numbers, NumPy array or scalar, or Tensor
        Plain Python numbers, lists and tuples become float32. Whatever NumPy made keeps its dtype, and an
        array is returned as it is, without a copy. A Tensor gives its own array.

    Returns
    -------
    numpy.ndarray
        Of any number of dimensions, none included: ``as_array(3)`` has the shape ``()``.

    Raises
    ------
    ValueError
        For rows of different lengths.
    TypeError
        For anything that is not made of real numbers: strings, None, dictionaries.
    """
    ### BEGIN SOLUTION 01.1 as_array: return `data` as an array of numbers
    if isinstance(data, Tensor):
        return data.data
    made_by_numpy = isinstance(data, (np.ndarray, np.generic))
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError("the rows of a nested list have to have the same length") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a tensor holds real numbers, and {type(data).__name__} gives dtype {array.dtype}")
    return array if made_by_numpy else array.astype(np.float32)
    ### END SOLUTION


# %% [markdown]
# ### The class

# %%
#| export
class Tensor:
    """Numbers with a shape, and room for a gradient (Module 06 fills it).

    Parameters
    ----------
    data : number, nested list or tuple, NumPy array or scalar, or Tensor
        What `as_array` accepts. A NumPy array is kept as it is and not copied, as `torch.as_tensor` does: tensor
        and array share their memory.
    requires_grad : bool
        Whether gradients are wanted for this tensor. Only floating-point tensors can have them; others raise
        TypeError.
    """

    __slots__ = ("data", "requires_grad", "grad", "_grad_fn", "_retains_grad", "__weakref__")
    __array_ufunc__ = None  # NumPy steps back, so that `array + tensor` reaches Tensor.__radd__

    def __init__(self, data, requires_grad=False):
        if type(data) is not np.ndarray or data.dtype.kind not in "fiub":
            data = as_array(data)
        if requires_grad and data.dtype.kind != "f":
            raise TypeError(f"only floating-point tensors can require gradients, not {data.dtype}")
        self.data = data
        self.requires_grad = requires_grad
        self.grad = None
        self._grad_fn = None
        self._retains_grad = False


# %%
#| export
def method_of(cls):
    """A decorator that adds a function or a property to `cls`, under its own name.

    One trailing underscore is dropped, so that ``def sum_`` becomes ``cls.sum`` and no built-in is shadowed.
    """

    def attach(member):
        function = member.fget if isinstance(member, property) else member
        name = function.__name__
        if name.endswith("_") and not name.endswith("__"):
            name = name[:-1]
        function.__name__, function.__qualname__ = name, f"{cls.__name__}.{name}"
        setattr(cls, name, member)
        return member

    return attach


# %%
#| exporti
@method_of(Tensor)
@property
def shape(self):
    """The size along each axis, as a tuple."""
    return self.data.shape


@method_of(Tensor)
@property
def ndim(self):
    """The number of axes."""
    return self.data.ndim


# %%
#| exporti
@method_of(Tensor)
@property
def size(self):
    """How many numbers there are."""
    return self.data.size


@method_of(Tensor)
@property
def dtype(self):
    """What kind of numbers they are."""
    return self.data.dtype


# %%
#| exporti
@method_of(Tensor)
def numpy(self):
    """The array itself: it shares its memory with the tensor."""
    return self.data


@method_of(Tensor)
def item(self):
    """The only number of a one-element tensor as a Python number; ValueError if there are more."""
    return self.data.item()


# %%
#| exporti
@method_of(Tensor)
def __len__(self):
    """The size of the first axis; TypeError if there is none."""
    return len(self.data)


@method_of(Tensor)
def __repr__(self):
    """The numbers; the dtype if it is not float32; whether gradients are wanted."""
    values = np.array2string(self.data, separator=", ", prefix="Tensor(")
    kind = "" if self.data.dtype == np.float32 else f", dtype={self.data.dtype}"
    return f"Tensor({values}{kind}{', requires_grad=True' if self.requires_grad else ''})"


# %% [markdown]
# ### 01.2 The other side of an operator

# %% nbgrader={"grade": false, "grade_id": "01-02-operand", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def operand(value):
    """What to compute with when `value` stands on the other side of an operator.

    Parameters
    ----------
    value : anything
        The other operand, as Python hands it over.

    Returns
    -------
    numpy.ndarray, int, float, bool, or NotImplemented
        The array of a Tensor; an array itself; a Python number itself; a NumPy scalar as the Python number that it
        is (so that it never changes a tensor's dtype); a list or tuple as an array made by `as_array`. For anything
        else the constant NotImplemented, which makes Python try the other operand and then raise TypeError.
    """
    ### BEGIN SOLUTION 01.2 operand: return what NumPy should compute with
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, (np.ndarray, int, float)) and not isinstance(value, np.generic):
        return value
    if isinstance(value, (np.number, np.bool_)):
        return value.item()
    if isinstance(value, (list, tuple)):
        return as_array(value)
    return NotImplemented
    ### END SOLUTION


# %% [markdown]
# ### Two worked operations

# %%
#| exporti
@method_of(Tensor)
def __neg__(self):
    """-self, element by element."""
    return Tensor(-self.data)


# %%
#| exporti
@method_of(Tensor)
def __pow__(self, other):
    """self ** other, element by element."""
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data**other)


@method_of(Tensor)
def __rpow__(self, other):
    """other ** self: Python calls this when `other` does not know what a Tensor is."""
    other = operand(other)
    return other if other is NotImplemented else Tensor(other**self.data)


# %%
#| exporti
@method_of(Tensor)
def exp(self):
    """e to the power of each element."""
    return Tensor(np.exp(self.data))


@method_of(Tensor)
def log(self):
    """The natural logarithm of each element."""
    return Tensor(np.log(self.data))


@method_of(Tensor)
def sqrt(self):
    """The square root of each element."""
    return Tensor(np.sqrt(self.data))


# %% [markdown]
# ### 01.3 Addition and multiplication

# %% nbgrader={"grade": false, "grade_id": "01-03-add-mul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def __add__(self, other):
    """self + other, element by element, with broadcasting; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.3 Tensor.__add__: return the sum as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data + other)
    ### END SOLUTION


@method_of(Tensor)
def __mul__(self, other):
    """self * other, element by element, with broadcasting; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.3 Tensor.__mul__: return the product as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data * other)
    ### END SOLUTION


Tensor.__radd__ = Tensor.__add__  # 2 + x is x + 2
Tensor.__rmul__ = Tensor.__mul__


# %% [markdown]
# ### 01.4 Subtraction and division

# %% nbgrader={"grade": false, "grade_id": "01-04-sub-div", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def __sub__(self, other):
    """self - other; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.4 Tensor.__sub__: return self - other as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data - other)
    ### END SOLUTION


@method_of(Tensor)
def __rsub__(self, other):
    """other - self."""
    ### BEGIN SOLUTION 01.4 Tensor.__rsub__: return other - self as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(other - self.data)
    ### END SOLUTION


@method_of(Tensor)
def __truediv__(self, other):
    """self / other; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.4 Tensor.__truediv__: return self / other as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data / other)
    ### END SOLUTION


@method_of(Tensor)
def __rtruediv__(self, other):
    """other / self."""
    ### BEGIN SOLUTION 01.4 Tensor.__rtruediv__: return other / self as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(other / self.data)
    ### END SOLUTION


# %% [markdown]
# ### Indexing

# %%
#| exporti
@method_of(Tensor)
def __getitem__(self, key):
    """The part of the tensor that `key` selects, by NumPy's rules: a view where NumPy gives one."""
    return Tensor(self.data[key.data if isinstance(key, Tensor) else key])


# %% [markdown]
# ### 01.7 Reshape

# %% nbgrader={"grade": false, "grade_id": "01-07-reshape", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    """The same numbers, in the same order, under another shape.

    ``x.reshape(2, 3)`` and ``x.reshape((2, 3))`` are the same; one size may be -1: it is what is left over.
    The tensor itself keeps its shape. ValueError if the number of elements does not fit.
    """
    ### BEGIN SOLUTION 01.7 Tensor.reshape: return a Tensor of the new shape
    return Tensor(self.data.reshape(*shape))
    ### END SOLUTION


# %% [markdown]
# ### 01.8 Transpose

# %%
#| exporti
@method_of(Tensor)
def permute(self, *axes):
    """All axes in a new order: axis `axes[i]` becomes axis i. A view. ``permute(2, 0, 1)`` or ``permute((2, 0, 1))``."""
    if len(axes) == 1 and isinstance(axes[0], (tuple, list)):
        axes = axes[0]
    return Tensor(self.data.transpose(axes))


# %% nbgrader={"grade": false, "grade_id": "01-08-transpose", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    """Two axes exchanged.

    Parameters
    ----------
    dim0, dim1 : int, optional
        Which axes; negative numbers count from the end. Without them the last two, and a tensor with fewer than two
        axes comes back as it is.

    Returns
    -------
    Tensor
        A view of the same memory.
    """
    ### BEGIN SOLUTION 01.8 Tensor.transpose: return a Tensor with two axes exchanged
    if dim0 is None and dim1 is None:
        if self.data.ndim < 2:
            return Tensor(self.data)
        dim0, dim1 = -2, -1
    return Tensor(self.data.swapaxes(dim0, dim1))
    ### END SOLUTION


# %%
#| exporti
@method_of(Tensor)
@property
def T(self):
    """The tensor with its last two axes exchanged."""
    return self.transpose()


# %% [markdown]
# ### 01.9 Sum

# %%
#| exporti
@method_of(Tensor)
def max_(self, axis=None, keepdims=False):
    """The largest element along `axis` (None: of all)."""
    return Tensor(self.data.max(axis=axis, keepdims=keepdims))


# %% nbgrader={"grade": false, "grade_id": "01-09-sum", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    """The sum along an axis.

    Parameters
    ----------
    axis : int, tuple of int, or None
        The axis or axes that disappear; None adds up everything.
    keepdims : bool
        Keep each of these axes, with size 1, so that the result broadcasts against the tensor.

    Returns
    -------
    Tensor
        In the tensor's dtype.
    """
    ### BEGIN SOLUTION 01.9 Tensor.sum: return the sum along `axis` as a Tensor
    return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
    ### END SOLUTION


# %% [markdown]
# ### 01.10 Mean

# %% nbgrader={"grade": false, "grade_id": "01-10-mean", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    """The mean along `axis`: the sum, divided by how many numbers went into it.

    Composed of Tensor.sum and a Tensor division, so that it needs no gradient of its own in Module 06.
    `axis` and `keepdims` mean what they mean for `sum`.
    """
    ### BEGIN SOLUTION 01.10 Tensor.mean: return the sum divided by the number of elements that went into it
    total = self.sum(axis=axis, keepdims=keepdims)
    return total / (self.data.size // max(total.data.size, 1))  # the 1 is for tensors without any elements
    ### END SOLUTION


# %% [markdown]
# ### 01.12 Matmul

# %% nbgrader={"grade": false, "grade_id": "01-12-matmul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def matmul(self, other):
    """The matrix product, by NumPy: last axis of self against the last but one of other.

    Parameters
    ----------
    other : Tensor, array or nested list
        At least one axis. Axes before the last two are a batch and broadcast.

    Returns
    -------
    Tensor
        Shapes: (n, k) by (k, m) gives (n, m).

    Raises
    ------
    ValueError
        If the inner sizes differ; the message names both shapes.
    TypeError
        If `operand` cannot use `other`.
    """
    ### BEGIN SOLUTION 01.12 Tensor.matmul: return the matrix product as a Tensor, or raise an error that names the shapes
    other = operand(other)
    if other is NotImplemented:
        raise TypeError("matmul needs a tensor or an array on the other side")
    try:
        return Tensor(np.matmul(self.data, other))
    except ValueError:
        raise ValueError(f"matmul: shapes {self.data.shape} and {np.shape(other)} do not fit together") from None
    ### END SOLUTION


# %%
#| exporti
@method_of(Tensor)
def __matmul__(self, other):
    """self @ other."""
    return NotImplemented if operand(other) is NotImplemented else self.matmul(other)


@method_of(Tensor)
def __rmatmul__(self, other):
    """other @ self, for an array or a list on the left."""
    return NotImplemented if operand(other) is NotImplemented else Tensor(other).matmul(self)
