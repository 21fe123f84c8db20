"""Keeps the result in integers.

breaks: 01-11-definition
hidden: yes
"""
def matmul_by_definition(A, B):
    (n, k), (inner, m) = A.shape, B.shape
    if k != inner:
        raise ValueError("inner sizes differ")
    C = np.zeros((n, m), dtype=int)
    for i in range(n):
        for j in range(m):
            C[i, j] = sum(A[i, p] * B[p, j] for p in range(k))
    return C
