"""Compares the first rows.

breaks: 06-28-rule-is-right
hidden: yes
"""
def rule_is_right(rule):
    rng = np.random.default_rng(0)
    a, b, grad_output = rng.uniform(0.5, 2, (3, 4, 5)) * rng.choice([-1, 1], (3, 4, 5))
    kept = a.copy(), b.copy(), grad_output.copy()
    found = rule(a, b, grad_output)
    if not all(np.array_equal(*pair) for pair in zip((a, b, grad_output), kept)):
        return False
    measured = [numerical_gradient(lambda _: (a / b * grad_output).sum(), array) for array in (a, b)]
    return all(np.allclose(grad[0], slope[0], rtol=1e-5, atol=1e-7) for grad, slope in zip(found, measured))
