"""Forgets the biases.

breaks: 13-05-count
"""
def gpt_parameters(vocab_size, embed_dim, num_layers, max_length):
    block = 4 * embed_dim**2 + 8 * embed_dim**2 + 4 * embed_dim
    return (vocab_size + max_length) * embed_dim + num_layers * block + 2 * embed_dim
