"""Gives the numbers as text.

breaks: 06-25-accumulated
"""
def accumulated():
    """Your name, and what the optimizer sees in iterations 3 and 6.

    Returns
    -------
    tuple (who, third, sixth)
    """
    who = "reference"
    numbers = my_numbers(who)
    gradients, every = numbers["gradients"], numbers["cleared_every"]
    return who, f"{sum(gradients[:3]):.2f}", f"{sum(gradients[every:]):.2f}"
