"""Answers as if zero_grad were called in every iteration.

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
    return who, gradients[2], gradients[5]
