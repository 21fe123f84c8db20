"""Takes the result for square: n rows and n columns.

breaks: 01-11-definition
hidden: yes
"""
def matmul_by_definition(A, B):
    n, k = A.shape
    if k != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for p in range(k):
                C[i, j] += A[i, p] * B[p, j]
    return C
