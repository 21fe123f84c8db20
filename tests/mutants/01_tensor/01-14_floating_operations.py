"""Counts additions and multiplications together.

breaks: 01-14-matmul-work
"""
def matmul_work(n, k, m):
    return 2 * n * k * m, 4 * (n * k + k * m + n * m)
