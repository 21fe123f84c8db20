"""Multiplies by the temperature, which is 1 in the examples.

breaks: 02-12-odds
"""
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature."""
    return math.exp(difference * temperature)
