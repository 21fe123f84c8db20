"""Computes with integers of 32 bits, which overflow for large matrices.

breaks: 01-14-matmul-work
hidden: yes
"""
def matmul_work(n, k, m):
    n, k, m = np.array([n, k, m], np.int32)
    with np.errstate(over="ignore"):
        return int(n * k * m), int(4 * (n * k + k * m + n * m))
