"""Adds up the sizes of the batches.

right: 05-10-samples-shown
"""
def samples_shown(count, batch_size, epochs, drop_last):
    shown = 0
    for start in range(0, count, batch_size):
        size = min(batch_size, count - start)
        if size == batch_size or not drop_last:
            shown += size
    return shown * epochs
