"""Pairs rows with columns by zip, and builds a list of lists first.

right: 01-11-definition
"""
def matmul_by_definition(A, B):
    if A.shape[1] != len(B):
        raise ValueError(f"{A.shape} does not fit {B.shape}")
    columns = [[B[p, j] for p in range(len(B))] for j in range(B.shape[1])]
    return np.array([[sum(a * b for a, b in zip(row, column)) for column in columns] for row in A])
