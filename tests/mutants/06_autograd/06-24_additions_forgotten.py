"""Counts the multiplications only.

breaks: 06-24-cost
hidden: yes
"""
def way_back_cost():
    """Your name, and the floating-point operations of the matrix products going back.

    Returns
    -------
    tuple (who, hidden, first)
        `who` as you give it to `my_numbers`; the count for a hidden layer, whose input wants a gradient; the count for
        the first layer, whose input is data.
    """
    who = "Ada"
    n, k, m = my_numbers(who)["matmul"]
    return who, 2 * n * k * m, n * k * m
