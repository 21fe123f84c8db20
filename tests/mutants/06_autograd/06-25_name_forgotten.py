"""Returns the two values without the name.

breaks: 06-25-accumulated
"""
def accumulated():
    """Your name, and what the optimizer sees in iterations 3 and 6.

    Returns
    -------
    tuple (who, third, sixth)
    """
    numbers = my_numbers("Ada")
    return sum(numbers["gradients"][:3]), sum(numbers["gradients"][numbers["cleared_every"] :])
