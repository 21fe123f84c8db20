"""Counts from the shapes, and returns a list.

right: 01-14-matmul-work
"""
def matmul_work(n, k, m):
    in_bytes = sum(rows * columns for rows, columns in [(n, k), (k, m), (n, m)]) * 4
    return [m * (k * n), in_bytes]
