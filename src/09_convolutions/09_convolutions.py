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
# # Module 09: Convolutions
#
# > One small filter at every place of a picture: as loops, as one matrix product, and as a bias that moved digits reward.
#
# Time: about 4½ hours. You need Modules 01 to 08.

# %%
#| default_exp core.convolutions

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
# | 1 | A three that moved | 15 |
# | 2 | The sum that a filter computes | 40 |
# | 3 | Channels, batches, and seven loops | 35 |
# | 4 | All windows at once | 30 |
# | 5 | The way back: scatter and add | 50 |
# | 6 | The layer | 55 |
# | 7 | Pooling, and how far a number sees | 30 |
# | 8 | Wherever it stands, measured | 25 |

# %% [markdown]
# First some questions to your engine, as before. Run this cell; nothing to do.

# %%
from tinytorch.readiness import check_engine

check_engine(needs=("layers", "losses", "dataloader", "optimizers", "training"))

# %%
#| export
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinytorch.core.autograd import Function, tracked_one
from tinytorch.core.layers import Layer, uniform_init
from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare
from tinytorch.core.activations import ReLU
from tinytorch.core.autograd import enable_autograd, gradcheck
from tinytorch.core.dataloader import DataLoader, TensorDataset, load_digits, split_indices
from tinytorch.core.layers import Linear, Sequential, manual_seed
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import AdamW
from tinytorch.core.training import CosineSchedule, Trainer

enable_autograd(quiet=True)

# %% tags=["demo"]
import time

import matplotlib.pyplot as plt

from tinytorch.pictures import show

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1 · A three that moved
#
# The network of Module 08 reads more than 97 % of the digits that nobody showed it. What does it say when a digit stands two pixels further to the right? You would not notice.
#
# So that nothing is cut off, each digit is put into the middle of 12 by 12 pixels, with two empty ones around it.

# %% tags=["demo"]
images, labels = load_digits()
images = images.reshape(-1, 1, 8, 8)
train, held_out = split_indices(len(images), test_share=0.2, seed=0)


def placed(images, down=0, right=0):
    """Each picture (n, 1, 8, 8) on a canvas (n, 1, 12, 12), moved from its middle by up to two pixels."""
    canvas = np.zeros((len(images), 1, 12, 12), np.float32)
    canvas[:, :, 2 + down : 10 + down, 2 + right : 10 + right] = images
    return canvas

# %% tags=["demo"]
def read(net, images, labels):
    """The share of pictures that a network reads rightly."""
    return Trainer(net, CrossEntropyLoss(), None).evaluate(DataLoader(TensorDataset(images, labels), 360))["accuracy"]


def learn(net, epochs, lr):
    """The network, after training on digits in the middle of their canvas, and how long that took."""
    start = time.process_time()
    loader = DataLoader(TensorDataset(placed(images[train]), labels[train]), 64, shuffle=True, seed=0)
    optimizer = AdamW(net.parameters(), lr=lr, weight_decay=0.01)
    schedule = CosineSchedule(optimizer, epochs * len(loader), warmup_steps=20)
    Trainer(net, CrossEntropyLoss(), optimizer, schedule).fit(loader, epochs)
    return net, time.process_time() - start

# %% tags=["demo"]
class Flat(Sequential):
    """A stack of layers that takes pictures as rows of pixels."""

    def forward(self, x):
        return super().forward(x.reshape(x.shape[0], -1))


manual_seed(0)
mlp, seconds = learn(Flat(Linear(144, 33), ReLU(), Linear(33, 10)), epochs=30, lr=0.004)
print(sum(p.size for p in mlp.parameters()), f"weights, {seconds:.1f} s")
for right in (0, 1, 2):
    print(f"moved by {right}: {read(mlp, placed(images[held_out], right=right), labels[held_out]):.1%} right")

# %% tags=["demo"]
three = images[labels == 3][:1]
figure, axes = plt.subplots(1, 3, figsize=(8, 2.6))
middle = placed(three).ravel()
for axis, right in zip(axes, (0, 1, 2)):
    pixels = placed(three, right=right)
    cosine = pixels.ravel() @ middle / (middle @ middle)
    axis.imshow(pixels[0, 0], cmap="Greys")
    axis.set_title(f"moved by {right}: cosine {cosine:.2f}", fontsize=9)
    axis.set(xticks=[], yticks=[])
show(figure, "The same three in the middle of its canvas, one pixel and two pixels further to the right. As rows of 144 numbers the moved "
             "ones have smaller and smaller cosines with the first.")

# %% [markdown]
# For a `Linear`, pixel 40 and pixel 41 are two inputs that have nothing to do with each other. A stroke that moved by one pixel meets other weights, and those never saw a stroke there. All that was learned about *here* has to be learned again for *there*.
#
# The idea of this module: use the **same** small set of weights at every place.

# %% [markdown]
# ## Part 2 · The sum that a filter computes
#
# By hand. A picture of 3 by 3 numbers, and a *filter* (or kernel) of 2 by 2:
#
# $$\begin{pmatrix}1 & 2 & 0\\ 0 & 1 & 3\\ 2 & 0 & 1\end{pmatrix} \qquad \begin{pmatrix}1 & 2\\ 0 & -1\end{pmatrix}$$
#
# Lay the filter on the upper left corner, multiply what lies on top of each other, add up: $1\cdot1 + 2\cdot2 + 0\cdot0 + 1\cdot(-1) = 4$. Move it one to the right: $2\cdot1 + 0\cdot2 + 1\cdot0 + 3\cdot(-1) = -1$. There are four places where it fits, so the result is 2 by 2.

# %% [markdown]
# ### 09.1 The filter at every place
#
# Two loops over the places, one sum for each. (In signal processing this is called *correlation*; a *convolution* turns the filter by 180° first. Filters that are learned need no turning, and networks say convolution anyway.)
#
# <details><summary>A nudge</summary>
#
# `image[i : i + height, j : j + width]` is the window at place (i, j). How many places are there from top to bottom?
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-01-correlate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def correlate(image, kernel):
    """The sum of products of a kernel with the window below it, for each place where it fits into the image.

    Parameters
    ----------
    image : numpy.ndarray of shape (H, W)
    kernel : numpy.ndarray of shape (KH, KW), not larger than the image along either axis

    Returns
    -------
    numpy.ndarray of shape (H - KH + 1, W - KW + 1)
        Row i, column j: the window that begins at row i and column j of the image.
    """
    ### BEGIN SOLUTION 09.1 correlate: return the sum for each place
    height, width = kernel.shape
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (image[i : i + height, j : j + width] * kernel).sum()
    return out
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-01-correlate", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("09.1", "correlate") as check:
    picture, kernel = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]), np.array([[1.0, 2.0], [0.0, -1.0]])
    check.given(image=picture.tolist(), kernel=kernel.tolist(), look="The example by hand. Nothing is turned round.")
    check.equal("the sums", correlate(picture, kernel), [[4, -1], [2, 6]])
    row = np.array([[1.0, 10.0, 100.0, 1000.0]])
    check.given(image=row.tolist(), kernel=[[1, 2]], look="One row, three places.")
    check.equal("the sums", correlate(row, np.array([[1.0, 2.0]])), [[21, 210, 2100]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(1)
    for shape, size in [((5, 7), (3, 3)), ((6, 4), (2, 3)), ((4, 6), (4, 1)), ((3, 3), (3, 3)), ((2, 5), (1, 1))]:
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        expected = [[sum(image[i + a, j + b] * kernel[a, b] for a in range(size[0]) for b in range(size[1]))
                     for j in range(shape[1] - size[1] + 1)] for i in range(shape[0] - size[0] + 1)]
        before = image.copy(), kernel.copy()
        check.equal(f"the sums of a {size} kernel in a {shape} image", correlate(image, kernel), expected, rtol=1e-9)
        check.unchanged("the image", image, before[0])
        check.unchanged("the kernel", kernel, before[1])
    check.equal("the sums of whole numbers", correlate(np.arange(9).reshape(3, 3), np.eye(2, dtype=int)), [[4, 6], [10, 12]])
    ### END HIDDEN TESTS

# %% [markdown]
# What is such a sum good for? It is large where the picture looks like the filter. Three filters that somebody thought of, on a digit:

# %% tags=["demo"]
filters = {
    "dark above, light below": np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]]),
    "dark left, light right": np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]]),
    "the mean of nine": np.full((3, 3), 1 / 9),
}
digit = placed(three)[0, 0]
figure, axes = plt.subplots(1, 4, figsize=(10, 2.8))
axes[0].imshow(digit, cmap="Greys")
axes[0].set_title("a three", fontsize=9)
for axis, (name, kernel) in zip(axes[1:], filters.items()):
    sums = correlate(digit, kernel)
    axis.imshow(sums, cmap="RdBu_r", vmin=-np.abs(sums).max(), vmax=np.abs(sums).max())
    axis.set_title(name, fontsize=9)
for axis in axes:
    axis.set(xticks=[], yticks=[])
