"""Forgets that each sequence has many places.

breaks: 11-02-one-hot-cost
"""
def one_hot_cost(shape, count, width, itemsize=4):
    numbers = (shape[0] if shape else 1) * count
    return numbers * itemsize, numbers * width
