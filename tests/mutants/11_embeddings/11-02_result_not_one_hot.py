"""Takes the bytes of the result.

breaks: 11-02-one-hot-cost
"""
def one_hot_cost(shape, count, width, itemsize=4):
    places = 1
    for size in shape:
        places *= size
    return places * width * itemsize, places * count * width
