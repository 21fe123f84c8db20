"""Python loops and lists.

right: 09-01-correlate
"""
def correlate(image, kernel):
    height, width = kernel.shape
    rows = []
    for i in range(len(image) - height + 1):
        row = []
        for j in range(len(image[0]) - width + 1):
            row.append(np.vdot(image[i : i + height, j : j + width], kernel))
        rows.append(row)
    return np.array(rows)
