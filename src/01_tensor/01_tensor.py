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
# A neural network reads a picture, multiplies tables of numbers and answers "seven". Everything in between is one kind of object: an array of numbers with a shape, called a *tensor*. Today you build it. At the end it reads 297 handwritten digits that it has never seen and gets most of them right, without any training.

# %% [markdown]
# | part | what you write | minutes |
# |---|---|---|
# | 1 From Python to numbers | `as_array` | 30 |
# | 2 Arithmetic | `operand`, `+ - * /` | 40 |
# | 3 Broadcasting | the rule itself | 25 |
# | 4 Memory | strides, `reshape`, `transpose` | 40 |
# | 5 Reductions | `sum`, `mean` | 20 |
# | 6 The matrix product | by its definition, then `matmul` | 35 |
# | 7 Ten scores for a picture | two questions, then a classifier | 20 |
#
# Together about 3½ hours. You need Python and a little NumPy: what `a[1]`, `a.shape` and `a + b` mean for arrays.

# %% [markdown]
# Every exercise has a number, a cell with `raise NotImplementedError` to replace, and below it a cell that checks it. A failing check shows a card: what was expected, what came, where to look. When the work is graded, further checks run that you do not see here, with other shapes and other numbers. So read the docstring: it is the contract.

# %%
#| export
import math

import numpy as np

# %%
from tinytorch.checks import Checks

# %% tags=["demo"]
import matplotlib.pyplot as plt

from tinytorch.pictures import show

# %% tags=["demo"]
import time


def seconds(call, times=5):
    """The best of a few runs, so that a busy moment of the machine does not count."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best

# %% [markdown]
# ## Part 1. From Python to numbers (30 minutes)
#
# What is a picture, to a program? Here is a handwritten digit, 8 by 8. The file that it comes from holds 1,797 of them, one on each line: 64 numbers from 0 (paper) to 16 (ink) and the digit that the writer meant.

# %% tags=["demo"]
from pathlib import Path


def find(name):
    """The file of this name, in the course's folder: above the notebook, wherever it is started."""
    for folder in [Path.cwd(), *Path.cwd().parents]:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} is not in this folder or above it: keep the notebook in the course's folder")


table = np.loadtxt(find("data/digits/digits.csv.gz"), delimiter=",", dtype=np.float32, encoding="utf-8")
pixels, labels = table[:, :64] / 16, table[:, 64].astype(np.int64)
pixels.shape, labels[:10]

# %% tags=["demo"]
picture = table[9, :64].reshape(8, 8)
figure, axes = plt.subplots(figsize=(3.6, 3.6), layout="constrained")
axes.imshow(picture, cmap="Blues", vmax=24)
for row in range(8):
    for column in range(8):
        axes.text(column, row, f"{picture[row, column]:.0f}", ha="center", va="center", fontsize=9)
axes.set(xticks=[], yticks=[], title=f"line 9 of the file: a {labels[9]}")
show(figure, f"A table of 8 by 8 numbers, darker where they are larger. The dark cells form a handwritten {labels[9]}.")

# %% [markdown]
# A Python list of lists could hold that table. Why does nobody compute with lists? Let the machine answer: double a million numbers, first in a list, then in an array.

# %% tags=["demo"]
numbers = [float(i) for i in range(1_000_000)]
array = np.array(numbers, dtype=np.float32)
in_list = seconds(lambda: [2 * number for number in numbers])
in_array = seconds(lambda: 2 * array)
print(f"list  {in_list * 1e3:6.2f} ms   array  {in_array * 1e3:6.2f} ms   {in_list / in_array:.0f} times faster")

# %% [markdown]
# A list holds a million pointers to a million Python objects. An array holds the numbers themselves, side by side, all of one kind: its **dtype**. So a loop in C can run over them, several at a time. The price is that the kind has to be chosen.

# %% tags=["demo"]
for values in ([1, 2, 3], [1, 2, 3.5], [True, False], [1, "two"]):
    print(f"{values!s:14} becomes dtype {np.array(values).dtype}")

# %% [markdown]
# NumPy chooses float64 for numbers with a point: 8 bytes and 16 digits each. Networks need the range more than the digits, so their usual dtype is float32: half the memory, half the traffic between memory and processor.

# %% tags=["demo"]
million = 1_000_000
for dtype in (np.float64, np.float32, np.float16):
    array = np.full(million, 0.1, dtype)
    print(f"{array.dtype!s:8} {array.nbytes / 1e6:4.1f} MB   0.1 is stored as {float(array[0]):.20f}")

# %% [markdown]
# ### 01.1 From Python to an array
#
# Your tensor should accept what people write, and surprise nobody:
#
# | you write | you get | because |
# |---|---|---|
# | `3`, `[1, 2]`, `((1, 2), (3, 4))` | float32 | nobody asked for more |
# | `np.array([1.0])` (float64) | float64, the same array | somebody chose that |
# | `np.array([3, 7])` | int64, the same array | labels are whole numbers |
# | `[[1, 2], [3]]` | ValueError | no shape fits |
# | `"three"`, `None` | TypeError | these are not numbers |
#
# NumPy alone is less strict: `np.asarray` takes nearly anything. What it made of a value stands in the array's `dtype`, and in one letter in `dtype.kind`.

# %% tags=["demo"]
for value in (3, 2.5, [1, 2.5], [True, False], 2 + 1j, "three", [1, "two"], b"raw", None, {"a": 1}):
    array = np.asarray(value)
    print(f"{value!s:15} becomes {array.dtype!s:10} of kind {array.dtype.kind}")

