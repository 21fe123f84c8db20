"""Takes every number for four bytes.

breaks: 11-02-one-hot-cost
hidden: yes
"""
def one_hot_cost(shape, count, width, itemsize=4):
    numbers = count
    for size in shape:
        numbers *= size
    return numbers * 4, numbers * width
