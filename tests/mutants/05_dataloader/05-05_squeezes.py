"""Removes dimensions of size one, so a batch of one loses its batch.

breaks: 05-05-collate
"""
#| export
def collate(samples):
    batch = []
    for column in zip(*samples):
        arrays = [item.data if isinstance(item, Tensor) else np.asarray(item) for item in column]
        for array in arrays:
            if array.shape != arrays[0].shape:
                raise ValueError(f"shapes {arrays[0].shape} and {array.shape}")
        stacked = np.stack(arrays)
        batch.append(Tensor(stacked.astype(np.float32) if type(column[0]) is float else stacked.squeeze()))
    return tuple(batch)
