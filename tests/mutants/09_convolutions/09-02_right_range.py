"""Counts the places where it begins.

right: 09-02-output-size
"""
#| export
def output_size(size, kernel_size, stride=1, padding=0):
    places = len(range(0, size + 2 * padding - kernel_size + 1, max(1, stride)))
    if not places or kernel_size <= 0 or stride <= 0 or padding <= -1:
        raise ValueError(f"a kernel of {kernel_size} with stride {stride} and padding {padding} does not fit {size} pixels")
    return places
