"""A sorted list of the others.

right: 11-08-nearest
"""
def nearest(table, id, count):
    def cosine(other):
        return table[other] @ table[id] / np.linalg.norm(table[other]) / np.linalg.norm(table[id])

    others = [row for row in range(len(table)) if row != id]
    return np.array(sorted(others, key=cosine, reverse=True)[:count])
