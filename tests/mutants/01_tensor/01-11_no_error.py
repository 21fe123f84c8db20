"""Never compares the inner sizes.

breaks: 01-11-definition
"""
def matmul_by_definition(A, B):
    n, m = A.shape[0], B.shape[1]
    C = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C
