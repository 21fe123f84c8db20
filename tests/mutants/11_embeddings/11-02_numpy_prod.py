"""Through a product of NumPy and Python integers.

right: 11-02-one-hot-cost
"""
def one_hot_cost(shape, count, width, itemsize=4):
    places = int(np.prod(shape, dtype=np.int64))
    return places * count * itemsize, places * count * width
