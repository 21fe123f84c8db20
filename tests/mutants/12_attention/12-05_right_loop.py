"""Row by row.

right: 12-05-padding-mask
"""
#| export
def padding_mask(lengths, max_length):
    mask = np.zeros((len(lengths), 1, max_length), dtype=bool)
    for row, length in enumerate(lengths):
        if length < 0 or length > max_length:
            raise ValueError("a sequence has length " + str(length) + ", but 0 to " + str(max_length) + " fit")
        mask[row, :, :length] = True
    return mask
