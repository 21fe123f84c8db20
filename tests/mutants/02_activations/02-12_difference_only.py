"""Returns the quotient, without the exponential.

breaks: 02-12-odds
"""
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature."""
    return difference / temperature
