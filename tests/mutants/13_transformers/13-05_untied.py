"""Counts a last layer of its own.

breaks: 13-05-count
"""
def gpt_parameters(vocab_size, embed_dim, num_layers, max_length):
    block = 4 * (embed_dim**2 + embed_dim) + (8 * embed_dim**2 + 5 * embed_dim) + 4 * embed_dim
    return (2 * vocab_size + max_length) * embed_dim + num_layers * block + 2 * embed_dim
