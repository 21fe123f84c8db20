"""Takes means instead of sums.

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
    gradients, every = numbers["gradients"], numbers["cleared_every"]
    return who, sum(gradients[:3]) / 3, sum(gradients[every:]) / (6 - every)
