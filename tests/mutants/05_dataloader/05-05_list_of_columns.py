"""Returns columns without stacking them.

breaks: 05-05-collate
"""
#| export
def collate(samples):
    return tuple(list(column) for column in zip(*samples))
