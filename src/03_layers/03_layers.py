# %% [markdown]
# # Module 03: Layers
#
# > Linear layers, dropout and stacks of layers that know their own parameters.

# %%
#| default_exp core.layers

# %%
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor, method_of

# %%
from contextlib import contextmanager

from tinytorch.checks import Checks, bare
from tinytorch.core.activations import ReLU, Tanh

# %%
#| export
generator = np.random.default_rng(0)


def manual_seed(seed):
    """Start the random numbers of all layers again, from `seed`."""
    generator.bit_generator.state = np.random.default_rng(seed).bit_generator.state

# %%
#| export
class Layer:
    """Something with a `forward` and, often, with tensors to learn.

    Subclasses write `forward`. Calling the layer runs it: ``layer(x)`` is ``layer.forward(x)``.
    """

    training = True  # what train() and eval() switch

    def forward(self, *args):
        """What the layer computes; each subclass says it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def __call__(self, *args):
        return self.forward(*args)

# %%
#| export
class Linear(Layer):
    """y = x W + b: `in_features` numbers in, `out_features` numbers out.

    Parameters
    ----------
    in_features, out_features : int
        How many numbers go in and come out, at least 1.
    bias : bool
        Whether `b` is there. Without it, ``layer.bias`` is None.

    Shapes: weight (in_features, out_features), bias (out_features,).
    """

    def __repr__(self):
        return f"Linear({self.weight.shape[0]}, {self.weight.shape[1]}{'' if self.bias is not None else ', bias=False'})"

# %% nbgrader={"grade": false, "grade_id": "03-01-linear-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Linear)
def forward(self, x):
    """x W + b, by operations of Tensor only, so that Module 06 can follow them.

    Shapes: x (..., in_features), the result (..., out_features). `self.bias` may be None.
    Raises ValueError, with the shapes of x and of the weight in its message, when the last dimension of x is not in_features.
    """
    ### BEGIN SOLUTION 03.1 Linear.forward: return x times the weight, plus the bias if there is one
    if x.shape[-1:] != self.weight.shape[:1]:
        raise ValueError(f"x of shape {x.shape} does not fit a weight of shape {self.weight.shape}: "
                         f"its last dimension should be {self.weight.shape[0]}")
    out = x.matmul(self.weight)
    return out if self.bias is None else out + self.bias
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "03-02-uniform-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def uniform_init(shape, fan_in):
    """A new parameter: float32 numbers drawn evenly from -1/sqrt(fan_in) to 1/sqrt(fan_in), with requires_grad=True.

    The numbers come from `generator`. Shape of the result: `shape`, a tuple.
    """
    ### BEGIN SOLUTION 03.2 uniform_init: return a Tensor of random numbers between plus and minus 1/sqrt(fan_in)
    bound = 1 / math.sqrt(fan_in)
    return Tensor(generator.uniform(-bound, bound, size=shape).astype(np.float32), requires_grad=True)
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "03-03-linear-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    """Make `self.weight` and `self.bias` with `uniform_init`, in this order.

    Shapes: weight (in_features, out_features), bias (out_features,) or None. Both have fan-in `in_features`.
    Raises ValueError, with both numbers in its message, when one of them is below 1.
    """
    ### BEGIN SOLUTION 03.3 Linear.__init__: make self.weight, and self.bias or None
    if in_features < 1 or out_features < 1:
        raise ValueError(f"a Linear layer needs at least one feature on each side, not {in_features} and {out_features}")
    self.weight = uniform_init((in_features, out_features), in_features)
    self.bias = uniform_init((out_features,), in_features) if bias else None
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "03-04-activation-stds", "locked": false, "schema_version": 3, "solution": true, "task": false}
def activation_stds(layers, x):
    """Send x through the layers, one after the other, and return the standard deviation after each: a list of floats."""
    ### BEGIN SOLUTION 03.4 activation_stds: return one standard deviation for each layer
    stds = []
    for layer in layers:
        x = layer(x)
        stds.append(float(x.data.std()))
    return stds
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "03-05-keeping-bound", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keeping_bound(fan_in, relu=True):
    """The bound a for which weights drawn evenly from -a to a keep the size of the signal.

    With `relu`, a ReLU follows the layer; without, nothing does. Returns a float.
    """
    ### BEGIN SOLUTION 03.5 keeping_bound: return the bound that keeps the size of the signal
    return math.sqrt((6 if relu else 3) / fan_in)
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "03-06-walk", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def walk(thing):
    """All layers and tensors in `thing`, itself included: a list, in definition order, each once.

    Layers are opened (`vars(layer)` has their attributes), and so are lists, tuples and the values of dictionaries, however
    deep. What is inside a layer comes right after it. Everything else (numbers, strings, None, …) is passed over.
    """
    ### BEGIN SOLUTION 03.6 walk: return the layers and tensors in `thing`, each once, in definition order
    found, seen, waiting = [], set(), [thing]
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, (Layer, Tensor)):
            found.append(item)
        if isinstance(item, (Layer, dict)):
            waiting.extend(reversed((vars(item) if isinstance(item, Layer) else item).values()))
        elif isinstance(item, (list, tuple)):
            waiting.extend(reversed(item))
    return found
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "03-07-parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Layer)
def parameters(self):
    """What there is to learn in this layer and in all layers inside it: a list of the tensors that require a gradient.

    In definition order, each once.
    """
    ### BEGIN SOLUTION 03.7 Layer.parameters: return the tensors that require a gradient
    return [item for item in walk(self) if isinstance(item, Tensor) and item.requires_grad]
    ### END SOLUTION

# %%
#| exporti
@method_of(Layer)
def zero_grad(self):
    """Forget the gradients of all parameters."""
    for parameter in self.parameters():
        parameter.grad = None

# %% nbgrader={"grade": false, "grade_id": "03-08-train", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Layer)
def train(self, mode=True):
    """Set `training` to `mode` in this layer and in all layers inside it; return this layer."""
    ### BEGIN SOLUTION 03.8 Layer.train: set training everywhere and return self
    for item in walk(self):
        if isinstance(item, Layer):
            item.training = mode
    return self
    ### END SOLUTION

# %%
#| exporti
@method_of(Layer)
def eval_(self):
    """Switch to evaluation: `train(False)`."""
    return self.train(False)

# %%
#| export
class Sequential(Layer):
    """Layers one after the other; activations and other functions of one tensor may stand between them.

    ``stack[i]`` is the i-th of them, ``stack[a:b]`` a stack of some, ``len(stack)`` their number.
    """

    def __init__(self, *layers):
        for layer in layers:
            if not callable(layer):
                raise TypeError(f"Sequential takes layers, one by one: Sequential(a, b, c). A {type(layer).__name__} is not one")
        self.layers = list(layers)

    def __getitem__(self, index):
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]

    def __len__(self):
        return len(self.layers)

    def __repr__(self):
        return f"Sequential({', '.join(repr(layer) for layer in self.layers)})"

# %% nbgrader={"grade": false, "grade_id": "03-09-sequential-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Sequential)
def forward(self, x):
    """Each of `self.layers` gets what the one before it returned; the last one's result is returned."""
    ### BEGIN SOLUTION 03.9 Sequential.forward: send x through all layers
    for layer in self.layers:
        x = layer(x)
    return x
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "03-10-dropout-mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def dropout_mask(shape, p, dtype=np.float32):
    """An array of zeros (with probability p, each on its own) and of 1/(1-p).

    The random numbers come from `generator`. Shape `shape`, dtype `dtype`; 0 <= p < 1.
    """
    ### BEGIN SOLUTION 03.10 dropout_mask: return an array of 0 and 1/(1-p)
    kept = generator.random(shape) >= p
    return kept.astype(dtype) / np.asarray(1 - p, dtype)
    ### END SOLUTION

# %%
#| export
class Dropout(Layer):
    """While training, set each number to zero with probability `p` and enlarge the others; else, do nothing.

    Raises ValueError when p is not in [0, 1).
    """

    def __init__(self, p=0.5):
        if not 0 <= p < 1:
            raise ValueError(f"p is the probability to drop a number, at least 0 and below 1, not {p}")
        self.p = p

    def __repr__(self):
        return f"Dropout({self.p})"

# %% nbgrader={"grade": false, "grade_id": "03-11-dropout-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Dropout)
def forward(self, x):
    """In training, x times a new mask from `dropout_mask` in x's shape and dtype, by Tensor's multiplication; else x itself."""
    ### BEGIN SOLUTION 03.11 Dropout.forward: return x times a mask in training, else x
    if not self.training or self.p == 0:
        return x
    return x * Tensor(dropout_mask(x.shape, self.p, x.dtype))
    ### END SOLUTION
