"""Makes everything float32.

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
        batch.append(Tensor(np.stack(arrays).astype(np.float32)))
    return tuple(batch)
