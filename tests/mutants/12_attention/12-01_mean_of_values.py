"""Weighs all values alike.

breaks: 12-01-soft-lookup
"""
def soft_lookup(query, keys, values):
    return values.mean(axis=0)
