"""Lets through every rule that was tried: what does it compare?

breaks: 06-28-rule-is-right
"""
def rule_is_right(rule):
    rng = np.random.default_rng(0)
    a, b, grad_output = rng.uniform(0.5, 2, (3, 4, 5)) * rng.choice([-1, 1], (3, 4, 5))
    found = rule(a, b, grad_output)
    return len(found) == 2 and all(grad.shape == a.shape for grad in found)
