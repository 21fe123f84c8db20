"""Tries ones only.

breaks: 06-28-rule-is-right
"""
def rule_is_right(rule):
    a, b, grad_output = np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 3))
    found = rule(a, b, grad_output)
    measured = [numerical_gradient(lambda _: (a / b * grad_output).sum(), array) for array in (a, b)]
    return all(np.allclose(*pair, rtol=1e-5, atol=1e-7) for pair in zip(found, measured))
