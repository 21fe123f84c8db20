"""Drops a rest only at the very end.

breaks: 05-10-samples-shown
hidden: yes
"""
def samples_shown(count, batch_size, epochs, drop_last):
    return count * epochs // batch_size * batch_size if drop_last else count * epochs
