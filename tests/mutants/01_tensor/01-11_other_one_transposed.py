"""Takes row i of A against row j of B.

breaks: 01-11-definition
"""
def matmul_by_definition(A, B):
    (n, k), (inner, m) = A.shape, B.shape
    if k != inner:
        raise ValueError("inner sizes differ")
    C = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for p in range(k):
                C[i, j] += A[i, p] * B[j, p]
    return C