# %% [markdown]
# Which of these kinds are real numbers? And which of the ten should come out as another dtype than NumPy's choice?
#
# <details>
# <summary>Hints for 01.1</summary>
#
# - Three questions, one after the other: is it a Tensor? What does `np.asarray(data)` make of it, and is that a kind you accept? Did NumPy make `data`, or did Python?
# - The kinds `f` (floating point), `i` and `u` (integers, with a sign and without) and `b` (booleans) are all you accept. Complex numbers, text, bytes, dates and objects are out.
# - `np.float64(2.5)` is not an `np.ndarray`. The type of all NumPy scalars is `np.generic`.
# - The class `Tensor` comes below, but a function may name it already: Python looks the name up when the function runs.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-01-as-array", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def as_array(data):
    """Turn what people write into a NumPy array of numbers.

    Parameters
    ----------
    data : number, (nested) list or tuple of numbers, NumPy array or scalar, or Tensor
        Python's numbers and booleans become float32, and so does a list or tuple, whatever numbers are in it
        (NumPy's too). An array or scalar of NumPy's own keeps its dtype, and an array is returned as it is,
        without a copy. A Tensor gives its own array, ``data.data``.

    Returns
    -------
    numpy.ndarray
        Of any number of axes, none included: ``as_array(3)`` has the shape ``()``.

    Raises
    ------
    ValueError
        For rows of different lengths.
    TypeError
        For anything that is not made of real numbers: text (even ``"3"``), None, dictionaries, complex numbers,
        lists of Tensors.

    Notes
    -----
    Left open: which of the two errors a list gets that is ragged and holds text, and whole numbers of more than
    64 bits.
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
# The class itself is given, since you need it for the first check. It keeps the array in `.data`. Four more slots wait for the gradients of Module 06, and `__weakref__` allows others to point at a tensor without keeping it alive. `__slots__` lists all attributes there will ever be: a tensor is smaller and made more quickly, and a misspelt attribute is an error.

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

# %% nbgrader={"grade": true, "grade_id": "test-01-01-as-array", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("01.1", "as_array") as check:
    check.given(look="Which dtype do plain Python numbers get?")
    check.equal("as_array(3)", as_array(3), 3.0, dtype=np.float32)
    check.equal("as_array([[1, 2], [3, 4]])", as_array([[1, 2], [3, 4]]), [[1, 2], [3, 4]], dtype=np.float32)
    chosen = np.array([0.25, 0.5])
    check.given(array=chosen, look="What NumPy made keeps its dtype, and is not copied.")
    check.equal("as_array(a float64 array)", as_array(chosen), [0.25, 0.5], dtype=np.float64)
    check.true("an array should come back as it is, not as a copy", np.shares_memory(as_array(chosen), chosen))
    check.equal("as_array(integers)", as_array(np.array([3, 7])), [3, 7], dtype=np.int64)
    check.given(look="Which dtype.kind does NumPy give it?")
    check.raises("a ragged list, [[1, 2], [3]],", ValueError, lambda: as_array([[1, 2], [3]]))
    check.raises("a text, 'three',", TypeError, lambda: as_array("three"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    scalar = as_array(np.float64(2.5))
    check.equal("as_array(np.float64(2.5))", scalar, 2.5, dtype=np.float64)
    check.is_a("as_array(np.float64(2.5))", scalar, np.ndarray)
    check.is_a("as_array(3)", as_array(3), np.ndarray)
    check.equal("as_array(-2.5)", as_array(-2.5), -2.5, dtype=np.float32)
    check.equal("a nested tuple", as_array(((1.5, -2), (0, 4))), [[1.5, -2], [0, 4]], dtype=np.float32)
    check.equal("a list of NumPy's numbers", as_array([np.float64(1), np.float64(2)]), [1, 2], dtype=np.float32)
    check.equal("an array of booleans", as_array(np.array([True, False])), [True, False], dtype=bool)
    check.equal("a list of booleans", as_array([True, False]), [1, 0], dtype=np.float32)
    check.equal("an empty list", as_array([]), [], dtype=np.float32)
    inner = np.array([[1.0, 2.0]])
    check.equal("the array of a Tensor", as_array(Tensor(inner)), inner, dtype=np.float64)
    check.raises("None", TypeError, lambda: as_array(None))
    check.raises("a list of texts, ['1', '2'],", TypeError, lambda: as_array(["1", "2"]))
    check.raises("a dictionary", TypeError, lambda: as_array({"a": 1}))
    check.raises("a complex number", TypeError, lambda: as_array(2 + 1j))
    ### END HIDDEN TESTS

# %% [markdown]
# From here on the class grows by a method at a time. A cell cannot continue a class, so methods are written as functions and attached: `@method_of(Tensor)` above a function puts it into the class under its own name. One trailing underscore is dropped, so that `sum_` becomes `Tensor.sum` and Python's own `sum` survives in this notebook.

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

# %% [markdown]
# First the methods that only look: the shape, the size, the numbers themselves, and how a tensor prints. Run these four cells; there is nothing to do.

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
# Now a tensor can be made and looked at. A single number is a tensor too: its shape is the empty tuple `()`, it has no axis, and one element.

# %% tags=["demo"]
for data in (7, [1, 2, 3], [[1, 2, 3], [4, 5, 6]], table[:2, :64].reshape(2, 8, 8)):
    x = Tensor(data)
    print(f"shape {x.shape!s:10} ndim {x.ndim}   size {x.size:3}   {x.data.nbytes:3} bytes   {x.dtype}")
Tensor([[1, 2, 3], [4, 5, 6]])

# %% [markdown]
# ## Part 2. Arithmetic (40 minutes)
#
# When Python meets `x - 2`, it calls `x.__sub__(2)`. When it meets `2 - x`, it asks the number first: `(2).__sub__(x)`. An int has never heard of your class and answers with the constant `NotImplemented`. Then Python turns round and calls `x.__rsub__(2)`, the *reflected* method.

# %% [markdown]
# ```mermaid
# flowchart LR
#     accTitle: Who computes 2 - x?
#     accDescr: Python first asks the int, which answers NotImplemented, then the tensor's reflected method, which gives the result. If that answers NotImplemented too, Python raises TypeError.
#     A["2 - x"] --> B["int.__sub__(2, x)"]
#     B -- NotImplemented --> C["Tensor.__rsub__(x, 2)"]
#     C -- a Tensor --> D["the result"]
#     C -- NotImplemented --> E["TypeError"]
# ```
#
# NumPy's arrays and numbers are different: they try to compute with anything. The line `__array_ufunc__ = None` in the class makes them step back as an int does.

# %% [markdown]
# ### 01.2 The other side of an operator
#
# In `x * other`, what may `other` be? A tensor, a number, an array, a list. One function sorts that out for all operators. It has one subtle duty: a network in float32 must not turn into float64 because of one stray constant.

# %% tags=["demo"]
weights = np.ones(3, np.float32)
factors = {"2.0": 2.0, "np.float32(2)": np.float32(2), "np.sqrt(4)": np.sqrt(4), "np.array([1, 3]).mean()": np.array([1, 3]).mean()}
for name, factor in factors.items():
    print(f"float32 array * {name:23} gives {(weights * factor).dtype}")

# %% [markdown]
# So a *Python* number leaves the array's dtype alone, but a *NumPy* scalar counts with a dtype of its own. That is mostly float64, as the square root or the mean of whole numbers is, and it drags everything along. The method `.item()` makes a Python number of it.
#
# <details>
# <summary>Hints for 01.2</summary>
#
# - Go through the docstring's kinds one by one, with `isinstance`, and end with `return NotImplemented` (return it, do not raise it).
# - A trap: `isinstance(np.float64(2), float)` is True. So the order of the questions matters, or you compare `type(value)`.
# - All NumPy scalars are `np.generic`; `np.number` and `np.bool_` are those that are numbers.
#
# </details>

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
        else the constant NotImplemented, which makes Python ask the other operand and then raise TypeError.
    """
    ### BEGIN SOLUTION 01.2 operand: return what NumPy should compute with
    if isinstance(value, Tensor):
        return value.data
    if type(value) in (float, int, bool, np.ndarray):  # not isinstance: np.float64 is a kind of float
        return value
    if isinstance(value, (np.number, np.bool_)):
        return value.item()
    if isinstance(value, (list, tuple, np.ndarray)):
        return as_array(value)
    return NotImplemented
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-02-operand", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
ones = np.ones(2, np.float32)
with Checks("01.2", "operand") as check, check.using(as_array=lambda values: np.array(values, np.float32)):
    check.given(look="What does NumPy compute with: the Tensor, or the array in it?")
    check.equal("operand(a Tensor)", operand(Tensor(ones)), [1, 1], dtype=np.float32)
    check.is_a("operand(a Tensor)", operand(Tensor(ones)), np.ndarray)
    check.given(look="Does the float32 array stay float32? What is type(np.float64(3).item())?")
    check.equal("float32 array * operand(3)", ones * operand(3), [3, 3], dtype=np.float32)
    check.equal("float32 array * operand(np.float64(3))", ones * operand(np.float64(3)), [3, 3], dtype=np.float32)
    check.given(look="An array keeps its own dtype; a list becomes an array by as_array.")
    check.equal("operand(a float64 array)", operand(np.array([0.5])), [0.5], dtype=np.float64)
    check.equal("operand([4, 5])", operand([4, 5]), [4, 5], dtype=np.float32)
    check.given(look="Return NotImplemented: do not raise it.")
    check.true("operand('text') should be NotImplemented", operand("text") is NotImplemented, got=operand("text"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("float32 array * operand(np.int64(3))", ones * operand(np.int64(3)), [3, 3], dtype=np.float32)
    check.equal("float32 array * operand(np.bool_(True))", ones * operand(np.bool_(True)), [1, 1], dtype=np.float32)
    check.equal("float32 array * operand(-0.5)", ones * operand(-0.5), [-0.5, -0.5], dtype=np.float32)
    check.equal("float32 array * operand(True)", ones * operand(True), [1, 1], dtype=np.float32)
    whole = np.array([2, 4])
    check.equal("integer array * operand(2)", whole * operand(2), [4, 8], dtype=np.int64)
    check.equal("float64 array * operand(np.float32(2))", np.ones(2) * operand(np.float32(2)), [2, 2], dtype=np.float64)
    check.equal("operand((4, 5))", operand((4, 5)), [4, 5], dtype=np.float32)
    check.equal("operand([[1], [2]])", operand([[1], [2]]), [[1], [2]], dtype=np.float32)
    check.true("operand(None) should be NotImplemented", operand(None) is NotImplemented)
    check.true("operand({}) should be NotImplemented", operand({}) is NotImplemented)
    ### END HIDDEN TESTS

# %% [markdown]
# The checks below judge one exercise each. So that a mistake in `as_array` or `operand` does not spoil the points of the operators, they put these smaller functions in their place while they run. Both are careless where yours are not: they would fail the checks above.

# %%
def plain_array(data):
    """Stands in for `as_array` during a check."""
    return data.data if isinstance(data, Tensor) else np.asarray(np.float32(data) if type(data) in (int, float) else data)


def plain_operand(value):
    """Stands in for `operand` during a check."""
    if isinstance(value, Tensor):
        return value.data
    return value if isinstance(value, (int, float, np.ndarray)) else NotImplemented

# %% [markdown]
# Two operations as worked examples. The minus sign has one operand, so nothing can go wrong: compute with `.data`, wrap the result. The power has two, and both directions; `NotImplemented` is handed on, so that Python can ask the other operand.

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

# %% tags=["demo"]
x = Tensor([1, 2, 3])
print(-x, x**2, 2**x, np.float64(2) ** x, sep="\n")

# %% [markdown]
# Functions of one tensor follow the pattern of the minus sign. Exponential, logarithm and square root are what the activations and losses of Modules 02 and 04 are made of.

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
#
# Your turn. For `+` and `*` the order does not matter, so each has one method, and the last two lines of the cell use it for the reflected form as well. The result is a *new* tensor: whoever wrote `y = x + 1` does not expect `x` to change.
#
# <details>
# <summary>Hints for 01.3</summary>
#
# - Read `__pow__` above once more: three steps. Which of them changes?
# - Broadcasting, dtypes and arrays on the left need nothing from you: NumPy and `operand` do it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-03-add-mul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def __add__(self, other):
    """self + other, element by element, as a new Tensor; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.3 Tensor.__add__: return the sum as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data + other)
    ### END SOLUTION


@method_of(Tensor)
def __mul__(self, other):
    """self * other, element by element, as a new Tensor; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.3 Tensor.__mul__: return the product as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data * other)
    ### END SOLUTION


Tensor.__radd__ = Tensor.__add__  # 2 + x is x + 2
Tensor.__rmul__ = Tensor.__mul__

# %% nbgrader={"grade": true, "grade_id": "test-01-03-add-mul", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
a, b = Tensor(np.array([1, 2, 3], np.float32)), Tensor(np.array([10, 20, 30], np.float32))
with Checks("01.3", "Tensor.__add__ and __mul__") as check, check.using(operand=plain_operand, as_array=plain_array):
    check.given(a=a, b=b, look="Compute with the arrays, wrap the result in a Tensor.")
    total, product = a + b, a * b
    check.equal("a, after a + b and a * b,", a, [1, 2, 3], look="Did an operation change its own operand?")
    check.is_a("a + b", total, Tensor)
    check.equal("a + b", total, [11, 22, 33], dtype=np.float32)
    check.equal("a * b", product, [10, 40, 90], dtype=np.float32)
    check.equal("a + 1", a + 1, [2, 3, 4], dtype=np.float32)
    check.equal("0.5 * b", 0.5 * b, [5, 10, 15], dtype=np.float32)
    check.given(a=a, other="text", look="What does `__pow__` do when `operand` answers NotImplemented, before it computes?")
    check.raises("a + 'text'", TypeError, lambda: a + "text")
    answer = a.__add__("text")
    check.true("a.__add__('text') should be NotImplemented", answer is NotImplemented, got=answer)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    grid, row = Tensor(np.array([[1.0, -2.0], [3.0, 4.0]])), Tensor(np.array([10.0, 100.0]))
    check.equal("a (2, 2) + a (2,)", grid + row, [[11, 98], [13, 104]], dtype=np.float64)
    check.equal("a (2, 2) * a (2,)", grid * row, [[10, -200], [30, 400]], dtype=np.float64)
    check.equal("a (2,) + a (2, 2)", row + grid, [[11, 98], [13, 104]], dtype=np.float64)
    check.equal("x + x", row + row, [20, 200], dtype=np.float64)
    check.equal("x * x", row * row, [100, 10000], dtype=np.float64)
    check.equal("array + tensor", np.ones(3, np.float32) + a, [2, 3, 4], dtype=np.float32)
    check.equal("array * tensor", np.full(3, 2, np.float32) * a, [2, 4, 6], dtype=np.float32)
    check.is_a("array * tensor", np.ones(3, np.float32) * a, Tensor)
    zero_d = Tensor(np.array(3.0)) + Tensor(np.array(4.0))
    check.equal("a sum without axes", zero_d, 7.0, dtype=np.float64)
    check.is_a("the data of a sum without axes", zero_d.data, np.ndarray)
    check.equal("integers", Tensor(np.array([1, 2])) * Tensor(np.array([3, -4])), [3, -8], dtype=np.int64)
    check.equal("an operand, after all that,", row, [10, 100])
    check.equal("the other operand, after all that,", grid, [[1, -2], [3, 4]])
    check.true("a.__mul__(None) should be NotImplemented", a.__mul__(None) is NotImplemented)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 01.4 Subtraction and division
#
# Here the order matters, so the reflected forms are methods of their own. In `10 - x`, Python calls `x.__rsub__(10)`: `self` is what stands on the *right*.
#
# <details>
# <summary>Hints for 01.4</summary>
#
# - Say it aloud: `__rsub__(self, other)` is other minus self.
# - `/` is `__truediv__`, the division that gives 2.5 for 5 / 2. Dividing by zero gives infinity, as NumPy does; no special case.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-04-sub-div", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def __sub__(self, other):
    """self - other, as a new Tensor; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.4 Tensor.__sub__: return self - other as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data - other)
    ### END SOLUTION


@method_of(Tensor)
def __rsub__(self, other):
    """other - self, as a new Tensor; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.4 Tensor.__rsub__: return other - self as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(other - self.data)
    ### END SOLUTION


@method_of(Tensor)
def __truediv__(self, other):
    """self / other, as a new Tensor; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.4 Tensor.__truediv__: return self / other as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data / other)
    ### END SOLUTION


@method_of(Tensor)
def __rtruediv__(self, other):
    """other / self, as a new Tensor; NotImplemented if `operand` says so."""
    ### BEGIN SOLUTION 01.4 Tensor.__rtruediv__: return other / self as a new Tensor
    other = operand(other)
    return other if other is NotImplemented else Tensor(other / self.data)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-04-sub-div", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
a, b = Tensor(np.array([2, 4, 8], np.float32)), Tensor(np.array([1, 2, 2], np.float32))
with Checks("01.4", "Tensor.__sub__ and __truediv__") as check, check.using(operand=plain_operand, as_array=plain_array):
    check.given(a=a, b=b, look="Which of the two stands on the left?")
    difference, quotient = a - b, a / b
    check.equal("a, after a - b and a / b,", a, [2, 4, 8], look="Did an operation change its own operand?")
    check.is_a("a - b", difference, Tensor)
    check.equal("a - b", difference, [1, 2, 6], dtype=np.float32)
    check.equal("a / b", quotient, [2, 2, 4], dtype=np.float32)
    check.equal("10 - a", 10 - a, [8, 6, 2], dtype=np.float32)
    check.equal("16 / a", 16 / a, [8, 4, 2], dtype=np.float32)
    check.given(a=a, other="text", look="What did you do in 01.3 when `operand` answered NotImplemented?")
    check.raises("a / 'text'", TypeError, lambda: a / "text")
    answer = a.__sub__("text")
    check.true("a.__sub__('text') should be NotImplemented", answer is NotImplemented, got=answer)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("1 / a", 1 / a, [0.5, 0.25, 0.125], dtype=np.float32)
    check.equal("a / 16", a / 16, [0.125, 0.25, 0.5], dtype=np.float32)
    check.equal("a - 2.5", a - 2.5, [-0.5, 1.5, 5.5], dtype=np.float32)
    rows, column = Tensor(np.array([[1.0, -2.0], [3.0, 4.0]])), Tensor(np.array([[10.0], [5.0]]))
    check.equal("a (2, 2) - a (2, 1)", rows - column, [[-9, -12], [-2, -1]], dtype=np.float64)
    check.equal("a (2, 1) / a (2, 2)", column / rows, [[10, -5], [5 / 3, 1.25]], dtype=np.float64)
    check.equal("array - tensor", np.ones(3, np.float32) - a, [-1, -3, -7], dtype=np.float32)
    check.equal("array / tensor", np.ones(3, np.float32) / a, [0.5, 0.25, 0.125], dtype=np.float32)
    check.is_a("array / tensor", np.ones(3, np.float32) / a, Tensor)
    check.equal("x - x", rows - rows, np.zeros((2, 2)), dtype=np.float64)
    tiny = Tensor(np.array([1e-8, 2e-8], np.float32))
    check.equal("tiny / tiny", tiny / tiny, [1, 1], dtype=np.float32)
    check.equal("1 / tiny", 1 / tiny, [1e8, 5e7], dtype=np.float32)
    with np.errstate(divide="ignore"):
        check.equal("1 / 0", 1 / Tensor(np.array([0.0, 2.0])), [np.inf, 0.5])
        check.equal("1 / 0, in a tensor", Tensor(np.array([1.0])) / 0, [np.inf])
    check.is_a("the data of 1 - 0.5", (1 - Tensor(np.array(0.5))).data, np.ndarray)
    check.true("a.__rsub__('text') should be NotImplemented", a.__rsub__("text") is NotImplemented)
    check.true("a.__truediv__({}) should be NotImplemented", a.__truediv__({}) is NotImplemented)
    check.true("a.__rtruediv__(None) should be NotImplemented", a.__rtruediv__(None) is NotImplemented)
    ### END HIDDEN TESTS

# %% [markdown]
# Four operators, and formulas read like formulas. Here all 1,797 pictures are shifted and stretched at once, so that paper is -1 and full ink is 1. One NumPy scalar is hidden in the expression; the dtype survives it.

# %% tags=["demo"]
ink = Tensor(pixels)
centred = (ink - 0.5) * np.sqrt(4)
print(centred.shape, centred.dtype, centred.data.min(), centred.data.max())

# %% [markdown]
# ## Part 3. Broadcasting (25 minutes)
#
# How can a table of shape (4, 3) and a row of shape (3,) be added at all? The row is used four times, once for each line of the table, without ever being copied. That is **broadcasting**, and a network does it in every layer: a batch plus a bias.

# %% tags=["demo"]
column, row = np.arange(4).reshape(4, 1), np.arange(5) * 10
figure, panels = plt.subplots(1, 3, figsize=(8.4, 2.7), layout="constrained")
tables = {"(4, 1) stretched": column + 0 * row, "(5,) stretched": 0 * column + row, "their sum: (4, 5)": column + row}
for panel, (title, values) in zip(panels, tables.items()):
    panel.imshow(values, cmap="cividis", vmin=0, vmax=43)
    for (i, j), value in np.ndenumerate(values):
        panel.text(j, i, value, ha="center", va="center", color="white" if value < 25 else "black")
    panel.set(xticks=[], yticks=[], title=title)
show(figure, "Three tables of 4 by 5 numbers. The first repeats a column five times, the second repeats a row four times, the third is their sum.")

# %% [markdown]
# ### 01.5 The broadcasting rule
#
# Write the two shapes under each other, **aligned on the right**. Missing places count as 1. In each place the sizes have to be equal, or one of them has to be 1; then the other one wins.
#
# | | | | | |
# |---|---|---|---|---|
# | first | 8 | 1 | 6 | 1 |
# | second | | 7 | 1 | 5 |
# | result | 8 | 7 | 6 | 5 |
#
# So (2, 3) and (2,) do **not** fit: on the right, 3 meets 2.
#
# <details>
# <summary>Hints for 01.5</summary>
#
# - Put ones in front of the shorter shape until both have the same length. `(1,) * 3` is `(1, 1, 1)`.
# - Then go through the pairs. There are three good cases and one error.
# - A size may be 0 (an empty batch). 1 against 0 gives 0: "the other one wins" is not the same as "the larger one wins".
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-05-broadcast-shape", "locked": false, "schema_version": 3, "solution": true, "task": false}
def broadcast_shape(first, second):
    """The shape of the result when two shapes are broadcast, by the rule above and without NumPy.

    Parameters
    ----------
    first, second : tuple of int

    Returns
    -------
    tuple of int
        Its length is that of the longer one.

    Raises
    ------
    ValueError
        If two sizes differ and neither is 1.
    """
    ### BEGIN SOLUTION 01.5 broadcast_shape: return the common shape, or raise ValueError
    ndim = max(len(first), len(second))
    first = (1,) * (ndim - len(first)) + tuple(first)
    second = (1,) * (ndim - len(second)) + tuple(second)
    for a, b in zip(first, second):
        if a != b and 1 not in (a, b):
            raise ValueError(f"shapes {first} and {second} do not broadcast: {a} meets {b}")
    return tuple(b if a == 1 else a for a, b in zip(first, second))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-05-broadcast-shape", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("01.5", "broadcast_shape") as check:
    check.given(look="Align the shapes on the right, and put ones where a place is missing.")
    check.equal("(4, 3) with (3,)", broadcast_shape((4, 3), (3,)), (4, 3))
    check.equal("(3,) with (4, 3)", broadcast_shape((3,), (4, 3)), (4, 3))
    check.equal("(4, 1) with (1, 5)", broadcast_shape((4, 1), (1, 5)), (4, 5))
    check.equal("(8, 1, 6, 1) with (7, 1, 5)", broadcast_shape((8, 1, 6, 1), (7, 1, 5)), (8, 7, 6, 5))
    check.raises("(2, 3) with (2,)", ValueError, lambda: broadcast_shape((2, 3), (2,)))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("() with (3, 2)", broadcast_shape((), (3, 2)), (3, 2))
    check.equal("() with ()", broadcast_shape((), ()), ())
    check.equal("(0, 3) with (1, 3)", broadcast_shape((0, 3), (1, 3)), (0, 3))
    check.equal("(1,) with (5, 0)", broadcast_shape((1,), (5, 0)), (5, 0))
    check.equal("(5,) with (5,)", broadcast_shape((5,), (5,)), (5,))
    check.raises("(0,) with (2,)", ValueError, lambda: broadcast_shape((0,), (2,)))
    check.raises("(2,) with (4,)", ValueError, lambda: broadcast_shape((2,), (4,)))
    check.raises("(3, 2, 5) with (3, 5)", ValueError, lambda: broadcast_shape((3, 2, 5), (3, 5)))
    check.raises("(2, 3) with (4, 2, 4)", ValueError, lambda: broadcast_shape((2, 3), (4, 2, 4)))
    rng = np.random.default_rng(1)
    for _ in range(40):
        full = tuple(int(size) for size in rng.integers(1, 5, size=rng.integers(1, 5)))
        one, two = (tuple(int(n) if keep else 1 for n, keep in zip(full, rng.random(len(full)) < 0.6)) for _ in "ab")
        two = two[int(rng.integers(len(two) + 1)) :]
        check.equal(f"{one} with {two}", broadcast_shape(one, two), np.broadcast_shapes(one, two))
    ### END HIDDEN TESTS

# %% [markdown]
# What does the stretching cost? Nothing: NumPy sets the step from one row to the next to **zero bytes** and reads the same row again. Compare with really repeating it.

# %% tags=["demo"]
bias = np.arange(512, dtype=np.float32)
stretched = np.broadcast_to(bias, (4096, 512))
repeated = np.tile(bias, (4096, 1))
print("steps in bytes:", stretched.strides, "for the stretched one,", repeated.strides, "for the copy")
print(f"memory: {bias.nbytes:,} bytes against {repeated.nbytes:,} bytes")

# %% [markdown]
# Broadcasting also hides mistakes. A column of 4 predictions minus a row of 4 targets raises no error: it gives all 16 differences. When a loss looks strange, print the shapes first.

# %% tags=["demo"]
predictions, targets = Tensor(np.ones((4, 1))), Tensor(np.ones(4))
(predictions - targets).shape

# %% [markdown]
# ## Part 4. Memory: strides and views (40 minutes)
#
# Memory has no rows and columns: it is one long street of bytes. How does a table live in it? Row after row. The **strides** say how many bytes to walk for the next element along each axis.

# %% tags=["demo"]
x = np.arange(12, dtype=np.float32).reshape(3, 4)
for i, j in [(0, 0), (0, 1), (1, 0), (2, 3)]:
    away = x[i:, j:].ctypes.data - x.ctypes.data  # the address of the first element that is left
    print(f"x[{i}, {j}] = {x[i, j]:4.0f}   is {away:2} bytes from the start")
print("strides", x.strides)

# %% [markdown]
# So the address of `x[i, j]` is start + i · 16 + j · 4: four bytes to the next column, and a whole row, 4 · 4 bytes, to the next row. In general, a step along an axis jumps over everything that the axes to its right hold.

# %% [markdown]
# ### 01.6 Strides
#
# For three axes of sizes (2, 3, 4) and 4 bytes an element, by hand: the last axis steps 4 bytes. The middle one jumps over 4 elements: 16 bytes. The first jumps over 3 · 4 elements: 48 bytes. So (48, 16, 4).
#
# <details>
# <summary>Hints for 01.6</summary>
#
# - Begin with the last axis, and go left.
# - Keep one number, the step. When you go one axis to the left, by what does it grow?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-06-strides", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_major_strides(shape, itemsize):
    """How many bytes to walk for one step along each axis, for an array stored row after row.

    Parameters
    ----------
    shape : tuple of int
        The sizes, all at least 1; perhaps none at all.
    itemsize : int
        Bytes of one element.

    Returns
    -------
    tuple of int
        One step for each axis, in the order of the axes.
    """
    ### BEGIN SOLUTION 01.6 row_major_strides: return the step in bytes for each axis
    strides = []
    step = itemsize
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return tuple(reversed(strides))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-06-strides", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("01.6", "row_major_strides") as check:
    check.given(look="What lies between an element and the next one along this axis?")
    check.equal("shape (3, 4), 4 bytes each", row_major_strides((3, 4), 4), (16, 4))
    check.equal("shape (2, 3, 4), 4 bytes each", row_major_strides((2, 3, 4), 4), (48, 16, 4))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("shape (), 4 bytes each", row_major_strides((), 4), ())
    check.equal("shape (7,), 8 bytes each", row_major_strides((7,), 8), (8,))
    check.equal("shape (5, 2), 1 byte each", row_major_strides((5, 2), 1), (2, 1))
    for sizes, kind in [((5, 1, 4), np.float64), ((2, 3, 4, 5), np.int16), ((6, 6), np.float64), ((1, 9), np.float32)]:
        array = np.zeros(sizes, kind)
        check.equal(f"shape {sizes}, {array.itemsize} bytes", row_major_strides(sizes, array.itemsize), array.strides)
    check.equal("a shape too large for memory", row_major_strides((9, 10**6, 10**7), 8), (8 * 10**13, 8 * 10**7, 8))
    ### END HIDDEN TESTS

# %% [markdown]
# Why should anybody care? Because memory comes in lines: 64 bytes on most processors, 128 on Apple's. Neighbours arrive together; an element far away costs a line of its own. Add up one million numbers that lie ever further apart:

# %% tags=["demo"]
street = np.ones(32_000_000, np.float32)
gaps = [1, 2, 4, 8, 16, 32]
times = [seconds(lambda gap=gap: street[: 1_000_000 * gap : gap].sum(), times=3) for gap in gaps]
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.plot([4 * gap for gap in gaps], [t * 1e3 for t in times], "o-", color="#0072B2")
axes.axvline(64, color="#E69F00", linestyle="--", label="64 bytes: a memory line on most processors")
axes.set(title="The same sum, further apart", ylabel="ms for a million", ylim=(0, None))
axes.set(xscale="log", xlabel="bytes from one element to the next")
axes.set_xticks([4 * gap for gap in gaps], [4 * gap for gap in gaps])
axes.minorticks_off()
axes.legend()
show(figure, f"A line that rises with the stride: {times[0] * 1e3:.2f} ms for neighbours, {times[-1] * 1e3:.2f} ms for elements 128 bytes apart.")
del street

# %% [markdown]
# A **view** is a second way to read the same memory: another start, another shape, other strides, no copy. Slicing gives views. That is fast, and it means that a change through one name shows under the other.

# %%
#| exporti
def are_row_numbers(key, array):
    """Whether `key` picks whole rows of a table by their numbers: ``array.take(key, axis=0)`` does it twice as fast."""
    numbers = type(key) is np.ndarray and key.dtype.kind == "i"
    return numbers and array.ndim == 2 and array.flags.c_contiguous


@method_of(Tensor)
def __getitem__(self, key):
    """The part of the tensor that `key` selects, by NumPy's rules: a view where NumPy gives one."""
    key = key.data if isinstance(key, Tensor) else key
    return Tensor(self.data.take(key, axis=0) if are_row_numbers(key, self.data) else self.data[key])

# %% tags=["demo"]
x = Tensor(np.zeros((3, 4), np.float32))
second_row, picked = x[1], x[[0, 2]]
second_row.data[:] = 7
print(x)
for name, part in {"x[1]": second_row, "x[[0, 2]]": picked}.items():
    print(f"{name} shares the memory of x: {np.shares_memory(x.data, part.data)}")

# %% [markdown]
# ### 01.7 Reshape
#
# Twelve numbers can be read as (3, 4), as (2, 6) or as (12,), always in the order of the street. A convolution's output becomes a row for the next layer this way, and an 8×8 picture 64 features. One size may be -1: it is computed from the rest.
#
# <details>
# <summary>Hints for 01.7</summary>
#
# - `self.data.reshape` is allowed. It does the work, the -1 and the error.
# - `*shape` collects the arguments: what is `shape` after `x.reshape(2, 3)`, and what after `x.reshape((2, 3))`?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-07-reshape", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    """The same numbers, in the same order, under another shape.

    ``x.reshape(2, 3)`` and ``x.reshape((2, 3))`` are the same; one size may be -1: it is what is left over.
    The result is a new Tensor that shares the memory wherever NumPy's reshape does; `self` keeps its shape.
    ValueError if the number of elements does not fit.
    """
    ### BEGIN SOLUTION 01.7 Tensor.reshape: return a Tensor of the new shape
    return Tensor(self.data.reshape(*shape))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-07-reshape", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
x = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3))
with Checks("01.7", "Tensor.reshape") as check:
    check.given(x=x, look="The order of the numbers in memory stays.")
    check.is_a("x.reshape(3, 2)", x.reshape(3, 2), Tensor)
    check.equal("x.reshape(3, 2)", x.reshape(3, 2), [[0, 1], [2, 3], [4, 5]], dtype=np.float32)
    check.equal("x.reshape((6,))", x.reshape((6,)), [0, 1, 2, 3, 4, 5], look="A tuple is one argument.")
    check.equal("x.reshape(-1, 2)", x.reshape(-1, 2), [[0, 1], [2, 3], [4, 5]])
    check.same("the shape of x afterwards", x.data.shape, (2, 3), look="Did reshape change x itself?")
    check.raises("x.reshape(4, 2)", ValueError, lambda: x.reshape(4, 2))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.true("x.reshape(3, 2) should be a view of the same memory", np.shares_memory(x.reshape(3, 2).data, x.data))
    check.true("x.reshape((6, 1)) should be a view of the same memory", np.shares_memory(x.reshape((6, 1)).data, x.data))
    cube = Tensor(np.arange(24.0).reshape(2, 3, 4))
    check.equal("(2, 3, 4) to (4, -1)", cube.reshape(4, -1), np.arange(24.0).reshape(4, 6), dtype=np.float64)
    check.equal("(2, 3, 4) to (2, -1, 3)", cube.reshape(2, -1, 3), np.arange(24.0).reshape(2, 4, 3))
    check.equal("(2, 3, 4) to (-1,)", cube.reshape(-1), np.arange(24.0), dtype=np.float64)
    check.equal("(2, 3, 4) to the tuple (2, -1)", cube.reshape((2, -1)), np.arange(24.0).reshape(2, 12))
    turned = Tensor(np.arange(6.0).reshape(2, 3).T)
    check.equal("a transposed tensor to (6,)", turned.reshape(6), [0, 3, 1, 4, 2, 5])
    check.equal("one element to no axis", Tensor(np.array([[5.0]])).reshape(()), 5.0)
    check.equal("no axis to (1, 1)", Tensor(np.array(5.0)).reshape(1, 1), [[5.0]])
    check.equal("integers", Tensor(np.array([1, 2])).reshape(2, 1), [[1], [2]], dtype=np.int64)
    check.raises("(2, 3, 4) to (5, -1)", ValueError, lambda: cube.reshape(5, -1))
    check.raises("(2, 3, 4) to (2, 3)", ValueError, lambda: cube.reshape(2, 3))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 01.8 Transpose
#
# To exchange rows and columns of a table, nothing has to move: exchange the two sizes and the two strides. Below, each cell shows its place in memory. Reading along a row of the transposed table jumps.

# %% tags=["demo"]
x = np.arange(6, dtype=np.float32).reshape(2, 3)
figure, panels = plt.subplots(1, 3, figsize=(8.4, 2.9), layout="constrained")
for panel, view, title in zip(panels, (x, x.T, x.reshape(3, 2)), ("x", "x transposed", "x.reshape(3, 2)")):
    panel.imshow(view, cmap="cividis")
    for (i, j), place in np.ndenumerate(view):
        panel.text(j, i, f"{place:.0f}", ha="center", va="center", color="white" if place < 4 else "black", fontsize=13)
    panel.set(xticks=[], yticks=[], title=f"{title}\nshape {view.shape}, strides {view.strides}")
show(figure, "The same six memory places as three tables. In x they run along the rows; transposed they run down the columns; reshaped to 3 by 2 they run along the rows again.")

# %% [markdown]
# `permute` puts all axes into a new order; it is given. A batch of pictures stored as (picture, row, column, colour) becomes (picture, colour, row, column) by `permute(0, 3, 1, 2)`.

# %%
#| exporti
@method_of(Tensor)
def permute(self, *axes):
    """All axes in a new order, as a view: axis ``axes[i]`` becomes axis i. Also takes one tuple."""
    if len(axes) == 1 and isinstance(axes[0], (tuple, list)):
        axes = axes[0]
    return Tensor(self.data.transpose(axes))

# %% [markdown]
# `transpose` exchanges two. Without arguments it takes the last two, because in a batch of matrices those are the rows and columns: from (32, 8, 5) to (32, 5, 8). NumPy's `.T` would turn *all* axes round and mix up the batch.
#
# <details>
# <summary>Hints for 01.8</summary>
#
# - `self.data.swapaxes(i, j)` exchanges two axes and gives a view. Negative numbers count from the end.
# - Ask `dim0 is None`, not `not dim0`: axis 0 is an axis.
# - What should happen to a tensor with one axis, or none?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-08-transpose", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    """Two axes exchanged.

    Parameters
    ----------
    dim0, dim1 : int, optional
        Both or neither; negative numbers count from the end. Without them the last two axes, and a tensor with
        fewer than two axes comes back with the same numbers and the same shape.

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

# %% nbgrader={"grade": true, "grade_id": "test-01-08-transpose", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
x = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3))
cube = Tensor(np.arange(24, dtype=np.float32).reshape(2, 3, 4))
with Checks("01.8", "Tensor.transpose") as check:
    check.given(x=x, look="Rows become columns; the numbers stay in memory.")
    check.is_a("x.transpose()", x.transpose(), Tensor)
    check.equal("x.transpose()", x.transpose(), [[0, 3], [1, 4], [2, 5]], dtype=np.float32)
    check.given(cube=cube, look="Without arguments the last two axes; the batch, axis 0, stays where it is.")
    check.equal("cube.transpose()", cube.transpose(), cube.data.swapaxes(1, 2))
    check.given(cube=cube, look="Which two axes are exchanged? Axis 0 is an axis too.")
    check.equal("cube.transpose(0, 1)", cube.transpose(0, 1), cube.data.swapaxes(0, 1))
    check.equal("a (3,) tensor, transposed,", Tensor(np.array([1.0, 2.0, 3.0])).transpose(), [1, 2, 3])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("cube.transpose(0, 2)", cube.transpose(0, 2), cube.data.swapaxes(0, 2), dtype=np.float32)
    check.equal("cube.transpose(1, 0)", cube.transpose(1, 0), cube.data.swapaxes(0, 1))
    check.equal("cube.transpose(-1, 0)", cube.transpose(-1, 0), cube.data.swapaxes(0, 2))
    check.equal("cube.transpose(1, 1)", cube.transpose(1, 1), cube.data)
    check.equal("x.transpose(0, 1)", x.transpose(0, 1), x.data.T)
    batch = Tensor(np.arange(120.0).reshape(2, 3, 4, 5))
    check.equal("the last two of (2, 3, 4, 5)", batch.transpose(), batch.data.swapaxes(2, 3), dtype=np.float64)
    check.equal("batch.transpose(1, 2)", batch.transpose(1, 2), batch.data.swapaxes(1, 2))
    check.true("a transpose should be a view", np.shares_memory(batch.transpose(1, 2).data, batch.data))
    check.true("a transpose should be a view", np.shares_memory(x.transpose().data, x.data))
    check.equal("no axis", Tensor(np.array(5.0)).transpose(), 5.0)
    check.same("the shape of x afterwards", x.data.shape, (2, 3))
    ### END HIDDEN TESTS

