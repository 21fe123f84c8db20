"""Takes the value of the best key alone.

breaks: 12-01-soft-lookup
"""
def soft_lookup(query, keys, values):
    best = int(keys.matmul(query).data.argmax())
    return values[best]
