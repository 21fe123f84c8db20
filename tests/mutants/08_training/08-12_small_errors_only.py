"""Takes the share of mistakes for the product, which is nearly right close to 1.

breaks: 08-12-standard-error
hidden: yes
"""
def standard_error(accuracy, count):
    return math.sqrt((1 - accuracy) * max(accuracy, 0.98) / count)
