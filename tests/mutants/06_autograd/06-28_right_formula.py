"""Compares with the formula, several times.

right: 06-28-rule-is-right
"""
def rule_is_right(rule):
    rng = np.random.default_rng(7)
    for shape in [(), (4,), (2, 3)]:
        a, b, g = (np.array(rng.normal(size=shape)) for _ in range(3))
        before = [each.copy() for each in (a, b, g)]
        grad_a, grad_b = rule(a, b, g)
        if not (np.allclose(grad_a, before[2] / before[1]) and np.allclose(grad_b, -before[2] * before[0] / before[1] ** 2)):
            return False
        if any((old != new).any() for old, new in zip(before, (a, b, g))):
            return False
    return True
