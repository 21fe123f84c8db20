"""Seven loops.

right: 09-03-conv2d-loops
"""
def conv2d_loops(x, weight, bias, stride=1, padding=0):
    count, channels, height, width = x.shape
    size, result = weight.shape[2], []
    for picture in x:
        maps = []
        for kernel, constant in zip(weight, bias):
            rows = []
            for i in range(-padding, height + padding - size + 1, stride):
                row = []
                for j in range(-padding, width + padding - size + 1, stride):
                    total = constant
                    for c in range(channels):
                        for a in range(size):
                            for b in range(size):
                                if 0 <= i + a < height and 0 <= j + b < width:
                                    total += picture[c, i + a, j + b] * kernel[c, a, b]
                    row.append(total)
                rows.append(row)
            maps.append(rows)
        result.append(maps)
    return np.array(result)
