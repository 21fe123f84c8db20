"""Counts each matrix product with its own shapes, under another name.

right: 06-24-cost
"""
def way_back_cost():
    """Your name, and the floating-point operations of the matrix products going back.

    Returns
    -------
    tuple (who, hidden, first)
        `who` as you give it to `my_numbers`; the count for a hidden layer, whose input wants a gradient; the count for
        the first layer, whose input is data.
    """
    n, k, m = my_numbers("Ada Lovelace")["matmul"]
    cost = lambda rows, inner, columns: rows * columns * (inner + inner)
    weight, data = cost(k, n, m), cost(n, m, k)
    return ["Ada Lovelace", weight + data, weight]
