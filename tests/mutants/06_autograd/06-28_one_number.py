"""Tries arrays of a single number.

breaks: 06-28-rule-is-right
"""
def rule_is_right(rule):
    for a, b, g in [(2.0, 3.0, 5.0), (-2.0, 3.0, 0.5), (1.5, -0.7, -2.0)]:
        arrays = np.array([a]), np.array([b]), np.array([g])
        found = rule(*arrays)
        if not (np.allclose(found[0], g / b) and np.allclose(found[1], -g * a / b**2) and arrays[2][0] == g):
            return False
    return True
