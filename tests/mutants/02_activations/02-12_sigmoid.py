"""Gives the probability instead of the odds.

breaks: 02-12-odds
"""
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature."""
    return 1 / (1 + math.exp(-difference / temperature))
