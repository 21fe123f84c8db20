"""Takes the first symbol for number 1.

breaks: 11-01-one-hot
"""
def one_hot(ids, count):
    return (ids[..., None] == np.arange(1, count + 1)).astype(np.float32)
