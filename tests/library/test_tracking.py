"""Nothing loses a gradient in silence: every public method, activation, layer and loss is tracked, or declared here."""

import importlib
import inspect
import subprocess
import sys

import numpy as np
import pytest

import tinytorch
from tinytorch import Tensor, enable_autograd
from tinytorch.core.autograd import Function

from .support import check_gradients, numbers

# Each method and property of Tensor that computes something differentiable, with a use of it.
TRACKED = {
    "__add__": lambda x: x + 2.0,
    "__radd__": lambda x: 2.0 + x,
    "__sub__": lambda x: x - 2.0,
    "__rsub__": lambda x: 2.0 - x,
    "__mul__": lambda x: x * 2.0,
    "__rmul__": lambda x: 2.0 * x,
    "__truediv__": lambda x: x / 2.0,
    "__rtruediv__": lambda x: 2.0 / x,
    "__pow__": lambda x: x**2.0,
    "__rpow__": lambda x: 2.0**x,
    "__matmul__": lambda x: x @ np.ones((3, 2)),
    "__rmatmul__": lambda x: np.ones((2, 3)) @ x,
    "__neg__": lambda x: -x,
    "__getitem__": lambda x: x[1],
    "matmul": lambda x: x.matmul(x),
    "reshape": lambda x: x.reshape(9),
    "transpose": lambda x: x.transpose(),
    "T": lambda x: x.T,
    "permute": lambda x: x.permute(1, 0),
    "sum": lambda x: x.sum(axis=0),
    "mean": lambda x: x.mean(axis=0),
    "max": lambda x: x.max(axis=0),
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "sqrt": lambda x: x.sqrt(),
}

# What is not differentiable, and why that loses nothing.
NOT_DIFFERENTIABLE = {
    "__init__": "makes a leaf",
    "__repr__": "gives a string",
    "__len__": "gives a number of rows",
    "shape": "gives a tuple",
    "ndim": "gives a number",
    "size": "gives a number",
    "dtype": "gives a dtype",
    "numpy": "leaves the library: gives the array",
    "item": "leaves the library: gives a Python number",
    "data": "the array itself",
    "grad": "the gradient",
    "requires_grad": "a flag",
    "backward": "the way back",
    "zero_grad": "sets grad to None",
    "retain_grad": "a flag",
}

# What Python puts into every class.
FROM_PYTHON = {
    *("__module__", "__doc__", "__slots__", "__weakref__", "__array_ufunc__", "__hash__", "__annotations__"),
    *("__static_attributes__", "__firstlineno__", "__qualname__", "__dict__", "__annotations_cache__"),
    *("__annotate_func__", "__annotate__", "__classdictcell__"),
}


def names_of(cls):
    """The public and the special names that a class defines itself."""
    return {name for name in vars(cls) if not name.startswith("_") or (name.startswith("__") and name.endswith("__"))}


def test_every_method_of_tensor_is_tracked_or_declared_not_differentiable():
    unknown = names_of(Tensor) - TRACKED.keys() - NOT_DIFFERENTIABLE.keys() - FROM_PYTHON
    assert not unknown, f"say in this file whether these are tracked: {sorted(unknown)}"
    gone = (TRACKED.keys() | NOT_DIFFERENTIABLE.keys()) - names_of(Tensor)
    assert not gone, f"these are declared here, but Tensor has none: {sorted(gone)}"


@pytest.mark.parametrize("name", TRACKED)
def test_a_tracked_method_hands_its_gradient_on(name):
    grads = check_gradients(TRACKED[name], numbers((3, 3), 0, "positive"))
    assert np.any(grads[0])


@pytest.mark.parametrize("name", ["shape", "ndim", "size", "dtype", "__len__", "numpy", "item"])
def test_what_is_not_differentiable_does_not_return_tensors(name):
    x = Tensor(np.array([1.0]), requires_grad=True)
    value = getattr(x, name)
    assert not isinstance(value() if callable(value) and name != "dtype" else value, Tensor)


# -- activations, layers, losses --------------------------------------------------------------------------------------

CLASSES_TARGET = Tensor(np.array([0, 2, 1]))
HALVES = Tensor(np.full((3, 3), 0.5))

