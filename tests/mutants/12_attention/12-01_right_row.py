"""With the query as a matrix of one row.

right: 12-01-soft-lookup
"""
def soft_lookup(query, keys, values):
    scores = query.reshape(1, -1) @ keys.T
    return (Softmax()(scores) @ values).reshape(values.shape[1])
