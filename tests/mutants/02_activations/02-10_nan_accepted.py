"""Asks whether the temperature is at most 0, which a NaN denies.

breaks: 02-10-temperature
hidden: yes
"""
def at_temperature(logits, temperature):
    """The softmax of the logits at a temperature, along the last axis."""
    if temperature <= 0:
        raise ValueError("the temperature should be above 0")
    return Softmax()(logits / temperature)
