"""Gives the odds of the other class.

breaks: 02-12-odds
"""
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature."""
    return math.exp(-difference / temperature)