show(figure, "A three, and what three filters make of it: the first is positive along the lower edges of its strokes and negative along "
             "the upper ones, the second does the same for right and left edges, the third blurs.")

# %% [markdown]
# For decades most people designed such filters by hand. LeCun's network of 1989 learned them, and since 2012 nearly every one does. From here on they are weights: the gradient will find them. For that we need two settings first.
#
# **Padding**: a frame of zeros around the picture, so that the filter can stand on the edge too. **Stride**: the step from place to place; with 2, every other place is left out.

# %% [markdown]
# ### 09.2 How many places?
#
# By hand, along one axis. Eight pixels, a kernel of 3: it begins at 0, 1, …, 5, six places. With padding 1 there are ten pixels and eight places. With padding 1 and stride 2 it begins at 0, 2, 4, 6: four places, and the tenth pixel is left over.
#
# <details><summary>A nudge</summary>
#
# The last place where it can begin is `size + 2 * padding - kernel_size`. How many multiples of the stride are there from 0 to that?
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-02-output-size", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def output_size(size, kernel_size, stride=1, padding=0):
    """How many places a kernel has along one axis.

    Parameters
    ----------
    size, kernel_size : int
        The pixels along the axis, and those that the kernel covers, at least 1.
    stride : int
        The step from place to place, at least 1.
    padding : int
        How many zeros are put before the first and after the last pixel, at least 0.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the kernel fits nowhere, or kernel_size, stride or padding is below what it has to be at least. The message
        has the four numbers.
    """
    ### BEGIN SOLUTION 09.2 output_size: return the number of places, or raise
    last = size + 2 * padding - kernel_size
    if last < 0 or kernel_size < 1 or stride < 1 or padding < 0:
        raise ValueError(f"a kernel of {kernel_size} with stride {stride} and padding {padding} does not fit {size} pixels")
    return last // stride + 1
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-02-output-size", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("09.2", "output_size") as check:
    check.given(size=8, kernel_size=3, look="The examples by hand.")
    check.same("the number of places", output_size(8, 3), 6)
    check.same("the number of places with padding 1", output_size(8, 3, padding=1), 8, look="A pixel on each side.")
    check.same("the number of places with stride 2 and padding 1", output_size(8, 3, 2, 1), 4)
    check.given(size=8, kernel_size=3, stride=3, look="It begins at 0 and at 3.")
    check.same("the number of places", output_size(8, 3, stride=3), 2)
    check.raises("a kernel of 5 on 4 pixels", ValueError, lambda: output_size(4, 5), mentions=("4", "5"), inputs={"size": 4, "kernel_size": 5}, look="It fits nowhere.")
    check.raises("a stride of 0", ValueError, lambda: output_size(7, 3, stride=0), mentions=("7", "3", "0"), inputs={"size": 7, "kernel_size": 3, "stride": 0}, look="A step of 0 never comes to an end.")
    check.raises("a kernel of 0", ValueError, lambda: output_size(8, 0), mentions=("8", "0"), inputs={"size": 8, "kernel_size": 0}, look="What has each of the numbers to be at least?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for size, kernel, stride, padding in [(12, 3, 1, 1), (5, 5, 1, 0), (5, 5, 4, 0), (9, 2, 2, 0), (7, 1, 3, 0), (28, 5, 2, 2), (3, 5, 1, 1), (224, 7, 2, 3)]:
        frame = size + 2 * padding
        places = len([start for start in range(0, frame, stride) if start + kernel <= frame])
        check.same(f"the number of places of {kernel} on {size}, stride {stride}, padding {padding}", output_size(size, kernel, stride, padding), places)
    check.is_a("the number of places", output_size(9, 3, 2), int)
    check.raises("a kernel that does not fit a padded axis", ValueError, lambda: output_size(3, 6, 1, 1), mentions=("3", "6", "1"))
    check.raises("a kernel of 0", ValueError, lambda: output_size(6, 0), mentions=("6", "0"))
    check.raises("a stride of -1", ValueError, lambda: output_size(6, 3, -1), mentions=("6", "3", "-1"))
    check.raises("a padding of -1", ValueError, lambda: output_size(6, 3, 1, -1), mentions=("6", "3", "-1"))
    ### END HIDDEN TESTS

# %% tags=["demo"]
figure, axes = plt.subplots(1, 3, figsize=(11, 2.2))
for axis, (stride, padding) in zip(axes, [(1, 0), (1, 1), (2, 1)]):
    for pixel in range(-padding, 8 + padding):
        axis.barh(-1, 0.9, left=pixel + 0.05, color=SKY if 0 <= pixel < 8 else "0.85")
    for place in range(output_size(8, 3, stride, padding)):
        axis.barh(place, 2.9, left=stride * place - padding + 0.05, color=BLUE if place % 2 else ORANGE, hatch="" if place % 2 else "//")
    axis.set(title=f"stride {stride}, padding {padding}: {output_size(8, 3, stride, padding)} places", xticks=[], yticks=[])
    axis.invert_yaxis()
show(figure, "Eight pixels in a row, and below them the places of a kernel of 3. Left, six places. In the middle, one pixel of padding on "
             "each side gives eight. Right, with a stride of 2 as well, four places are left, and the last pixel of padding is covered by none.")

# %% [markdown]
# ## Part 3 · Channels, batches, and seven loops
#
# Colours are three numbers for each pixel; the results of 16 filters are 16. So pictures have **channels**, and a batch has the shape (N, C, H, W). A filter then looks at all channels of its window at once, and so has C · K · K weights. With O filters and a bias for each, the result is (N, O, OH, OW).

# %% [markdown]
# By hand, one place of one picture with two channels, and one filter:
#
# $$\begin{pmatrix}1 & 2\\ 3 & 4\end{pmatrix}, \begin{pmatrix}5 & 6\\ 7 & 8\end{pmatrix} \quad\text{with}\quad \begin{pmatrix}1 & 0\\ 0 & 1\end{pmatrix}, \begin{pmatrix}0 & 1\\ 0 & 0\end{pmatrix}\text{, bias } 10{:}\quad 1 + 4 + 6 + 10 = 21.$$

# %% [markdown]
# ### 09.3 The loops
#
# Over pictures, filters, rows, columns; inside them the sum over channels and the window, which would be three loops more. It will be slow. But nobody can misread it, and Part 6 will be measured against it.
#
# <details><summary>A nudge</summary>
#
# `np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))` puts a frame of one zero around each picture. Place (i, j) begins at row `i * stride`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-03-conv2d-loops", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d_loops(x, weight, bias, stride=1, padding=0):
    """A convolution, place by place.

    Parameters
    ----------
    x : numpy.ndarray of shape (N, C, H, W)
    weight : numpy.ndarray of shape (O, C, K, K)
    bias : numpy.ndarray of shape (O,)
    stride, padding : int
        As in `output_size`, for both axes of the pictures.

    Returns
    -------
    numpy.ndarray of shape (N, O, OH, OW)
        Place (i, j) of filter o: the sum of products of ``weight[o]`` with the window there, over all channels, plus
        ``bias[o]``.
    """
    ### BEGIN SOLUTION 09.3 conv2d_loops: return the sum of each filter at each place of each picture
    size = weight.shape[-1]
    height, width = (output_size(pixels, size, stride, padding) for pixels in x.shape[2:])
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), len(weight), height, width))
    for n, o, i, j in np.ndindex(out.shape):
        window = x[n, :, i * stride : i * stride + size, j * stride : j * stride + size]
        out[n, o, i, j] = (window * weight[o]).sum() + bias[o]
    return out
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-03-conv2d-loops", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
def known_output_size(size, kernel_size, stride=1, padding=0):  # a stand-in, so that only this exercise is judged
    return len(range(0, size + 2 * padding - kernel_size + 1, stride))

