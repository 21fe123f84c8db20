"""Counts numbers instead of bytes.

breaks: 01-14-matmul-work
"""
def matmul_work(n, k, m):
    return n * k * m, n * k + k * m + n * m
