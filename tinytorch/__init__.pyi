"""Types of the package. Its names are looked up on first use, which a type checker cannot follow."""

from . import checks as checks
from .core.activations import GELU as GELU
from .core.activations import ReLU as ReLU
from .core.activations import Sigmoid as Sigmoid
from .core.activations import Softmax as Softmax
from .core.activations import Tanh as Tanh
from .core.attention import MultiHeadAttention as MultiHeadAttention
from .core.attention import scaled_dot_product_attention as scaled_dot_product_attention
from .core.autograd import Function as Function
from .core.autograd import detect_anomaly as detect_anomaly
from .core.autograd import enable_autograd as enable_autograd
from .core.autograd import gradcheck as gradcheck
from .core.autograd import no_grad as no_grad
from .core.convolutions import AvgPool2d as AvgPool2d
from .core.convolutions import Conv2d as Conv2d
from .core.convolutions import Flatten as Flatten
from .core.convolutions import MaxPool2d as MaxPool2d
from .core.dataloader import DataLoader as DataLoader
from .core.dataloader import Dataset as Dataset
from .core.dataloader import TensorDataset as TensorDataset
from .core.dataloader import load_digits as load_digits
from .core.embeddings import Embedding as Embedding
from .core.embeddings import PositionalEncoding as PositionalEncoding
from .core.layers import Dropout as Dropout
from .core.layers import Layer as Layer
from .core.layers import Linear as Linear
from .core.layers import Sequential as Sequential
from .core.layers import manual_seed as manual_seed
from .core.losses import BinaryCrossEntropyLoss as BinaryCrossEntropyLoss
from .core.losses import CrossEntropyLoss as CrossEntropyLoss
from .core.losses import MSELoss as MSELoss
from .core.losses import log_softmax as log_softmax
from .core.optimizers import SGD as SGD
from .core.optimizers import Adam as Adam
from .core.optimizers import AdamW as AdamW
from .core.optimizers import Optimizer as Optimizer
from .core.tensor import Tensor as Tensor
from .core.tokenization import BPETokenizer as BPETokenizer
from .core.tokenization import CharTokenizer as CharTokenizer
from .core.tokenization import bits_per_byte as bits_per_byte
from .core.tokenization import load_docstrings as load_docstrings
from .core.training import CosineSchedule as CosineSchedule
from .core.training import Trainer as Trainer
from .core.training import clip_grad_norm as clip_grad_norm
from .core.transformers import GPT as GPT
from .core.transformers import LayerNorm as LayerNorm
from .core.transformers import TransformerBlock as TransformerBlock
from .core.transformers import generate as generate
from .core.transformers import generate_cached as generate_cached
from .core.transformers import next_token_loss as next_token_loss
from .core.transformers import next_token_pairs as next_token_pairs
from .graph import draw_graph as draw_graph
from .graph import play_backward as play_backward

__version__: str

__all__ = [
    "GELU",
    "GPT",
    "SGD",
    "Adam",
    "AdamW",
    "AvgPool2d",
    "BPETokenizer",
    "BinaryCrossEntropyLoss",
    "CharTokenizer",
    "Conv2d",
    "CosineSchedule",
    "CrossEntropyLoss",
    "DataLoader",
    "Dataset",
    "Dropout",
    "Embedding",
    "Flatten",
    "Function",
    "Layer",
    "LayerNorm",
    "Linear",
    "MSELoss",
    "MaxPool2d",
    "MultiHeadAttention",
    "Optimizer",
    "PositionalEncoding",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Tensor",
    "TensorDataset",
    "Trainer",
    "TransformerBlock",
    "bits_per_byte",
    "clip_grad_norm",
    "detect_anomaly",
    "draw_graph",
    "enable_autograd",
    "generate",
    "generate_cached",
    "gradcheck",
    "load_digits",
    "load_docstrings",
    "log_softmax",
    "manual_seed",
    "next_token_loss",
    "next_token_pairs",
    "no_grad",
    "play_backward",
    "scaled_dot_product_attention",
]
