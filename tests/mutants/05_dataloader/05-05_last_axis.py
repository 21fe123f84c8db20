"""Stacks along the last dimension.

breaks: 05-05-collate
"""
#| export
def collate(samples):
    batch = []
    for column in zip(*samples):
        arrays = [item.data if isinstance(item, Tensor) else np.asarray(item) for item in column]
        batch.append(Tensor(np.stack(arrays, axis=-1)))
    return tuple(batch)
