"""Returns the gradients that are added up instead of their sum.

breaks: 06-25-accumulated
"""
def accumulated():
    """Your name, and what the optimizer sees in iterations 3 and 6.

    Returns
    -------
    tuple (who, third, sixth)
    """
    who = "Ada"
    numbers = my_numbers(who)
    return who, numbers["gradients"][:3], numbers["gradients"][numbers["cleared_every"] :]
