"""Takes powers of 2.

breaks: 02-12-odds
"""
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature."""
    return 2 ** (difference / temperature)
