"""Counts the short batch as a full one.

breaks: 05-10-samples-shown
"""
def samples_shown(count, batch_size, epochs, drop_last):
    return epochs * (count // batch_size if drop_last else -(-count // batch_size)) * batch_size
