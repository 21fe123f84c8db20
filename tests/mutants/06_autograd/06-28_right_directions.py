"""Moves along random directions, and answers with NumPy's kind of True.

right: 06-28-rule-is-right
"""
def rule_is_right(rule):
    rng = np.random.default_rng(1)
    fits = np.bool_(True)
    for _ in range(20):
        a, b = rng.normal(size=(2, 6)) + rng.choice([-3, 3], (2, 6))
        g = rng.normal(size=6)
        loss = lambda a, b: (a / b * g).sum()
        given = g.copy()
        grad_a, grad_b = rule(a, b, given)
        along_a, along_b = rng.normal(size=(2, 6)) * 1e-5
        slope = loss(a + along_a, b + along_b) - loss(a - along_a, b - along_b)
        expected = 2 * ((grad_a * along_a).sum() + (grad_b * along_b).sum())
        fits = fits & np.isclose(slope, expected, rtol=1e-6, atol=1e-9) & (given == g).all()
    return fits