# Each class with a `forward`: how to use it on a tensor (3, 3) of numbers from 0.5 to 2.
USES = {
    "ReLU": lambda cls, x: cls()(x),
    "Sigmoid": lambda cls, x: cls()(x),
    "Tanh": lambda cls, x: cls()(x),
    "GELU": lambda cls, x: cls()(x),
    "Softmax": lambda cls, x: cls(dim=0)(x),
    "Linear": lambda cls, x: cls(3, 2)(x),
    "Dropout": lambda cls, x: cls(0.0)(x) * 1.0,
    "Sequential": lambda cls, x: cls(tinytorch.Tanh(), tinytorch.Sigmoid())(x),
    "Conv2d": lambda cls, x: cls(1, 2, 2, padding=1)(x.reshape(1, 1, 3, 3)),
    "MaxPool2d": lambda cls, x: cls(2, stride=1)(x),
    "AvgPool2d": lambda cls, x: cls(2, stride=1)(x),
    "Flatten": lambda cls, x: cls()(x),
    "MSELoss": lambda cls, x: cls()(x, HALVES),
    "BinaryCrossEntropyLoss": lambda cls, x: cls()(x / 3.0, HALVES),
    "CrossEntropyLoss": lambda cls, x: cls()(x, CLASSES_TARGET),
    "PositionalEncoding": lambda cls, x: cls(3, max_length=8)(x.reshape(1, 3, 3)),
    "MultiHeadAttention": lambda cls, x: cls(3, 1)(x.reshape(1, 3, 3)),
    "LayerNorm": lambda cls, x: cls(3)(x),
    "TransformerBlock": lambda cls, x: cls(3, 1)(x.reshape(1, 3, 3)),
}
ABSTRACT = {"Activation", "Layer", "Loss"}  # their forward raises NotImplementedError
LOOKUP = {"Embedding", "GPT"}  # take whole numbers; the gradient goes to their weights
MODULES = ["activations", "layers", "losses", "convolutions", "embeddings", "attention", "transformers"]


def classes_with_forward():
    """Every class with a `forward` that an exported module defines."""
    found = {}
    for name in MODULES:
        try:
            module = importlib.import_module(f"tinytorch.core.{name}")
        except ModuleNotFoundError:
            continue
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__module__ == module.__name__ and hasattr(cls, "forward"):
                found[cls.__name__] = cls
    return found


CLASSES = classes_with_forward()


def in_float64(value):
    """The same layer with float64 parameters: central differences need them."""
    for parameter in getattr(value, "parameters", list)():
        parameter.data = parameter.data.astype(np.float64)
    return value


def test_every_class_with_a_forward_is_in_the_table():
    unknown = CLASSES.keys() - USES.keys() - ABSTRACT - LOOKUP
    assert not unknown, f"say in this file how to use them: {sorted(unknown)}"


@pytest.mark.parametrize("name", [name for name in CLASSES if name in USES])
def test_every_activation_layer_and_loss_hands_its_gradient_on(name):
    def use(x):
        tinytorch.manual_seed(0)
        return USES[name](lambda *args, **options: in_float64(CLASSES[name](*args, **options)), x)

    grads = check_gradients(use, numbers((3, 3), 0, "positive"))
    assert np.any(grads[0])


@pytest.mark.parametrize("name", ["Linear", "Embedding", "PositionalEncoding", "MultiHeadAttention"])
def test_every_parameter_of_a_layer_gets_a_gradient(name):
    if name not in CLASSES:
        pytest.skip(f"{name} comes with a later module")
    cls = CLASSES[name]
    layer = {"Linear": (3, 2), "Embedding": (5, 3), "PositionalEncoding": (3, 8, True), "MultiHeadAttention": (4, 2)}[
        name
    ]
    layer = cls(*layer)
    shape = {"MultiHeadAttention": (2, 3, 4), "PositionalEncoding": (2, 3, 3)}.get(name, (2, 3))
    x = np.array([[0, 1, 4], [4, 2, 3]]) if name == "Embedding" else numbers(shape, 0).astype(np.float32)
    result = layer(Tensor(x))
    (result * numbers(result.shape, 1).astype(np.float32)).sum().backward()
    for parameter in layer.parameters():
        assert parameter.grad is not None
        assert parameter.grad.shape == parameter.shape
        assert parameter.grad.dtype == np.float32


@pytest.mark.parametrize("name", sorted(ABSTRACT & CLASSES.keys()))
def test_an_abstract_forward_names_the_class(name):
    class Mine(CLASSES[name]):
        pass

    with pytest.raises(NotImplementedError, match="Mine"):
        Mine().forward(*[Tensor([1.0])] * (2 if name == "Loss" else 1))


# -- rules ------------------------------------------------------------------------------------------------------------