# %%
#| exporti
@method_of(Tensor)
@property
def T(self):
    """The tensor with its last two axes exchanged."""
    return self.transpose()

# %% [markdown]
# How much does a view save? Transpose a matrix of 67 MB as a view, then as a copy, then copy it without transposing. The view writes a handful of numbers; the transposed copy walks against the street.

# %% tags=["demo"]
big = Tensor(np.ones((4096, 4096), np.float32))
view, copy, straight = (
    seconds(call, times=3) for call in (lambda: big.transpose(), lambda: big.data.T.copy(), lambda: big.data.copy())
)
print(f"view {view * 1e6:.1f} µs   transposed copy {copy * 1e3:.1f} ms   straight copy {straight * 1e3:.1f} ms")
del big

# %% [markdown]
# ## Part 5. Reductions (20 minutes)
#
# How much ink does each picture have, and how much ink does each *pixel* get over all pictures? Both are sums over the same table of 1,797 by 64 numbers. The **axis** is the one that disappears.

# %% tags=["demo"]
x = np.array([[1, 2, 3], [10, 20, 30]])
print("axis=0 adds downwards, (2, 3) -> (3,):", x.sum(axis=0))
print("axis=1 adds along rows, (2, 3) -> (2,):", x.sum(axis=1))
print("keepdims leaves a 1, (2, 3) -> (2, 1):", x.sum(axis=1, keepdims=True).tolist())

