"""Plays the six iterations through, and rounds.

right: 06-25-accumulated
"""
def accumulated():
    """Your name, and what the optimizer sees in iterations 3 and 6.

    Returns
    -------
    tuple (who, third, sixth)
    """
    numbers, grad, seen = my_numbers(7), 0.0, []
    for iteration, gradient in enumerate(numbers["gradients"], start=1):
        grad += gradient
        seen.append(round(grad, 4))
        if iteration % numbers["cleared_every"] == 0:
            grad = 0.0
    return [7, seen[2], seen[5]]
