"""Counts numbers, not their bytes.

breaks: 11-02-one-hot-cost
"""
def one_hot_cost(shape, count, width, itemsize=4):
    numbers = count
    for size in shape:
        numbers *= size
    return numbers, numbers * width
