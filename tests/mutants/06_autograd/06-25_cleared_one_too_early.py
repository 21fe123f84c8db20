"""Clears before the iteration instead of after it.

breaks: 06-25-accumulated
hidden: yes
"""
def accumulated():
    """Your name, and what the optimizer sees in iterations 3 and 6.

    Returns
    -------
    tuple (who, third, sixth)
    """
    who = "Ada"
    numbers = my_numbers(who)
    return who, sum(numbers["gradients"][:3]), sum(numbers["gradients"][numbers["cleared_every"] - 1 :])
