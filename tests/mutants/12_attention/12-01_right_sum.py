"""With products and a sum in place of matrix products.

right: 12-01-soft-lookup
"""
def soft_lookup(query, keys, values):
    scores = (keys * query).sum(axis=-1)
    weights = Softmax(dim=0)(scores).reshape(-1, 1)
    return (weights * values).sum(axis=0)
