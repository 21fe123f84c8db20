"""Drops the rest in any case.

breaks: 05-10-samples-shown
"""
def samples_shown(count, batch_size, epochs, drop_last):
    return epochs * (count // batch_size) * batch_size