PAGE_NAMES = [
    "AddBackward",
    "SubBackward",
    "MulBackward",
    "DivBackward",
    "MatmulBackward",
    "SumBackward",
    "ReshapeBackward",
    "TransposeBackward",
    "PermuteBackward",
    "SliceBackward",
    "EmbeddingBackward",
    "ReLUBackward",
    "SigmoidBackward",
    "SoftmaxBackward",
    "GELUBackward",
    "TanhBackward",
    "MSEBackward",
    "BCEBackward",
    "CrossEntropyBackward",
]


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_every_rule_that_the_page_names_is_exported_and_explained(name):
    module = importlib.import_module("tinytorch.core.autograd")
    rule = getattr(module, name)
    assert issubclass(rule, Function)
    assert rule.apply is not Function.apply
    assert rule.__doc__
    assert name in module.__all__


def test_embedding_backward_has_the_constructor_of_the_page():
    from tinytorch.core.autograd import EmbeddingBackward

    weight = Tensor(np.zeros((4, 2), np.float32), requires_grad=True)
    (grad, *_) = EmbeddingBackward(weight, np.array([[1, 1], [3, 1]])).apply(np.ones((2, 2, 2), np.float32))
    np.testing.assert_array_equal(grad, [[0, 0], [3, 3], [0, 0], [1, 1]])


# -- enabling ---------------------------------------------------------------------------------------------------------


def run(code):
    """What a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_tensor_enables_nothing():
    code = """
from tinytorch.core.tensor import Tensor
x = Tensor([1.0], requires_grad=True)
y = x * 2
print(y.requires_grad, y._grad_fn, hasattr(Tensor, "backward"))
"""
    assert run(code).strip() == "False None False"


def test_importing_the_autograd_module_does_not_enable_it_either():
    code = """
import tinytorch.core.autograd
from tinytorch.core.tensor import Tensor
x = Tensor([1.0], requires_grad=True)
print((x * 2).requires_grad)
"""
    assert run(code).strip() == "False"


def test_taking_a_name_from_the_package_enables_autograd_quietly():
    code = """
from tinytorch import Tensor
x = Tensor([1.0], requires_grad=True)
(x * 2).backward()
print(x.grad)
"""
    assert run(code).strip() == "[2.]"


def test_enabling_speaks_once_and_enabling_again_changes_nothing():
    code = """
from tinytorch.core.tensor import Tensor
from tinytorch.core.activations import ReLU
from tinytorch.core.autograd import enable_autograd
enable_autograd()
print("--")
before = dict(vars(Tensor)), dict(vars(ReLU))
enable_autograd()
enable_autograd(quiet=True)
print("--")
print(before == (dict(vars(Tensor)), dict(vars(ReLU))))
x = Tensor([1.0, -1.0], requires_grad=True)
ReLU()(x * 3).sum().backward()
print(x.grad)
"""
    first, second, rest = run(code).split("--")
    assert first.strip()
    assert not second.strip()
    assert rest.split() == ["True", "[3.", "0.]"]


def test_enabling_quietly_says_nothing():
    code = "from tinytorch.core.autograd import enable_autograd; enable_autograd(quiet=True)"
    assert run(code) == ""


def test_a_wrapped_method_keeps_its_name_and_its_docstring():
    enable_autograd(quiet=True)
    for name in TRACKED:
        method = inspect.getattr_static(Tensor, name)
        method = method.fget if isinstance(method, property) else method
        assert inspect.getdoc(method), f"{name} has no docstring"
        assert method.__name__ in (name, name.replace("__r", "__", 1)), name


def test_a_forward_that_a_student_changes_is_the_one_that_runs():
    code = """
import numpy as np
from tinytorch.core.tensor import Tensor
from tinytorch.core.activations import Tanh
calls = []
own = Tanh.forward
def forward(self, x):
    calls.append(x)
    return own(self, x)
Tanh.forward = forward
from tinytorch.core.autograd import enable_autograd
enable_autograd(quiet=True)
x = Tensor([0.5], requires_grad=True)
Tanh()(x).backward()
print(len(calls), np.allclose(x.grad, 1 - np.tanh(0.5) ** 2))
"""
    assert run(code).split() == ["1", "True"]


def test_a_subclass_that_overrides_forward_with_tensor_operations_is_tracked():
    class Swish(tinytorch.Sigmoid):
        def forward(self, x):
            return x * super().forward(x)

    check_gradients(Swish(), numbers((3,), 0))