# %% [markdown]
# With `keepdims=True` the axis stays with size 1, so that the result broadcasts back: each row divided by its own sum, say. Without it, (2, 3) and (2,) would not fit, as you know from 01.5. `max` is given as the worked example.

# %%
#| exporti
@method_of(Tensor)
def max_(self, axis=None, keepdims=False):
    """The largest element along `axis` (None: of all)."""
    return Tensor(self.data.max(axis=axis, keepdims=keepdims))

# %% [markdown]
# ### 01.9 Sum
#
# The same for sums. This method will be called in every loss and in every mean, so it has to be right for one axis, for several at once, and for none.
#
# <details>
# <summary>Hints for 01.9</summary>
#
# - `max_` above shows the pattern.
# - The axis may be a number, a tuple of numbers, or None. `if axis:` would take axis 0 for "no axis".
# - Full sums are NumPy scalars; `Tensor(...)` turns them back into arrays with the same dtype. Python's `float(...)` would lose it.
#
# </details>

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
        Floating-point tensors keep their dtype; for integers and booleans NumPy decides (int64, say).
    """
    ### BEGIN SOLUTION 01.9 Tensor.sum: return the sum along `axis` as a Tensor
    return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-09-sum", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
x = Tensor(np.array([[1, 2, 3], [10, 20, 30]], np.float32))
with Checks("01.9", "Tensor.sum") as check, check.using(as_array=plain_array):
    check.given(x=x, look="The axis that you name is the one that disappears.")
    check.is_a("x.sum()", x.sum(), Tensor)
    check.equal("x.sum()", x.sum(), 66, dtype=np.float32)
    check.equal("x.sum(axis=0)", x.sum(axis=0), [11, 22, 33], dtype=np.float32)
    check.equal("x.sum(axis=1)", x.sum(axis=1), [6, 60], dtype=np.float32)
    check.equal("x.sum(axis=1, keepdims=True)", x.sum(axis=1, keepdims=True), [[6], [60]], look="keepdims leaves a 1.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.is_a("the data of x.sum()", x.sum().data, np.ndarray)
    check.equal("x.sum(axis=0, keepdims=True)", x.sum(axis=0, keepdims=True), [[11, 22, 33]], dtype=np.float32)
    check.equal("x.sum(keepdims=True)", x.sum(keepdims=True), [[66]], dtype=np.float32)
    check.equal("x.sum(-1)", x.sum(-1), [6, 60])
    check.equal("x.sum(1, True)", x.sum(1, True), [[6], [60]])
    values = np.arange(24.0).reshape(2, 3, 4) - 7.5
    cube = Tensor(values)
    check.equal("all of a float64 tensor", cube.sum(), values.sum(), dtype=np.float64)
    check.equal("axis 1 of (2, 3, 4)", cube.sum(axis=1), values.sum(axis=1), dtype=np.float64)
    check.equal("axis -2 of (2, 3, 4), kept", cube.sum(axis=-2, keepdims=True), values.sum(axis=1, keepdims=True))
    check.equal("axes (0, 2) of (2, 3, 4)", cube.sum(axis=(0, 2)), values.sum(axis=(0, 2)), dtype=np.float64)
    check.equal("axes (1, 2), kept", cube.sum(axis=(1, 2), keepdims=True), values.sum(axis=(1, 2), keepdims=True))
    check.equal("no axis at all", Tensor(np.array(3.5)).sum(), 3.5, dtype=np.float64)
    check.equal("an empty batch", Tensor(np.zeros((0, 3), np.float32)).sum(axis=0), [0, 0, 0], dtype=np.float32)
    check.equal("x, after all that,", x, [[1, 2, 3], [10, 20, 30]])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 01.10 Mean
#
# A mean is a sum divided by a count. Build it from your own `sum` and your own `/`, not from `np.mean`: in Module 06 each operation needs a rule for its gradient, and what is made of operations with rules needs none. How many numbers went into each sum?
#
# <details>
# <summary>Hints for 01.10</summary>
#
# - Sum first. Compare the size of the tensor with the size of the sum: (2, 3, 4) has 24 elements; summed over the last axis, 6 are left. How many went into each?
# - That works for every kind of axis, tuples too.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-10-mean", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    """The mean along `axis`: the sum, divided by how many numbers went into it.

    Composed of ``self.sum`` and a division of Tensors, so that it needs no gradient rule of its own.
    `axis` and `keepdims` mean what they mean for `sum`, and a floating-point dtype stays as it is. The tensor has
    at least one element: what the mean of none is stays open.
    """
    ### BEGIN SOLUTION 01.10 Tensor.mean: return the mean along `axis` as a Tensor
    total = self.sum(axis=axis, keepdims=keepdims)
    return total / (self.data.size // max(total.data.size, 1))  # the 1 is for tensors without elements
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-10-mean", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
class Counted(Tensor):  # a stand-in whose sum, division and product are right, and note that they were used
    __slots__ = ()
    used = []
    def sum(self, axis=None, keepdims=False):
        self.used.append("sum")
        return Counted(self.data.sum(axis=axis, keepdims=keepdims))
    def __truediv__(self, other):
        self.used.append("/")
        return Counted(self.data / (other.item() if isinstance(other, np.generic) else plain_operand(other)))
    def __mul__(self, other):
        return self / (1 / (other.data if isinstance(other, Tensor) else other))
    __rmul__ = __mul__

x = Counted(np.array([[1, 2, 3], [10, 20, 30]], np.float32))
with Checks("01.10", "Tensor.mean") as check, check.using(operand=plain_operand, as_array=plain_array):
    check.given(x=x, look="How many numbers went into each sum?")
    check.equal("x.mean()", x.mean(), 11, dtype=np.float32)
    check.equal("x.mean(axis=0)", x.mean(axis=0), [5.5, 11, 16.5], dtype=np.float32)
    check.equal("x.mean(axis=1, keepdims=True)", x.mean(axis=1, keepdims=True), [[2], [20]], dtype=np.float32)
    check.true("mean should use self.sum", Counted.used.count("sum") >= 3, look="Module 06 will see sum, but not np.mean.")
    check.true("mean should divide a Tensor", "/" in Counted.used, look="Divide the Tensor that sum gave you, not its array.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    values = np.arange(24.0).reshape(2, 3, 4) - 7.5
    cube = Counted(values)
    check.equal("the mean of a float64 tensor", cube.mean(), values.mean(), dtype=np.float64)
    check.equal("axis 1 of (2, 3, 4)", cube.mean(axis=1), values.mean(axis=1), dtype=np.float64)
    check.equal("axis -1 of (2, 3, 4)", cube.mean(axis=-1), values.mean(axis=-1))
    check.equal("axes (0, 2) of (2, 3, 4)", cube.mean(axis=(0, 2)), values.mean(axis=(0, 2)))
    check.equal("axes (1, 2), kept", cube.mean((1, 2), True), values.mean((1, 2), keepdims=True))
    check.equal("all, kept", cube.mean(keepdims=True), values.mean(keepdims=True))
    check.equal("axes (0, 1) of a float32 tensor", x.mean(axis=(0, 1)), 11, dtype=np.float32)
    check.equal("no axis at all", Counted(np.array(3.5)).mean(), 3.5)
    check.is_a("the data of x.mean()", x.mean().data, np.ndarray)
    ### END HIDDEN TESTS

# %% [markdown]
# Now the two questions of this part, each in one line. The answer to the second, as a picture, is the average of all digits.

# %% tags=["demo"]
ink = Tensor(pixels)
by_picture, by_pixel = ink.mean(axis=1), ink.mean(axis=0)
figure, (left, right) = plt.subplots(1, 2, figsize=(7, 2.8), layout="constrained")
left.hist(by_picture.data, bins=30, color="#0072B2")
left.set(xlabel="share of ink", ylabel="pictures", title=f"mean(axis=1): shape {by_picture.shape}")
right.imshow(by_pixel.reshape(8, 8).data, cmap="Blues")
right.set(xticks=[], yticks=[], title=f"mean(axis=0): shape {by_pixel.shape}")
show(figure, "Left, a histogram of the share of ink in each picture, centred near 0.3. Right, the average of all digits: dark in the middle columns, pale at the sides.")

# %% [markdown]
# ## Part 6. The matrix product (35 minutes)
#
# Ten scores for a digit, from 64 pixels: each score is a weighted sum of all pixels, with weights of its own. That is a row of 64 numbers against ten columns of 64 numbers: a matrix product. It is where a network spends nearly all its time.

# %% tags=["demo"]
row, columns = np.array([[1, 2, 3]]), np.array([[10, 1], [20, 0], [30, 1]])
for j in range(2):
    products = row[0] * columns[:, j]
    print(f"score {j}: {' + '.join(str(p) for p in products)} = {products.sum()}")

# %% [markdown]
# ### 01.11 The product by its definition
#
# The element in row i and column j of the product is row i of A against column j of B: multiply in pairs, add up. So A (n, k) and B (k, m) give (n, m), and the two inner sizes have to agree.
#
# $$C_{ij} = \sum_{p=1}^{k} A_{ip} B_{pj}$$
#
# <details>
# <summary>Hints for 01.11</summary>
#
# - Three loops: over i, over j, over p. Which of n, k, m bounds which?
# - Make `C` with `np.zeros((n, m))` first, then add into it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-11-definition", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matmul_by_definition(A, B):
    """The matrix product with nothing but loops, products and sums of numbers: no ``@``, ``dot`` or ``matmul``.

    Parameters
    ----------
    A, B : numpy.ndarray
        Shapes (n, k) and (k, m).

    Returns
    -------
    numpy.ndarray
        Shape (n, m).

    Raises
    ------
    ValueError
        If the inner sizes differ.
    """
    ### BEGIN SOLUTION 01.11 matmul_by_definition: return the matrix product of A and B
    (n, k), (inner, m) = A.shape, B.shape
    if k != inner:
        raise ValueError(f"the inner sizes differ: {A.shape} and {B.shape}")
    C = np.zeros((n, m), np.result_type(A, B))
    for i in range(n):
        for j in range(m):
            for p in range(k):
                C[i, j] += A[i, p] * B[p, j]
    return C
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-11-definition", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
A, B = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[10.0, 1.0], [20.0, 0.0], [30.0, 1.0]])
with Checks("01.11", "matmul_by_definition") as check:
    check.given(A=A, B=B, look="Row i of A against column j of B.")
    check.equal("the product", matmul_by_definition(A, B), [[140, 4], [320, 10]])
    square, turn = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, -1.0], [1.0, 0.0]])
    check.given(A=square, B=turn, look="Which of the two is on the left?")
    check.equal("the product", matmul_by_definition(square, turn), [[2, -1], [4, -3]])
    check.given(A=A, B=square, look="Compare the inner sizes before the first loop.")
    check.raises("(2, 3) by (2, 2)", ValueError, lambda: matmul_by_definition(A, square))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = check.rng()
    for n, k, m in [(3, 2, 4), (4, 3, 2), (1, 5, 1), (5, 1, 5), (1, 1, 1), (2, 4, 3)]:
        left, right = rng.normal(size=(n, k)), rng.normal(size=(k, m))
        check.equal(f"({n}, {k}) by ({k}, {m})", matmul_by_definition(left, right), left @ right)
    same = rng.normal(size=(3, 3))
    before = same.copy()
    check.equal("A by A", matmul_by_definition(same, same), same @ same)
    check.unchanged("A", same, before)
    check.raises("(2, 3) by (4, 2)", ValueError, lambda: matmul_by_definition(A, np.ones((4, 2))))
    check.raises("(2, 2) by (3, 2)", ValueError, lambda: matmul_by_definition(square, np.ones((3, 2))))
    ### END HIDDEN TESTS

# %% [markdown]
# How far do three loops get? Time them against NumPy's `@`, which calls a library (BLAS) that cuts the matrices into blocks fitting the processor's caches and computes several numbers at once.

# %% tags=["demo"]
sizes = [4, 8, 16, 32, 64]
loops, blas = [], []
for n in sizes:
    A = np.random.default_rng(0).normal(size=(n, n)).astype(np.float32)
    loops.append(seconds(lambda A=A: matmul_by_definition(A, A), times=2))
    blas.append(seconds(lambda A=A: A @ A, times=20))
print(f"n = 64: {loops[-1] * 1e3:.1f} ms by loops, {blas[-1] * 1e6:.1f} µs by NumPy: {loops[-1] / blas[-1]:,.0f} times")

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
axes.plot(sizes, loops, "o-", color="#E69F00", label="three Python loops")
axes.plot(sizes, blas, "s-", color="#0072B2", label="NumPy")
axes.plot(sizes, [loops[-1] * (n / 64) ** 3 for n in sizes], ":", color="#000000", label="n³")
axes.set(xscale="log", yscale="log", xlabel="n, for matrices n × n", ylabel="seconds", title="The same product, two ways")
axes.set_xticks(sizes, sizes)
axes.minorticks_off()
axes.legend()
show(figure, f"Time against matrix size, both axes logarithmic. The loops follow n cubed. At n = 64 NumPy is {loops[-1] / blas[-1]:,.0f} times faster.")

# %% [markdown]
# ### 01.12 Tensor.matmul
#
# So the tensor's method asks NumPy. Two things are left to you: what may stand on the other side (`operand` again), and an error that helps. NumPy's own message speaks of gufunc signatures; yours should name the two shapes.

# %% tags=["demo"]
try:
    np.matmul(np.ones((2, 3)), np.ones((2, 3)))
except ValueError as error:
    print(error)

# %% [markdown]
# <details>
# <summary>Hints for 01.12</summary>
#
# - `np.matmul`, not `np.dot`: for batches of matrices they differ.
# - Let NumPy find out whether the shapes fit, and turn its ValueError into your own with `try` and `except`. Then batches and single rows need no thought.
# - `np.shape(other)` works for whatever `operand` returns, numbers too: theirs is `()`.
# - `NotImplemented` is a message from an operator to Python. Nobody waits for it here: a method that is called by its name raises its error itself.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-12-matmul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def matmul(self, other):
    """The matrix product, by NumPy: the last axis of self against the last but one of other.

    Parameters
    ----------
    other : Tensor, array or nested list
        At least one axis. Axes before the last two are a batch and broadcast, as in `numpy.matmul`.

    Returns
    -------
    Tensor
        Shapes: (n, k) by (k, m) gives (n, m).

    Raises
    ------
    ValueError
        If the sizes do not fit; the message contains both shapes, such as ``(2, 3)``.
    TypeError
        If `operand` cannot use `other`, a text for example. For a single number, as in ``x @ 3``, either error is
        right.
    """
    ### BEGIN SOLUTION 01.12 Tensor.matmul: return the matrix product as a Tensor, or raise the error that helps
    other = operand(other)
    if other is NotImplemented:
        raise TypeError("matmul needs a tensor or an array on the other side")
    try:
        if self.data.ndim > 2 == np.ndim(other) and self.data.flags.c_contiguous:
            # One matrix for a whole batch: one large product, up to twice as fast as NumPy's many small ones.
            *batch, columns = self.data.shape
            rows = np.matmul(self.data.reshape(math.prod(batch), columns), other)
            return Tensor(rows.reshape(*batch, rows.shape[1]))
        return Tensor(np.matmul(self.data, other))
    except ValueError:
        raise ValueError(f"matmul: shapes {self.data.shape} and {np.shape(other)} do not fit together") from None
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-12-matmul", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
A = Tensor(np.array([[1, 2, 3], [4, 5, 6]], np.float32))
B = Tensor(np.array([[10, 1], [20, 0], [30, 1]], np.float32))
with Checks("01.12", "Tensor.matmul") as check, check.using(operand=plain_operand, as_array=plain_array):
    check.given(A=A, B=B, look="Which of the two is on the left?")
    check.is_a("A.matmul(B)", A.matmul(B), Tensor)
    check.equal("A.matmul(B)", A.matmul(B), [[140, 4], [320, 10]], dtype=np.float32)
    check.equal("A.matmul(an array)", A.matmul(B.data), [[140, 4], [320, 10]], dtype=np.float32)
    square = Tensor(np.ones((2, 2), np.float32))
    check.given(A=A, other=square, look="Name both shapes in the message.")
    check.raises("(2, 3) by (2, 2)", ValueError, lambda: A.matmul(square), mentions=("(2, 3)", "(2, 2)"))
    check.given(A=A, other="text", look="What does `operand` say to a text, and who hears it?")
    check.raises("A.matmul('text')", TypeError, lambda: A.matmul("text"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("B.matmul(A)", B.matmul(A), B.data @ A.data, dtype=np.float32)
    rng = check.rng()
    stack, more, single = rng.normal(size=(4, 2, 3)), rng.normal(size=(4, 3, 2)), rng.normal(size=(3, 5))
    check.equal("(4, 2, 3) by (4, 3, 2)", Tensor(stack).matmul(Tensor(more)), stack @ more, dtype=np.float64)
    check.equal("(4, 2, 3) by (3, 5)", Tensor(stack).matmul(Tensor(single)), stack @ single)
    check.equal("(2, 3) by (3,)", A.matmul(Tensor(np.ones(3, np.float32))), [6, 15], dtype=np.float32)
    check.equal("(2,) by (2, 3)", Tensor(np.ones(2, np.float32)).matmul(A), [5, 7, 9], dtype=np.float32)
    dot = Tensor(np.array([1.0, 2.0])).matmul(Tensor(np.array([3.0, 4.0])))
    check.equal("(2,) by (2,)", dot, 11.0)
    check.is_a("the data of (2,) by (2,)", dot.data, np.ndarray)
    check.raises("(2, 3) by (4,)", ValueError, lambda: A.matmul(Tensor(np.ones(4))), mentions=("(2, 3)", "(4,)"))
    misfit = Tensor(more[:3])
    check.raises("a batch that does not fit", ValueError, lambda: Tensor(stack).matmul(misfit), mentions="(3, 3, 2)")
    check.raises("A.matmul(3)", Exception, lambda: A.matmul(3))
    check.raises("A.matmul(None)", TypeError, lambda: A.matmul(None))
    ### END HIDDEN TESTS

# %% [markdown]
# The operator `@` hands over to the method. An array or a list on the left is made a tensor first.

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

# %% [markdown]
# ## Part 7. Ten scores for a picture (20 minutes)
#
# Your tensor is complete. Before it reads digits, two questions about what that costs. Each answer is a small function, so that it holds for all numbers, not only for these. The checks call it with others.

# %% [markdown]
# ### 01.13 How many pictures fit?
#
# A graphics card has 1 GB left, which is $10^9$ bytes. How large a batch of colour pictures, 224 × 224 pixels with three values each, fits into it in float32? And what changes if you keep them as the bytes (uint8) that a JPEG gives?
#
# By hand, small: a picture of 2 × 2 pixels has 2 · 2 · 3 = 12 numbers, 48 bytes in float32. Into 100 bytes go two of them.
#
# <details>
# <summary>Hints for 01.13</summary>
#
# - How many bytes has one picture? Whole pictures only.
# - `np.dtype("float32").itemsize` is 4.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-13-pictures-that-fit", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pictures_that_fit(memory, height, width, dtype="float32"):
    """How many whole colour pictures (three values a pixel) of this `dtype` fit into `memory` bytes, as an int."""
    ### BEGIN SOLUTION 01.13 pictures_that_fit: return the number of whole pictures
    return memory // (height * width * 3 * np.dtype(dtype).itemsize)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-13-pictures-that-fit", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("01.13", "How many pictures fit?") as check:
    check.given(memory=100, height=2, width=2, look="How many numbers has one pixel, and how many bytes has one number?")
    check.equal("2 × 2 in float32", pictures_that_fit(100, 2, 2), 2)
    check.given(memory=10**9, height=224, width=224, look="Whole pictures: what is left over does not count.")
    check.equal("224 × 224 in float32", pictures_that_fit(10**9, 224, 224), 1660)
    check.given(memory=10**9, height=224, width=224, dtype="uint8", look="How many bytes has one number of this dtype?")
    check.equal("224 × 224 in uint8", pictures_that_fit(10**9, 224, 224, "uint8"), 6643)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for memory, height, width, kind in [(10**6, 5, 3, "float64"), (10**7, 48, 32, "float16"), (9, 1, 1, "uint8")]:
        expected = memory // np.zeros((height, width, 3), kind).nbytes
        check.equal(f"{memory} bytes, {height} × {width} in {kind}", pictures_that_fit(memory, height, width, kind), expected)
    check.equal("exactly four", pictures_that_fit(4 * 48, 2, 2), 4)
    check.equal("one byte too few", pictures_that_fit(4 * 48 - 1, 2, 2), 3)
    check.equal("not even one", pictures_that_fit(47, 2, 2), 0)
    check.is_a("the answer", pictures_that_fit(100, 2, 2), (int, np.integer))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 01.14 How much work?
#
# For A (n, k) by B (k, m): how many multiplications does the definition do, and how many bytes do the three float32 matrices A, B and C have? Their ratio says what a machine has to be good at. Many multiplications for each byte: computing. Few: fetching.
#
# <details>
# <summary>Hints for 01.14</summary>
#
# - Look at your three loops: how often does the innermost line run?
# - The bytes: three matrices, three sizes, 4 bytes a number.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "01-14-matmul-work", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matmul_work(n, k, m):
    """Multiplications of (n, k) by (k, m), and bytes of the two matrices and their product in float32.

    Returns
    -------
    tuple of two int
        Multiplications, bytes.
    """
    ### BEGIN SOLUTION 01.14 matmul_work: return the number of multiplications and the number of bytes
    return n * k * m, 4 * (n * k + k * m + n * m)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-01-14-matmul-work", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("01.14", "How much work?") as check:
    loops, memory = "How often does the innermost line of 01.11 run?", "Three matrices: which shape has each of them?"
    check.given(n=2, k=2, m=2)
    check.is_a("the result", matmul_work(2, 2, 2), (tuple, list), look="Return both numbers.")
    check.equal("the number of multiplications", matmul_work(2, 2, 2)[0], 8, look=loops)
    check.equal("the number of bytes", matmul_work(2, 2, 2)[1], 48, look=memory)
    check.given(n=1, k=64, m=10)  # one picture of 64 pixels, ten scores
    check.equal("the number of multiplications", matmul_work(1, 64, 10)[0], 640, look=loops)
    check.equal("the number of bytes", matmul_work(1, 64, 10)[1], 2856, look=memory)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for n, k, m in [(2, 3, 4), (7, 1, 5), (32, 512, 768), (5, 4, 1), (4096, 4096, 4096)]:
        expected = (n * k * m, 4 * (n * k + k * m + n * m))
        check.equal(f"{n} × {k} by {k} × {m}", matmul_work(n, k, m), expected, rtol=1e-9)
    ### END HIDDEN TESTS

# %% tags=["demo"]
for batch in (1, 16, 256, 4096):
    multiplications, size_in_bytes = matmul_work(batch, 1024, 1024)
    print(f"batch {batch:5}: {multiplications / size_in_bytes:7.2f} multiplications for each byte")

# %% [markdown]
# One picture at a time, a layer mostly fetches its weights; in a batch it reuses them. That is why networks are fed in batches.
#
# ### Reading digits
#
# Now the whole. Cut 1,500 pictures off to learn from and keep 297 to be asked about. For each digit, average the pictures: ten **prototypes**. The answer for a new picture is the prototype that is nearest.

# %% tags=["demo"]
known, known_labels = Tensor(pixels[:1500]), labels[:1500]
asked, asked_labels = Tensor(pixels[1500:]), labels[1500:]
is_digit = Tensor(np.eye(10, dtype=np.float32)[known_labels])  # (1500, 10): a 1 in the column of the right digit
prototypes = (is_digit.T @ known) / is_digit.sum(axis=0).reshape(10, 1)
prototypes.shape, prototypes.dtype

# %% [markdown]
# Nearest is a *linear* question. For a picture x and a prototype p
#
# $$|x - p|^2 = |x|^2 - 2\,x \cdot p + |p|^2,$$
#
# and |x|² is the same for all ten. So the nearest prototype is the one with the largest score x · p − |p|²/2: a matrix product plus a bias, which is exactly one layer of a network.

# %% tags=["demo"]
W = prototypes.T  # (64, 10)
b = -(prototypes * prototypes).sum(axis=1) / 2  # (10,)
scores = asked @ W + b
answers = scores.data.argmax(axis=1)
print(f"scores {scores.shape}: {(answers == asked_labels).mean():.1%} of {len(asked)} digits right; guessing gives 10%")

# %% tags=["demo"]
figure, panels = plt.subplots(2, 10, figsize=(9, 2.5), layout="constrained")
wrong = np.flatnonzero(answers != asked_labels)[:10]
for digit, panel in enumerate(panels[0]):
    panel.imshow(prototypes[digit].reshape(8, 8).data, cmap="Blues")
    panel.set_title(f"{digit}", fontsize=9)
for index, panel in zip(wrong, panels[1]):
    panel.imshow(asked[int(index)].reshape(8, 8).data, cmap="Oranges")
    panel.set_title(f"a {asked_labels[index]} read as {answers[index]}", fontsize=7)
for panel in panels.flat:
    panel.axis("off")
show(figure, "Above, the ten prototypes: blurred digits from 0 to 9. Below, pictures that were read wrong, each with the right digit and the answer.")

# %% [markdown]
# The scores came from one expression, `asked @ W + b`, in which every symbol is yours. The weights were *computed*, though, by an idea that works for pictures as simple as these. Modules 06 to 08 will *learn* them.

# %% [markdown]
# ## What PyTorch does the same, and what it does otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | numbers and lists | float32 | floats become float32, integers int64 |
# | a Python number meets float32 | stays float32 | the same |
# | broadcasting, strides, views | NumPy's | the same rules |
# | float32 with a float64 array | float64 | float64 |
# | integers / integers | float64 (NumPy's rule) | float32 |
# | `transpose()` without arguments | the last two axes | needs both; `.mT` is the last two |
# | `reshape` of a transposed tensor | copies | copies; `view` refuses |
# | `x == y` | asks whether they are one object; compare `x.data` | compares element by element |
# | `x += 1` | makes a new tensor | changes the memory in place |
# | where it computes | NumPy, on the processor | processors and graphics cards |

# %% [markdown]
# ## Export
#
# Save the notebook, then in a terminal in the folder of the course:
#
# ```
# tinytorch check 01_tensor
# tinytorch export 01_tensor
# ```
#
# Cells marked `#| export` become `tinytorch/core/tensor.py`. From now on `from tinytorch.core.tensor import Tensor` works in every notebook, with your code behind it. Module 02 gives the scores a shape that a straight line cannot have.
