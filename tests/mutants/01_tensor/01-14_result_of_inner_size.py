"""Gives the result the shape of A.

breaks: 01-14-matmul-work
"""
def matmul_work(n, k, m):
    return n * k * m, 4 * (n * k + k * m + n * k)
