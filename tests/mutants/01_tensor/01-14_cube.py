"""Takes all three sizes for equal.

breaks: 01-14-matmul-work
"""
def matmul_work(n, k, m):
    return n**3, 4 * 3 * n * n
