"""The number of beginnings, divided and rounded up.

right: 09-02-output-size
"""
#| export
def output_size(size, kernel_size, stride=1, padding=0):
    for value, least in ((kernel_size, 1), (stride, 1), (padding, 0), (size + 2 * padding, kernel_size)):
        if value < least:
            raise ValueError(f"size {size}, kernel_size {kernel_size}, stride {stride}, padding {padding}: impossible")
    beginnings = size + 2 * padding - kernel_size + 1
    return -(-beginnings // stride)
