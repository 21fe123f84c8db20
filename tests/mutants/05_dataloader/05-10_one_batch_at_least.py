"""Takes it that an epoch has one batch at the least, also where drop_last leaves out the only one.

breaks: 05-10-samples-shown
hidden: yes
"""
def samples_shown(count, batch_size, epochs, drop_last):
    """How many samples a loader hands out in so many epochs, repetitions counted."""
    if not drop_last:
        return epochs * count
    batches = max(count // batch_size, 1)
    return epochs * batches * batch_size
