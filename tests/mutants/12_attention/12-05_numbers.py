"""Right numbers, but of float64.

breaks: 12-05-padding-mask
"""
#| export
def padding_mask(lengths, max_length):
    mask = np.zeros((len(lengths), 1, max_length))
    for row, length in enumerate(lengths):
        if length < 0 or length > max_length:
            raise ValueError(f"{length} is not between 0 and {max_length}")
        mask[row, 0, :length] = 1
    return mask
