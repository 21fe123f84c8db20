"""Returns the two the other way round.

breaks: 11-02-one-hot-cost
"""
def one_hot_cost(shape, count, width, itemsize=4):
    numbers = count
    for size in shape:
        numbers *= size
    return numbers * width, numbers * itemsize
