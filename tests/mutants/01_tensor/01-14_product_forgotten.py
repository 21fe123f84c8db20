"""Forgets the bytes of the result.

breaks: 01-14-matmul-work
"""
def matmul_work(n, k, m):
    return n * k * m, 4 * (n * k + k * m)
