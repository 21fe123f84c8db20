"""A sorted list of the others.

right: 11-08-nearest
"""
def nearest(table, row, count):
    def cosine(other):
        return table[other] @ table[row] / np.linalg.norm(table[other]) / np.linalg.norm(table[row])

    others = [other for other in range(len(table)) if other != row]
    return np.array(sorted(others, key=cosine, reverse=True)[:count])
