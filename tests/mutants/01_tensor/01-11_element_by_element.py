"""Multiplies element by element.

breaks: 01-11-definition
"""
def matmul_by_definition(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(min(C.shape[0], B.shape[0])):
        for j in range(min(C.shape[1], A.shape[1])):
            C[i, j] = A[i, j] * B[i, j]
    return C
