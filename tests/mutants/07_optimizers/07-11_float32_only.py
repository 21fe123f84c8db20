"""Always four bytes.

breaks: 07-11-state-bytes
"""
def state_bytes(parameters, kind, itemsize=4):
    return {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}[kind] * parameters * 4
