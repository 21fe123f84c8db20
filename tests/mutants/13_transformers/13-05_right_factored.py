"""Put together.

right: 13-05-count
"""
def gpt_parameters(vocab_size, embed_dim, num_layers, max_length):
    return embed_dim * (vocab_size + max_length + 2 + num_layers * (12 * embed_dim + 13))
