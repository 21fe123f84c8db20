"""Judges whether the kernel fits without the padding.

breaks: 09-02-output-size
hidden: yes
"""
#| export
def output_size(size, kernel_size, stride=1, padding=0):
    if kernel_size > size or kernel_size < 1 or stride < 1 or padding < 0:
        raise ValueError(f"a kernel of {kernel_size} with stride {stride} and padding {padding} does not fit {size} pixels")
    return (size + 2 * padding - kernel_size) // stride + 1