with Checks("09.3", "conv2d_loops") as check, check.using(output_size=known_output_size):
    x, weight = np.array([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]]), np.array([[[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 0.0]]]])
    check.given(x=x, weight=weight, bias=[10], look="The example by hand: one place, two channels.")
    check.equal("the result", conv2d_loops(x, weight, np.array([10.0])), [[[[21]]]])
    row, filters_of_two = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([[[[1.0, 0.0], [0.0, 0.0]]], [[[0.0, 0.0], [0.0, 1.0]]]])
    check.given(x=row.tolist(), weight="one filter that takes the upper left number, one that takes the lower right", bias=[0, 5], padding=1,
                look="The frame of zeros makes 4 by 4 pixels. One result for each filter, with its own bias.")
    expected = [[[[0, 0, 0], [0, 1, 2], [0, 3, 4]], [[6, 7, 5], [8, 9, 5], [5, 5, 5]]]]
    check.equal("the result", conv2d_loops(row, filters_of_two, np.array([0.0, 5.0]), padding=1), expected)
    check.equal("the result with stride 2", conv2d_loops(row, filters_of_two, np.array([0.0, 5.0]), 2, 1), [[[[0, 0], [0, 4]], [[6, 5], [5, 5]]]],
                inputs={"x": row.tolist(), "stride": 2, "padding": 1}, look="Every other row and column of the result before.")
    wide, diagonal = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]), np.array([[[[1.0, 0.0], [0.0, 1.0]]]])
    check.given(x=wide.tolist(), weight=diagonal.tolist(), bias=[0], look="Two rows and three columns: one place down, two across.")
    check.equal("the result", conv2d_loops(wide, diagonal, np.zeros(1)), [[[[6, 8]]]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    def place_by_place(x, weight, bias, stride, padding):
        frame = np.zeros((*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding))
        frame[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
        k, places = weight.shape[2], [range(0, n - weight.shape[2] + 1, stride) for n in frame.shape[2:]]
        return [[[[np.vdot(picture[:, i : i + k, j : j + k], one) + b for j in places[1]] for i in places[0]] for one, b in zip(weight, bias)] for picture in frame]

    rng = np.random.default_rng(3)
    for shape, k, out_channels, stride, padding in [((2, 3, 5, 4), 3, 2, 1, 0), ((1, 2, 4, 7), 2, 3, 2, 1), ((3, 1, 6, 6), 3, 1, 2, 0), ((1, 1, 3, 2), 3, 2, 1, 2), ((2, 2, 5, 5), 1, 2, 3, 0)]:
        x, weight, bias = rng.normal(size=shape), rng.normal(size=(out_channels, shape[1], k, k)), rng.normal(size=out_channels)
        before = x.copy()
        check.equal(f"the result for x {shape}, kernel {k}, stride {stride}, padding {padding}", conv2d_loops(x, weight, bias, stride, padding),
                    place_by_place(x, weight, bias, stride, padding), rtol=1e-9)
        check.unchanged("x", x, before)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 4 · All windows at once
#
# Each step of these loops is a tiny product, wrapped in a lot of Python. NumPy is fast when it gets one large product. Could all windows lie in one array? A picture of 4 by 4 has four windows of 3 by 3, 36 numbers, although it has only 16: most of them belong to several windows.

# %% [markdown]
# Do they have to be copied? Recall *strides* from Module 01: an array is a block of memory, and for each axis how many bytes to walk. One row further in the same window and one window further down is the *same* step in memory. So a view with two axes more can show every window, and not a number is moved. NumPy has `sliding_window_view` for it:

# %%
picture = np.arange(16.0).reshape(4, 4)
cut = sliding_window_view(picture, (3, 3))
print(cut.shape, "of", picture.shape, "- strides", cut.strides, "of", picture.strides)
print(cut[1, 0])

# %% [markdown]
# ### 09.4 All windows
#
# With `sliding_window_view`, for the last two axes of any array; what stands before them stays. A stride is a slice with a step.
#
# <details><summary>A nudge</summary>
#
# It takes `axis=`, and puts the two axes of the window at the end. Which two axes count the places then?
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-04-windows", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def windows(x, kernel_size, stride=1, padding=0):
    """All windows of pictures, along the last two axes.

    Parameters
    ----------
    x : numpy.ndarray of shape (..., H, W)
        Stays as it is.
    kernel_size, stride, padding : int
        As in `output_size`, for both axes. The frame is of zeros.

    Returns
    -------
    numpy.ndarray of shape (..., OH, OW, kernel_size, kernel_size), in the dtype of x
        Place (i, j) has the window that begins at row i * stride and column j * stride of the padded picture. Without
        padding it is a view: it shares the memory of x.

    Raises
    ------
    ValueError
        By `output_size`.
    """
    ### BEGIN SOLUTION 09.4 windows: pad, and return a view of all windows
    for size in x.shape[-2:]:
        output_size(size, kernel_size, stride, padding)
    if padding:
        x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2)
    return sliding_window_view(x, (kernel_size, kernel_size), axis=(-2, -1))[..., ::stride, ::stride, :, :]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-04-windows", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
def strict_output_size(size, kernel_size, stride=1, padding=0):  # a stand-in, so that only this exercise is judged
    if kernel_size > size + 2 * padding or min(kernel_size, stride) < 1 or padding < 0:
        raise ValueError("this comes from output_size")
    return len(range(0, size + 2 * padding - kernel_size + 1, stride))

with Checks("09.4", "windows") as check, check.using(output_size=strict_output_size):
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    check.given(x=x, kernel_size=2, look="Two places, side by side, with a window of 2 by 2 each.")
    check.equal("the windows", windows(x, 2), [[[[[[1, 2], [4, 5]], [[2, 3], [5, 6]]]]]])
    check.same("whether they share the memory of x", np.shares_memory(windows(x, 2), x), True, look="A view, no copies. np.pad copies even where it pads nothing.")
    check.given(x=x, kernel_size=3, stride=2, padding=1, look="A frame of zeros on all four sides. Then every other place in both directions.")
    check.equal("the windows", windows(x, 3, 2, 1), [[[[[[0, 0, 0], [0, 1, 2], [0, 4, 5]], [[0, 0, 0], [2, 3, 0], [5, 6, 0]]]]]])
    check.given(x=x, kernel_size=3, look="Three columns, but two rows only.")
    check.raises("a kernel that does not fit", ValueError, lambda: windows(x, 3), mentions="output_size", look="Which function refuses it?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(4)
    for shape, k, stride, padding in [((2, 3, 5, 4), 3, 1, 0), ((2, 1, 7, 8), 3, 2, 1), ((6, 5), 2, 3, 0), ((3, 4, 4), 4, 1, 2), ((1, 2, 6, 3), 1, 2, 0)]:
        x = rng.normal(size=shape)
        before = x.copy()
        frame = np.zeros((*shape[:-2], shape[-2] + 2 * padding, shape[-1] + 2 * padding))
        frame[..., padding : padding + shape[-2], padding : padding + shape[-1]] = x
        places = [range(0, n - k + 1, stride) for n in frame.shape[-2:]]
        expected = np.zeros((*shape[:-2], *map(len, places), k, k))
        for (a, i), (b, j) in ((p, q) for p in enumerate(places[0]) for q in enumerate(places[1])):
            expected[..., a, b, :, :] = frame[..., i : i + k, j : j + k]
        got = windows(x, k, stride, padding)
        check.equal(f"the windows of {shape}, kernel {k}, stride {stride}, padding {padding}", got, expected, dtype=np.float64, rtol=0, atol=0)
        check.same("whether they share the memory of x", np.shares_memory(got, x), padding == 0)
        check.unchanged("x", x, before)
    check.equal("the windows of float32", windows(np.ones((1, 1, 2, 2), np.float32), 2, 1, 1)[0, 0, 0, 0], [[0, 0], [0, 1]], dtype=np.float32)
    check.raises("a kernel that is too high only", ValueError, lambda: windows(np.zeros((1, 1, 2, 9)), 3), mentions="output_size")
    check.raises("a kernel that is too wide only", ValueError, lambda: windows(np.zeros((1, 1, 9, 2)), 3), mentions="output_size")
    check.raises("a stride of 0", ValueError, lambda: windows(np.zeros((1, 1, 4, 4)), 2, 0), mentions="output_size")
    ### END HIDDEN TESTS

# %% [markdown]
# How much does that save? A batch of 64 pictures with 16 channels of 12 by 12, and all its windows of 3 by 3:

# %% tags=["demo"]
batch = np.zeros((64, 16, 12, 12), np.float32)
cut = windows(batch, 3)
print(f"the batch:   {batch.nbytes:>9,} bytes")
print(f"its windows: {cut.nbytes:>9,} bytes, if somebody copied them; as a view none more: {np.shares_memory(cut, batch)}")

# %% [markdown]
# ## Part 5 · The way back: scatter and add
#
# A loss pulls at every number of every window. But these are views of the same few pixels. By hand, one row of three pixels a, b, c has the windows (a, b) and (b, c). If their gradients are (1, 2) and (3, 4), then a gets 1, c gets 4, and b, which was used twice, gets 2 + 3 = 5.
#
# What is used twice counts twice: it is $x \cdot x$ of Module 06 again.

# %% [markdown]
# How often is a pixel used? In a picture of 3 by 3 with windows of 2 by 2, the middle is in all four, an edge in two, a corner in one. With a gradient of 1 everywhere that is just what comes back:
#
# $$\begin{pmatrix}1 & 2 & 1\\ 2 & 4 & 2\\ 1 & 2 & 1\end{pmatrix}$$

# %% [markdown]
# ### 09.5 fold
#
# The reverse of `windows`: put each gradient back where its number came from, and add up. A loop over all places would be slow again. A loop over the K · K numbers *within* a window is short: number (a, b) of all windows together is a picture of its own, and goes back to rows a, a + stride, a + 2 · stride, …
#
# <details><summary>A nudge</summary>
#
# Begin with zeros for the padded picture, and cut the frame off at the end. Which slice of it has exactly OH rows, beginning at row a, in steps of the stride?
# </details>
# <details><summary>More</summary>
#
# Rows `a : a + stride * OH : stride`, columns alike, get `grad[..., a, b]`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-05-fold", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def fold(grad, shape, stride=1, padding=0):
    """The gradient of pictures, from the gradient of their windows.

    Parameters
    ----------
    grad : numpy.ndarray of shape (..., OH, OW, K, K)
        A gradient for each number of ``windows(x, K, stride, padding)``. Stays as it is.
    shape : tuple of int
        The shape of x, (..., H, W).
    stride, padding : int
        What the windows were made with.

    Returns
    -------
    numpy.ndarray of the given shape, in the dtype of `grad`
        Each pixel has the sum over all places in windows where it was used, 0 if there are none.
    """
    ### BEGIN SOLUTION 09.5 fold: add up the gradients of all windows, and cut the frame off
    height, width = shape[-2:]
    rows, columns, size = grad.shape[-4:-1]
    whole = np.zeros((*shape[:-2], height + 2 * padding, width + 2 * padding), grad.dtype)
    for a, b in np.ndindex(size, size):
        whole[..., a : a + stride * rows : stride, b : b + stride * columns : stride] += grad[..., a, b]
    return whole[..., padding : padding + height, padding : padding + width]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-05-fold", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
with Checks("09.5", "fold") as check:
    check.given(grad="ones (2, 2, 2, 2)", shape=(3, 3), look="The example by hand: in how many windows is each pixel?")
    check.equal("the gradient", fold(np.ones((2, 2, 2, 2), np.float32), (3, 3)), [[1, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=np.float32)
    two = np.array([[[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [30.0, 40.0]]]])
    check.given(grad=two.tolist(), shape=(2, 3), look="The second column is the right one of the first window and the left one of the second.")
    check.equal("the gradient", fold(two, (2, 3)), [[1, 12, 20], [3, 34, 40]])
    check.given(grad=two.tolist(), shape=(2, 5), stride=2, look="Windows side by side. No window reaches the last column.")
    check.equal("the gradient", fold(two, (2, 5), 2), [[1, 2, 10, 20, 0], [3, 4, 30, 40, 0]])
    check.given(grad="1 to 16 in the shape (2, 2, 2, 2)", shape=(1, 1), padding=1, look="The only pixel is a corner of four windows. What fell on the frame is dropped.")
    check.equal("the gradient", fold(np.arange(1.0, 17.0).reshape(2, 2, 2, 2), (1, 1), 1, 1), [[4 + 7 + 10 + 13]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.unchanged("grad", two, [[[[1, 2], [3, 4]], [[10, 20], [30, 40]]]])
    rng = np.random.default_rng(5)
    for shape, k, stride, padding in [((2, 3, 5, 4), 3, 1, 0), ((2, 1, 7, 8), 3, 2, 1), ((6, 5), 2, 3, 0), ((3, 4, 4), 4, 1, 2), ((1, 2, 6, 3), 1, 2, 0), ((2, 2, 8, 6), 3, 2, 0)]:
        rows, columns = ((n + 2 * padding - k) // stride + 1 for n in shape[-2:])
        grad = rng.normal(size=(*shape[:-2], rows, columns, k, k))
        expected = np.zeros(shape)
        for i, j, a, b in np.ndindex(rows, columns, k, k):
            row, column = i * stride + a - padding, j * stride + b - padding
            if 0 <= row < shape[-2] and 0 <= column < shape[-1]:
                expected[..., row, column] = expected[..., row, column] + grad[..., i, j, a, b]
        before = grad.copy()
        check.equal(f"the gradient of {shape}, kernel {k}, stride {stride}, padding {padding}", fold(grad, shape, stride, padding), expected, dtype=np.float64, rtol=1e-9)
        check.unchanged("grad", grad, before)
    check.equal("a gradient in float32", fold(np.ones((1, 2, 1, 1), np.float32), (1, 2)), [[1, 1]], dtype=np.float32)
    ### END HIDDEN TESTS

# %% tags=["demo"]
figure, axes = plt.subplots(1, 3, figsize=(9, 2.8))
for axis, (k, stride, padding) in zip(axes, [(3, 1, 0), (3, 1, 1), (3, 2, 1)]):
    places = output_size(8, k, stride, padding)
    used = fold(np.ones((places, places, k, k)), (8, 8), stride, padding)
    axis.imshow(used, cmap="Blues", vmin=0, vmax=9)
    for i, j in np.ndindex(8, 8):
        axis.text(j, i, int(used[i, j]), ha="center", va="center", fontsize=7, color="white" if used[i, j] > 5 else "black")
    axis.set(title=f"stride {stride}, padding {padding}", xticks=[], yticks=[])
show(figure, "In how many windows of 3 by 3 each of 8 by 8 pixels is. Stride 1 without padding: 1 in the corners, up to 9 from the third pixel "
             "on. With padding: 4 in the corners, 6 on the edges, 9 inside. With stride 2 and padding 1: a pattern of 1, 2 and 4.")

# %% [markdown]
# Look at the right one: with stride 2 some pixels count four times as much as others. Networks that *draw* with such steps are known for checkerboards in their pictures.
#
# ### 09.6 A new operation for your engine
#
# Until now all rules were written in Module 06. This one is yours from outside: `Function` is all that it takes. The constructor tells the engine about the input, and remembers what the rule needs. `apply` is the rule.
#
# <details><summary>A nudge</summary>
#
# Which line of `MaxBackward.__init__` or `SumBackward.__init__` of your Module 06 makes the node known to the walk? (`shape` is a name that the engine may use itself: take another one.)
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-06-unfold-backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class UnfoldBackward(Function):
    """z = windows(x): each pixel has the sum of the gradients of all windows in which it is, by `fold`.

    ``UnfoldBackward(x, stride, padding)`` is the note about a Tensor x (..., H, W); the size of the kernel can be seen in
    `grad_output`, (..., OH, OW, K, K).
    """

    def __init__(self, x, stride=1, padding=0):
        """Tell Function about x, and keep what `apply` needs."""
        ### BEGIN SOLUTION 09.6 UnfoldBackward.__init__: tell Function about x, and keep what apply needs
        super().__init__(x)
        self.input_shape, self.stride, self.padding = x.shape, stride, padding
        ### END SOLUTION

    def apply(self, grad_output):
        """The gradient of x, in a tuple. `grad_output` is not changed."""
        ### BEGIN SOLUTION 09.6 UnfoldBackward.apply: return the gradient of x in a tuple
        return (fold(grad_output, self.input_shape, self.stride, self.padding),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-06-unfold-backward", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
def known_fold(grad, shape, stride=1, padding=0):  # a stand-in, so that only this exercise is judged
    whole = np.zeros((*shape[:-2], shape[-2] + 2 * padding, shape[-1] + 2 * padding), grad.dtype)
    for i, j in np.ndindex(grad.shape[-4:-2]):
        whole[..., i * stride : i * stride + grad.shape[-2], j * stride : j * stride + grad.shape[-1]] += grad[..., i, j, :, :]
    return whole[..., padding : padding + shape[-2], padding : padding + shape[-1]]

def gradient_through(x, grad, *settings):  # a result that UnfoldBackward made, and the gradient that reaches x
    result = Tensor(np.zeros(grad.shape))
    result._grad_fn, result.requires_grad = UnfoldBackward(x, *settings), True
    result.backward(grad)
    return x.grad

with Checks("09.6", "UnfoldBackward") as check, check.using(fold=known_fold):
    x, grad = Tensor(np.zeros((1, 1, 3, 3)), requires_grad=True), np.ones((1, 1, 2, 2, 2, 2))
    check.given(x="(1, 1, 3, 3)", grad_output="ones (1, 1, 2, 2, 2, 2)", look="One gradient for one input, in a tuple.")
    grads = UnfoldBackward(x).apply(grad)
    check.is_a("what apply returns", grads, (tuple, list))
    check.same("the number of gradients", len(grads), 1)
    check.equal("the gradient of x", grads[0], [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    check.given(x="(1, 1, 3, 3)", grad_output="ones (1, 1, 2, 2, 3, 3)", stride=2, padding=1, look="Are stride and padding remembered?")
    check.equal("the gradient of x", UnfoldBackward(x, 2, 1).apply(np.ones((1, 1, 2, 2, 3, 3)))[0], [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    check.given(x="(1, 1, 3, 3)", grad_output="ones (1, 1, 2, 2, 2, 2)", look="Does the node know its input? Function's own __init__ writes it down.")
    check.equal("x.grad after backward()", gradient_through(x, grad), [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(6)
    for shape, k, stride, padding in [((2, 3, 5, 4), 3, 1, 0), ((2, 1, 7, 8), 3, 2, 1), ((2, 2, 4, 6), 2, 2, 0), ((1, 1, 2, 3), 4, 1, 2)]:
        rows, columns = ((n + 2 * padding - k) // stride + 1 for n in shape[-2:])
        x, grad = Tensor(rng.normal(size=shape), requires_grad=True), rng.normal(size=(*shape[:2], rows, columns, k, k))
        before = grad.copy()
        expected = known_fold(before, shape, stride, padding)
        check.equal(f"x.grad for {shape}, kernel {k}, stride {stride}, padding {padding}", gradient_through(x, grad, stride, padding), expected, rtol=1e-9)
        check.unchanged("the gradient that was given", grad, before)
        node = UnfoldBackward(x, stride, padding)
        for turn in ("first", "second"):
            check.equal(f"the gradient of x in a {turn} pass", node.apply(grad)[0], expected, rtol=1e-9)
    a, b = UnfoldBackward(Tensor(np.zeros((1, 4)), requires_grad=True), 1, 0), UnfoldBackward(Tensor(np.zeros((2, 2)), requires_grad=True), 2, 1)
    check.equal("the gradient of the first of two nodes", a.apply(np.ones((1, 3, 1, 1)))[0], [[1, 1, 1, 0]])
    check.equal("the gradient of the second of two nodes", b.apply(np.ones((2, 2, 2, 2)))[0], [[1, 1], [1, 1]])
    ### END HIDDEN TESTS

# %% [markdown]
# The operation itself is given: forward it is `windows`, and the wrapper of Module 06, for an operation on one tensor with settings, does the recording.

# %%
#| exporti
tracked_windows = tracked_one(
    lambda x, *settings: Tensor(windows(x.data, *settings)),
    lambda x, out, kernel_size, stride, padding: UnfoldBackward(x, stride, padding),
)

# %%
#| export
def unfold(x, kernel_size, stride=1, padding=0):
    """All windows of pictures, as a Tensor that gradients flow through: `windows` forward, `fold` back.

    Shapes: x (..., H, W), the result (..., OH, OW, kernel_size, kernel_size). Raises ValueError by `output_size`.
    """
    return tracked_windows(x, kernel_size, stride, padding)

# %% tags=["demo"]
rng = np.random.default_rng(0)
for k, stride, padding in [(3, 1, 0), (3, 2, 1), (2, 2, 0)]:
    x = Tensor(rng.normal(size=(2, 2, 5, 6)), requires_grad=True)
    print(f"kernel {k}, stride {stride}, padding {padding}: gradcheck says", gradcheck(lambda x: unfold(x, k, stride, padding), x))

# %% [markdown]
# ## Part 6 · The layer
#
# What are the numbers of a filter at first? As in `Linear`: evenly from $-1/\sqrt{n}$ to $1/\sqrt{n}$, where $n$ is how many numbers one sum adds up. For a filter over C channels that is C · K · K.

# %%
#| export
class Conv2d(Layer):
    """A filter over all channels at every place of a picture, `out_channels` times.

    Parameters
    ----------
    in_channels, out_channels : int
        How many numbers a pixel has before and after, at least 1.
    kernel_size, stride, padding : int
        As in `output_size`, for both axes.
    bias : bool
        Whether a number is added for each filter. Without it, ``layer.bias`` is None.

    Shapes: weight (out_channels, in_channels, kernel_size, kernel_size), bias (out_channels,).
    """

    def __repr__(self):
        out_channels, in_channels, kernel_size, _ = self.weight.shape
        settings = f", stride={self.stride}" * (self.stride != 1) + f", padding={self.padding}" * (self.padding != 0)
        bias = "" if self.bias is not None else ", bias=False"
        return f"Conv2d({in_channels}, {out_channels}, {kernel_size}{settings}{bias})"

# %% [markdown]
# ### 09.7 `Conv2d.__init__`
#
# With `uniform_init(shape, fan_in)` from Module 03: first the weight, then the bias.

# %% nbgrader={"grade": false, "grade_id": "09-07-conv2d-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Conv2d)
def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
    """Make `self.weight` and `self.bias` with `uniform_init`, in this order, and keep `self.stride` and `self.padding`.

    Shapes: weight (out_channels, in_channels, kernel_size, kernel_size), bias (out_channels,), or None with bias=False. The
    fan-in of both is how many products one sum has. Raises ValueError, with all five numbers in its message, when one of
    the first four is below 1 or the padding below 0.
    """
    ### BEGIN SOLUTION 09.7 Conv2d.__init__: check the numbers; make weight and bias; keep stride and padding
    if min(in_channels, out_channels, kernel_size, stride) < 1 or padding < 0:
        raise ValueError(
            f"Conv2d needs channels, kernel_size and stride of at least 1 and a padding of at least 0, not {in_channels}, "
            f"{out_channels}, {kernel_size}, {stride} and {padding}"
        )
    fan_in = in_channels * kernel_size * kernel_size
    self.weight = uniform_init((out_channels, in_channels, kernel_size, kernel_size), fan_in)
    self.bias = uniform_init((out_channels,), fan_in) if bias else None
    self.stride, self.padding = stride, padding
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-07-conv2d-init", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("09.7", "Conv2d.__init__") as check:
    check.given(in_channels=3, out_channels=50, kernel_size=5, stride=2, padding=1)
    layer = Conv2d(3, 50, 5, 2, 1)
    check.is_a("layer.weight", layer.weight, Tensor)
    check.same("the shape of layer.weight", layer.weight.shape, (50, 3, 5, 5), look="Filters first, as in PyTorch.")
    check.same("the shape of layer.bias", layer.bias.shape, (50,), look="A number for each filter.")
    check.same("stride and padding", [layer.stride, layer.padding], [2, 1])
    check.same("whether the weight requires a gradient", layer.weight.requires_grad, True)
    check.equal("the largest size of a weight", np.abs(layer.weight.data).max(), 75**-0.5, rtol=0.02, look="One sum has 3 · 5 · 5 products.")
    check.equal("the largest size of a bias", np.abs(layer.bias.data).max(), 75**-0.5, rtol=0.3, look="The same fan-in.")
    check.same("layer.bias with bias=False", Conv2d(1, 2, 3, bias=False).bias, None, inputs={"bias": False})
    check.raises("a kernel of 0", ValueError, lambda: Conv2d(7, 8, 0), mentions=("7", "8", "0"), inputs={"kernel_size": 0})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for in_channels, out_channels, k in [(2, 3, 3), (4, 1, 2), (1, 6, 1)]:
        manual_seed(9)
        layer = Conv2d(in_channels, out_channels, k)
        numbers, bound = np.random.default_rng(9), (in_channels * k * k) ** -0.5
        check.equal("the weight after manual_seed(9)", layer.weight, numbers.uniform(-bound, bound, (out_channels, in_channels, k, k)), dtype=np.float32)
        check.equal("the bias after manual_seed(9)", layer.bias, numbers.uniform(-bound, bound, out_channels), dtype=np.float32)
        check.same("the default stride and padding", [layer.stride, layer.padding], [1, 0])
        check.same("the number of parameters", len(layer.parameters()), 2)
    check.same("the number of parameters without a bias", len(Conv2d(2, 2, 3, bias=False).parameters()), 1)
    check.same("the padding, given by name", Conv2d(1, 1, 3, padding=2).padding, 2)
    for wrong in [(0, 8, 3, 1, 0), (7, -1, 3, 1, 0), (7, 8, 3, 0, 0), (7, 8, 3, 1, -2)]:
        check.raises(f"Conv2d{wrong}", ValueError, lambda wrong=wrong: Conv2d(*wrong), mentions=tuple(map(str, wrong)))
    ### END HIDDEN TESTS

# %% [markdown]
# ### One product for all places
#
# A filter is a row of C · K · K numbers. A window is a column of as many. Put all filters below each other and all windows beside each other, and one matrix product has every sum of the layer:
#
# $$\underbrace{(O,\; C K K)}_{\text{filters}} \cdot \underbrace{(C K K,\; N \cdot OH \cdot OW)}_{\text{windows}} = \underbrace{(O,\; N \cdot OH \cdot OW)}_{\text{sums}}$$
#
# This trade is called *im2col*. The windows are copied now, nine times the picture for a kernel of 3, for a product at full speed.

# %% [markdown]
# ### 09.8 Conv2d.forward
#
# Only operations of Tensor, so that gradients find their way: `unfold`, `permute`, `reshape`, `matmul`, `+`.
#
# <details><summary>A nudge</summary>
#
# `unfold` gives the axes (N, C, OH, OW, K, K). Bring those that one sum adds up to the front, in the order of the weight, then make two axes of the six.
# </details>
# <details><summary>More</summary>
#
# The product has the axes O and N · OH · OW. Take the second apart before you exchange anything: a reshape to (N, O, …) has the right shape and wrong numbers.
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-08-conv2d-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Conv2d)
def forward(self, x):
    """The sum of each filter at each place, plus its bias, by operations of Tensor.

    Shapes: x (N, C, H, W), the result (N, out_channels, OH, OW), in the dtype of x and the weight. `self.bias` may be None.
    Raises ValueError when x has not four axes or another number of channels than the weight; its message has both shapes.
    And by `output_size`, when the kernel does not fit.
    """
    ### BEGIN SOLUTION 09.8 Conv2d.forward: check x; return one matrix product of filters and windows, plus bias
    out_channels, channels, size, _ = self.weight.shape
    if x.ndim != 4 or x.shape[1] != channels:
        raise ValueError(f"x of shape {x.shape} does not fit a weight of shape {self.weight.shape}: (N, {channels}, H, W) is needed")
    cut = unfold(x, size, self.stride, self.padding)
    batch, _, height, width, _, _ = cut.shape
    columns = cut.permute(1, 4, 5, 0, 2, 3).reshape(channels * size * size, batch * height * width)
    out = self.weight.reshape(out_channels, channels * size * size).matmul(columns)
    if self.bias is not None:
        out = out + self.bias.reshape(out_channels, 1)
    return out.reshape(out_channels, batch, height, width).permute(1, 0, 2, 3)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-08-conv2d-forward", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
def known_unfold(x, kernel_size, stride=1, padding=0):  # a stand-in made of Module 06's operations, so that only this exercise is judged
    up, left = (Tensor(np.eye(n + 2 * padding, n, -padding, x.dtype)) for n in x.shape[-2:])
    rows, columns = (np.arange(0, n + 2 * padding - kernel_size + 1, stride) for n in x.shape[-2:])
    if not len(rows) * len(columns):
        raise ValueError("this comes from output_size")
    inside, framed = np.arange(kernel_size), up.matmul(x).matmul(left.transpose())
    return framed[..., rows[:, None, None, None] + inside[:, None], columns[:, None, None] + inside]

def conv_of(weight, bias=None, stride=1, padding=0):  # a layer with known weights, made without its __init__
    bias = None if bias is None else Tensor(np.array(bias), requires_grad=True)
    return bare(Conv2d, weight=Tensor(np.array(weight), requires_grad=True), bias=bias, stride=stride, padding=padding)

with Checks("09.8", "Conv2d.forward") as check, check.using(unfold=known_unfold):
    layer = conv_of(np.float32([[[[1, 2], [0, -1]]]]), np.float32([100]))
    picture = np.float32([[[[1, 2, 0], [0, 1, 3], [2, 0, 1]]]])
    check.given(x=picture.tolist(), weight=layer.weight.data.tolist(), bias=[100], look="The example of Part 2, with a bias.")
    check.equal("the result", layer(Tensor(picture)), [[[[104, 99], [102, 106]]]], dtype=np.float32)
    layer = conv_of(np.float32([[[[1]], [[0]]], [[[0]], [[1]]], [[[1]], [[1]]]]), np.float32([0, 10, 20]))
    x = Tensor(np.float32([[[[1, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]]), requires_grad=True)
    check.given(x="1 to 8 in the shape (2, 2, 1, 2)", weight="three filters of 1 by 1: the first channel, the second, their sum", bias=[0, 10, 20],
                look="Two pictures, three channels each. Which axis of the product belongs to the pictures?")
    result = layer(x)
    check.equal("the result", result, [[[[1, 2]], [[13, 14]], [[24, 26]]], [[[5, 6]], [[17, 18]], [[32, 34]]]])
    (result * np.float32([[[[1, 2]], [[10, 20]], [[100, 200]]]])).sum().backward()
    check.equal("the gradient of x", x.grad, [[[[101, 202]], [[110, 220]]]] * 2, look="Only operations of Tensor leave a trace.")
    check.equal("the gradient of the bias", layer.bias.grad, [6, 60, 600])
    check.equal("the gradient of the weight", layer.weight.grad, [[[[22]], [[34]]], [[[220]], [[340]]], [[[2200]], [[3400]]]])
    two = conv_of(np.float32([[[[1, 0], [0, 1]], [[0, 1], [0, 0]]]]))
    x = Tensor(np.float32([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]))
    check.given(x=x.data.tolist(), weight=two.weight.data.tolist(), bias=None, look="The example of Part 3, without its bias. In which order has the weight channel, row and column?")
    check.equal("the result", two(x), [[[[11]]]])
    three_channels = Tensor(np.ones((1, 3, 2, 2), np.float32))
    check.raises("x with 3 channels for filters over 2", ValueError, lambda: layer(three_channels), mentions=("(1, 3, 2, 2)", "(3, 2, 1, 1)"), inputs={"x": "(1, 3, 2, 2)"}, look="x has 3 channels, the filters have 2. The message has both shapes.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    def all_by_hand(x, weight, bias, stride, padding, grad_of):
        k, frame = weight.shape[2], np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        out = np.zeros((len(x), len(weight), *((n - k) // stride + 1 for n in frame.shape[2:])))
        grad, grad_x, grad_w = grad_of(out.shape), np.zeros_like(frame), np.zeros_like(weight)
        for n, o, i, j in np.ndindex(out.shape):
            spot = (n, slice(None), slice(i * stride, i * stride + k), slice(j * stride, j * stride + k))
            out[n, o, i, j] = np.vdot(frame[spot], weight[o]) + bias[o]
            grad_w[o] = grad_w[o] + grad[n, o, i, j] * frame[spot]
            grad_x[spot] = grad_x[spot] + grad[n, o, i, j] * weight[o]
        return out, grad, grad_x[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], grad_w

    rng = np.random.default_rng(8)
    for shape, k, out_channels, stride, padding in [((2, 3, 5, 4), 3, 2, 1, 0), ((3, 2, 4, 7), 2, 4, 2, 1), ((1, 1, 6, 6), 3, 1, 2, 0), ((2, 2, 3, 2), 3, 3, 1, 2), ((4, 1, 2, 3), 1, 5, 1, 0)]:
        array, weight, bias = rng.normal(size=shape), rng.normal(size=(out_channels, shape[1], k, k)), rng.normal(size=out_channels)
        out, grad, grad_x, grad_w = all_by_hand(array, weight, bias, stride, padding, lambda s: rng.normal(size=s))
        layer, x = conv_of(weight, bias, stride, padding), Tensor(array.copy(), requires_grad=True)
        result = layer(x)
        check.equal(f"the result for x {shape}, kernel {k}, stride {stride}, padding {padding}", result, out, dtype=np.float64, rtol=1e-9)
        result.backward(grad)
        check.equal("the gradient of x", x.grad, grad_x, rtol=1e-9)
        check.equal("the gradient of the weight", layer.weight.grad, grad_w, rtol=1e-9)
        check.equal("the gradient of the bias", layer.bias.grad, grad.sum(axis=(0, 2, 3)), rtol=1e-9)
        check.unchanged("x", x.data, array)
        check.equal("the result without a bias", conv_of(weight, None, stride, padding)(Tensor(array)), out - bias[:, None, None], rtol=1e-9)
    for shape in [(2, 2), (2, 4, 4), (1, 2, 2, 1, 1), (1, 1, 4, 4)]:
        wrong = Tensor(np.zeros(shape))
        check.raises(f"x of shape {shape}", ValueError, lambda wrong=wrong: conv_of(np.ones((3, 2, 1, 1)))(wrong), mentions=(str(shape), "(3, 2, 1, 1)"))
    check.raises("a kernel that does not fit", ValueError, lambda: conv_of(np.ones((1, 1, 3, 3)))(Tensor(np.zeros((1, 1, 2, 5)))), mentions="output_size")
    ### END HIDDEN TESTS

# %% [markdown]
# Three questions to the layer. Is it what the loops compute? Are its gradients what differences say? And how much faster is the product?

# %% tags=["demo"]
manual_seed(0)
layer, x = Conv2d(16, 32, 3, padding=1), np.random.default_rng(0).normal(size=(2, 16, 12, 12)).astype(np.float32)
times = {}
for name, compute in [("loops", lambda: conv2d_loops(x, layer.weight.data, layer.bias.data, 1, 1)), ("one product", lambda: layer(Tensor(x)).data)]:
    results, spent = [], []
    for _ in range(3):
        start = time.process_time()
        results.append(compute())
        spent.append(time.process_time() - start)
    times[name] = (results[0], min(spent))
print("largest difference:", np.abs(times["loops"][0] - times["one product"][0]).max())
print(f"loops {1e3 * times['loops'][1]:.1f} ms, one product {1e3 * times['one product'][1]:.2f} ms: {times['loops'][1] / times['one product'][1]:.0f} times as fast")

weights = [Tensor(np.random.default_rng(k).normal(size=shape), requires_grad=True) for k, shape in enumerate([(2, 2, 5, 4), (3, 2, 3, 3), (3,)])]
print("gradcheck says", gradcheck(lambda x, w, b: bare(Conv2d, weight=w, bias=b, stride=2, padding=1)(x), weights))

# %% [markdown]
# And the promise of Part 1? Move the picture, and the result has to move with it. That is called **equivariance**:

# %% tags=["demo"]
layer = Conv2d(1, 8, 3, padding=1)
here, there = (layer(Tensor(placed(images[held_out], right=right))).data for right in (0, 1))
print("largest difference between the moved result and the result of the moved pictures:", np.abs(here[..., 1:-2] - there[..., 2:-1]).max())
print("largest number in it:", np.abs(here).max().round(3))

# %% [markdown]
# ### 09.9 What it costs
#
# By hand: `Conv2d(16, 32, 3, padding=1)` on a batch of 64 pictures of 12 by 12. Weights: 32 · 16 · 9 + 32 = 4,640, at all 144 places the same. Multiplications: one filter at one place takes 16 · 9 = 144, and there are 64 · 32 · 144 such sums: 42,467,328. The columns that are copied: 144 · 64 · 144 numbers of 4 bytes, 5,308,416.
#
# A `Linear` from 16 · 144 to 32 · 144 numbers would have 10.6 million weights.

# %% nbgrader={"grade": false, "grade_id": "09-09-conv-cost", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_cost(layer, shape, itemsize=4):
    """What a convolution costs for a batch.

    Parameters
    ----------
    layer : Conv2d
        Its `bias` may be None.
    shape : tuple of int
        The shape of the batch, (N, C, H, W).
    itemsize : int
        Bytes of a number: 4 for float32.

    Returns
    -------
    tuple of three int
        How many numbers it learns, how many multiplications the product takes, and the bytes of the copied windows.
    """
    ### BEGIN SOLUTION 09.9 conv_cost: return the weights, the multiplications and the bytes of the windows
    out_channels, channels, size, _ = layer.weight.shape
    places = shape[0]
    for pixels in shape[2:]:
        places *= output_size(pixels, size, layer.stride, layer.padding)
    weights = layer.weight.size + (0 if layer.bias is None else out_channels)
    window = channels * size * size
    return weights, places * window * out_channels, places * window * itemsize
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-09-conv-cost", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
def layer_of(out_channels, channels, k, stride, padding, bias=True):
    weight, bias = Tensor(np.zeros((out_channels, channels, k, k))), Tensor(np.zeros(out_channels)) if bias else None
    return bare(Conv2d, weight=weight, bias=bias, stride=stride, padding=padding)

with Checks("09.9", "conv_cost") as check, check.using(output_size=known_output_size):
    check.given(layer="Conv2d(16, 32, 3, padding=1)", shape=(64, 16, 12, 12), look="The example by hand.")
    cost = conv_cost(layer_of(32, 16, 3, 1, 1), (64, 16, 12, 12))
    check.same("how many numbers it returns", len(cost), 3)
    check.equal("the weights", cost[0], 4640)
    check.equal("the multiplications", cost[1], 42_467_328)
    check.equal("the bytes of the windows", cost[2], 5_308_416)
    check.given(layer="Conv2d(3, 4, 2, stride=2, bias=False)", shape=(1, 3, 4, 6), itemsize=8, look="Two by three places, twelve numbers in a window.")
    check.equal("weights, multiplications and bytes", conv_cost(layer_of(4, 3, 2, 2, 0, False), (1, 3, 4, 6), 8), [48, 288, 576])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the cost of a kernel of 1", conv_cost(layer_of(5, 7, 1, 1, 0), (2, 7, 3, 4)), [40, 840, 672])
    check.equal("the cost with stride 2 and padding 2", conv_cost(layer_of(2, 1, 5, 2, 2), (3, 1, 9, 6)), [52, 2250, 4500])
    check.equal("the cost without a bias", conv_cost(layer_of(2, 1, 5, 2, 2, False), (3, 1, 9, 6)), [50, 2250, 4500])
    check.equal("the cost of an empty batch", conv_cost(layer_of(2, 3, 2, 1, 0), (0, 3, 4, 4)), [26, 0, 0])
    check.equal("the cost in float64", conv_cost(layer_of(1, 2, 3, 2, 1), (1, 2, 4, 8), 8), [19, 144, 1152])
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 7 · Pooling, and how far a number sees
#
# A filter's result says *here is a stroke*, for every place. To read a digit, "somewhere around here" is enough. **Pooling** keeps one number of each window: its mean, or its largest. By hand, windows of 2 by 2 side by side: the largest of (1, 3, 0, 2) is 3, their mean 1.5.

# %%
#| export
class MaxPool2d(Layer):
    """The largest number of each window, channel by channel.

    Parameters
    ----------
    kernel_size : int
    stride : int, optional
        None: as large as the kernel, so that the windows lie side by side.

    Shapes: x (..., H, W), the result (..., OH, OW). Nothing is padded. Raises ValueError by `output_size`.
    """

    def __init__(self, kernel_size, stride=None):
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride

    def __repr__(self):
        stride = "" if self.stride == self.kernel_size else f", stride={self.stride}"
        return f"{type(self).__name__}({self.kernel_size}{stride})"

# %% [markdown]
# ### 09.10 MaxPool2d.forward
#
# You have everything for it, in one line.
#
# <details><summary>A nudge</summary>
#
# `unfold` gives each window two axes of its own, at the end. `max` takes a tuple of axes.
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-10-max-pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(MaxPool2d)
def forward(self, x):
    """The largest number of each window of `self.kernel_size`, in steps of `self.stride`, by operations of Tensor.

    Shapes: x (..., H, W), the result (..., OH, OW). The gradient goes to the largest number of each window.
    """
    ### BEGIN SOLUTION 09.10 MaxPool2d.forward: return the largest number of each window
    return unfold(x, self.kernel_size, self.stride).max(axis=(-2, -1))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-10-max-pool", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
def pool_of(kernel_size, stride):
    return bare(MaxPool2d, kernel_size=kernel_size, stride=stride)

with Checks("09.10", "MaxPool2d.forward") as check, check.using(unfold=known_unfold):
    x = Tensor(np.float32([[[[1, 3, -5, -6], [0, 2, -7, -8]]]]), requires_grad=True)
    check.given(x=x.data.tolist(), kernel_size=2, stride=2, look="Two windows side by side. The second one has negative numbers only.")
    result = pool_of(2, 2)(x)
    check.equal("the result", result, [[[[3, -5]]]], dtype=np.float32)
    result.backward(np.float32([[[[10, 20]]]]))
    check.equal("the gradient of x", x.grad, [[[[0, 10, 20, 0], [0, 0, 0, 0]]]], look="Only the winner of a window moves its result.")
    check.equal("the result with stride 1", pool_of(2, 1)(x), [[[[3, 3, -5]]]], inputs={"x": x.data.tolist(), "kernel_size": 2, "stride": 1})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(10)
    for shape, k, stride in [((2, 3, 4, 6), 2, 2), ((1, 2, 7, 5), 3, 2), ((2, 1, 6, 6), 6, 6), ((1, 2, 9, 8), 3, 3), ((2, 2, 5, 7), 2, 2), ((1, 1, 4, 5), 2, 1), ((1, 3, 5, 5), 1, 2)]:
        array = rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) / 2 + 0.25
        rows, columns = ((n - k) // stride + 1 for n in shape[2:])
        out, grad, expected = np.zeros((*shape[:2], rows, columns)), rng.normal(size=(*shape[:2], rows, columns)), np.zeros(shape)
        for place in np.ndindex(out.shape):
            n, c, i, j = place
            window = array[n, c, i * stride : i * stride + k, j * stride : j * stride + k]
            a, b = divmod(int(window.argmax()), k)
            out[place] = window[a, b]
            expected[n, c, i * stride + a, j * stride + b] += grad[place]
        x = Tensor(array.copy(), requires_grad=True)
        result = pool_of(k, stride)(x)
        check.equal(f"the result for x {shape}, kernel {k}, stride {stride}", result, out, dtype=np.float64)
        result.backward(grad)
        check.equal("the gradient of x", x.grad, expected, rtol=1e-9)
        check.unchanged("x", x.data, array)
    check.raises("a window larger than the picture", ValueError, lambda: pool_of(3, 3)(Tensor(np.zeros((1, 1, 2, 4)))))
    ### END HIDDEN TESTS

# %% [markdown]
# Two more layers are given: the mean, where you will recognise your line, and the step from pictures to rows that a `Linear` needs.

# %%
#| export
class AvgPool2d(MaxPool2d):
    """The mean of each window, channel by channel; parameters and shapes as in `MaxPool2d`."""

    def forward(self, x):
        return unfold(x, self.kernel_size, self.stride).mean(axis=(-2, -1))


class Flatten(Layer):
    """From (N, ...) to (N, M): all numbers of a sample in one row."""

    def forward(self, x):
        return x.reshape(x.shape[0], x.size // max(1, x.shape[0]))

    def __repr__(self):
        return "Flatten()"

# %% [markdown]
# How many pixels does one number know of? After one kernel of 3, three in a row. Each of the next kernel's three numbers knows three pixels, one further on each time: five. This is the **receptive field**. A step of 2 in between makes everything after it count double: the places of the next layer are two pixels apart.

# %% [markdown]
# ### 09.11 The receptive field
#
# By hand, kernels (size, stride): (3, 1), (3, 1) see 3, then 5. With pooling in the middle, (3, 1), (2, 2), (3, 1): 3, then 3 + 1 = 4; from here on places are 2 pixels apart, so two more of them add 4: 8.
#
# <details><summary>A nudge</summary>
#
# Keep two numbers: what is seen so far, and how many pixels lie between two neighbouring places. At first both are 1.
# </details>

# %% nbgrader={"grade": false, "grade_id": "09-11-receptive-field", "locked": false, "schema_version": 3, "solution": true, "task": false}
def receptive_field(kernels):
    """How many pixels in a row one number of the last layer depends on.

    Parameters
    ----------
    kernels : list of (int, int)
        Kernel size and stride of each layer, convolutions and poolings alike, the first one first.

    Returns
    -------
    int
        1 for no layers: a pixel sees itself.
    """
    ### BEGIN SOLUTION 09.11 receptive_field: return how many pixels the last layer sees
    seen = apart = 1
    for size, stride in kernels:
        seen += (size - 1) * apart
        apart *= stride
    return seen
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-09-11-receptive-field", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("09.11", "receptive_field") as check:
    check.given(kernels=[(3, 1), (3, 1)], look="The examples by hand.")
    check.same("the pixels", receptive_field([(3, 1), (3, 1)]), 5)
    check.given(kernels=[(3, 1), (2, 2), (3, 1)], look="After the stride of 2, places are two pixels apart; not before.")
    check.same("the pixels", receptive_field([(3, 1), (2, 2), (3, 1)]), 8)
    check.given(kernels=[(2, 2), (2, 2), (3, 1)], look="Two steps of 2: places are four pixels apart.")
    check.same("the pixels", receptive_field([(2, 2), (2, 2), (3, 1)]), 12)
    check.same("the pixels after no layer", receptive_field([]), 1, inputs={"kernels": "[]"}, look="A pixel sees itself.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    def seen_by_counting(kernels):  # walks back from one place to the pixels that it needs
        needed = {0}
        for size, stride in reversed(kernels):
            needed = {place * stride + k for place in needed for k in range(size)}
        return max(needed) - min(needed) + 1

    for kernels in [[(5, 1)], [(1, 1)], [(3, 2), (3, 2), (3, 2)], [(7, 2), (3, 2), (3, 1), (3, 1)], [(2, 2), (2, 2), (2, 2)], [(3, 3), (5, 1), (2, 4), (3, 1)], [(3, 1)] * 10]:
        check.same(f"the pixels for {kernels}", receptive_field(kernels), seen_by_counting(kernels))
    ### END HIDDEN TESTS

# %% [markdown]
# Predicted, then measured: the gradient of one number in the middle of the result is not zero exactly where it sees.

# %% tags=["demo"]
manual_seed(0)
stack = Sequential(Conv2d(1, 4, 3), AvgPool2d(2), Conv2d(4, 4, 3))
x = Tensor(np.random.default_rng(0).normal(size=(1, 1, 20, 20)), requires_grad=True)
stack(x)[0, 0, 3, 3].backward()
columns = np.flatnonzero(np.abs(x.grad[0, 0]).sum(axis=0))
print(f"predicted {receptive_field([(3, 1), (2, 2), (3, 1)])} pixels; measured {len(columns)}, from column {columns[0]} to {columns[-1]}")

# %% [markdown]
# ## Part 8 · Wherever it stands, measured
#
# Three networks with about as many weights as the one of Part 1, 5,125. The first is that one. The second is what textbooks draw: filters and pooling in turns, and at the end a `Linear` for each place. The third asks each filter for its largest number *anywhere*, and only then decides.
#
# All three see digits in the middle only.

# %% tags=["demo"]
stacks = {
    "MLP": lambda: mlp,
    "pooled by 2, then Linear": lambda: Sequential(
        Conv2d(1, 12, 3, padding=1), ReLU(), MaxPool2d(2), Conv2d(12, 24, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(216, 10)
    ),
    "largest number anywhere": lambda: Sequential(
        Conv2d(1, 16, 3, padding=1), ReLU(), Conv2d(16, 32, 3, padding=1), ReLU(), MaxPool2d(12), Flatten(), Linear(32, 10)
    ),
}
nets, shares = {"MLP": mlp}, {}
for name, make in stacks.items():
    manual_seed(0)
    net, seconds = (mlp, 0.0) if name == "MLP" else learn(make(), epochs=6, lr=0.01)
    nets[name] = net
    shares[name] = [
        np.mean([read(net, placed(images[held_out], *move), labels[held_out]) for move in {(0, d), (0, -d), (d, 0), (-d, 0)}]) for d in (0, 1, 2)
    ]
    print(f"{name:<26} {sum(p.size for p in net.parameters()):,} weights", *(f"{share:.1%}" for share in shares[name]), f"({seconds:.1f} s)" * (seconds > 0))

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(7, 3))
for (name, values), color, mark in zip(shares.items(), (ORANGE, GREEN, BLUE), "s^o"):
    axis.plot((0, 1, 2), [100 * value for value in values], mark + "-", color=color, label=name)
axis.axhline(10, color="black", linewidth=0.8)
axis.set(xlabel="moved by so many pixels", ylabel="% right, held out", xticks=(0, 1, 2), ylim=(0, 102))
axis.legend(fontsize=8)
show(figure, "Right answers on held-out digits that are moved by 0, 1 and 2 pixels. The three networks are alike for digits in the middle. "
             "Moved by two pixels, the MLP falls to about chance, 10 %, the pooled network to a quarter or so, and the one that takes the largest number anywhere stays above 90 %.")

# %% [markdown]
# A convolution alone does not make it: its result moves with the picture, and a `Linear` behind it is as blind to moved results as the first one was to moved pictures. Equivariant layers, then one step that forgets the place: together they are **invariant**. Five thousand weights bought that, and not one moved digit was shown.
#
# It has a price: if *where* a stroke stands matters, a network that forgets it cannot know.

# %% [markdown]
# What did the filters find? The first layer's sixteen, and what they make of a three. Look for edges, corners and strokes.

# %% tags=["demo"]
net = nets["largest number anywhere"]
filters, maps = net[0].weight.data[:, 0], net[:2](Tensor(placed(three))).data[0]
figure, axes = plt.subplots(4, 8, figsize=(10, 5.2))
for k in range(16):
    row, column = divmod(k, 8)
    axes[2 * row, column].imshow(filters[k], cmap="RdBu_r", vmin=-1, vmax=1)
    axes[2 * row + 1, column].imshow(maps[k], cmap="Greys", vmin=0, vmax=maps.max())
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
show(figure, "In the first and third rows, the sixteen learned filters of 3 by 3, red where positive, blue where negative. Below each, its result for a "
             "three after ReLU: some filters answer to upper edges, some to lower ones, some to strokes that lean, a few to nothing here.")

# %% [markdown]
# ### 09.12 In your own words
#
# Somebody puts a `MaxPool2d(2)` between the two convolutions of the third network, to make it faster. On digits in the middle it is as good as before. Moved by **one** pixel it reads about 80 %; moved by **two** it reads *more* again, about 90 %. In two to five sentences: why is a move by one worse than a move by two? What would you change?
#
# <details>
# <summary>Hint for 09.12</summary>
#
# Take a row of pixels 0 5 0 0 3 0 0 0 and pool it by 2. Then move it by one, and by two. When does the result move along?
# </details>

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-09-12-shift", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# Pooling with stride 2 looks at pairs that begin at even pixels. Moved by two pixels, every pair holds the same numbers one place further, so the result just moves by one, and the rest of the network does not care. Moved by one pixel, the pairs are made of other numbers: maxima appear, vanish or change, and the result is not a moved copy of the old one; the second layer has never seen such maps. A stride of 1 for the pooling (or leaving it out), or a blur before every other place is dropped, or digits moved by one pixel in the training data, would help.
#
# === BEGIN MARK SCHEME ===
# 2 points: with stride 2 only moves by a multiple of 2 move the result along (equivariance); a move by 1 puts other numbers into each window.
# 2 points: a change that helps, with a reason: stride 1, no pooling, blur before subsampling, training on moved digits.
# === END MARK SCHEME ===

# %% tags=["demo"]
row = Tensor([[0.0, 5.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0]] * 2)
for move in (0, 1, 2):
    moved = Tensor(np.roll(row.data, move, axis=1))
    print(f"moved by {move}:", moved.data[0].astype(int), "pooled by 2:", MaxPool2d(2)(moved).data[0].astype(int))

# %% [markdown]
# ### What PyTorch does the same, and what otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | `Conv2d`: name and order of arguments, shapes, initialisation | the same | `torch.nn.Conv2d`; also `dilation`, `groups`, other kinds of padding, kernels that are not square |
# | how it computes | windows copied, one product | chooses among several ways, by shape and machine |
# | `unfold` | (N, C, OH, OW, K, K), a view | `Tensor.unfold` twice: the same; `F.unfold` copies to (N, CKK, L) |
# | `fold` | the gradient of it | `F.fold` |
# | `MaxPool2d` where two numbers are the largest | each gets half of the gradient | the first one gets all |
# | parameters in a file | `save_parameters` of Module 08 | the same names and shapes |

# %% [markdown]
# **Export.** Run all cells once more from the top. Then, in a terminal in the course folder:
#
# - `tinytorch check 09_convolutions` says where you stand, exercise by exercise;
# - `tinytorch export 09_convolutions` writes `tinytorch/core/convolutions.py`; then `tinytorch milestones moved` plays Part 8 on it.
