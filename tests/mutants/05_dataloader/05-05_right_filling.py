"""Fills an array row by row, and returns a list.

right: 05-05-collate
"""
#| export
def collate(samples):
    def array_of(item):
        if isinstance(item, float) and not isinstance(item, np.floating):
            return np.float32(item)
        return np.asarray(item.numpy() if isinstance(item, Tensor) else item)

    batch = []
    for position in range(len(samples[0])):
        arrays = [array_of(sample[position]) for sample in samples]
        shapes = sorted({array.shape for array in arrays})
        if len(shapes) != 1:
            raise ValueError("cannot stack " + " and ".join(map(str, shapes)))
        floats = any(type(sample[position]) is float for sample in samples)
        stacked = np.empty((len(arrays),) + shapes[0], np.float32 if floats else arrays[0].dtype)
        for row, array in enumerate(arrays):
            stacked[row] = array
        batch.append(Tensor(stacked))
    return batch
