"""Silently uses as many places as both have.

breaks: 01-11-definition
"""
def matmul_by_definition(A, B):
    n, m = A.shape[0], B.shape[1]
    C = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for p in range(min(A.shape[1], B.shape[0])):
                C[i, j] += A[i, p] * B[p, j]
    return C
