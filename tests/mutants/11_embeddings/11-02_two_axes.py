"""Expects ids with two axes.

breaks: 11-02-one-hot-cost
hidden: yes
"""
def one_hot_cost(shape, count, width, itemsize=4):
    numbers = shape[0] * shape[-1] * count if shape else count
    return numbers * itemsize, numbers * width
