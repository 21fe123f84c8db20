"""Works out both probabilities and divides.

right: 02-12-odds
"""
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature."""
    p = 1 / (1 + math.exp(-difference / temperature))
    return p / (1 - p)
