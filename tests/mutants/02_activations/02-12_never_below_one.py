"""Takes the size of the difference, as if the class were always the more probable one.

breaks: 02-12-odds
hidden: yes
"""
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature."""
    return math.exp(abs(difference) / temperature)
