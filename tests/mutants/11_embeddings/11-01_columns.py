"""Puts the symbols down and the ids across.

breaks: 11-01-one-hot
"""
def one_hot(ids, count):
    return (np.arange(count)[:, None] == ids).astype(np.float32)
