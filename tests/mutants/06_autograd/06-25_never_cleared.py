"""Forgets that it is cleared once.

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
    gradients = my_numbers(who)["gradients"]
    return who, sum(gradients[:3]), sum(gradients)
