"""Does not look at its arrays afterwards.

breaks: 06-28-rule-is-right
hidden: yes
"""
def rule_is_right(rule):
    rng = np.random.default_rng(0)
    a, b, grad_output = rng.uniform(0.5, 2, (3, 4, 5)) * rng.choice([-1, 1], (3, 4, 5))
    g = grad_output.copy()
    found = rule(a, b, grad_output)
    return np.allclose(found[0], g / b) and np.allclose(found[1], -g * a / b**2)
