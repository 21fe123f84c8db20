"""Takes the same array for a, b and grad_output.

breaks: 06-28-rule-is-right
"""
def rule_is_right(rule):
    a = np.random.default_rng(0).uniform(0.5, 2, (3, 4))
    found = rule(a, a, a)
    return np.allclose(found[0], 1) and np.allclose(found[1], -1)
