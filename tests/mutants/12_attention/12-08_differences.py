"""Moves the later inputs by a little and compares outputs, to eight digits.

breaks: 12-08-looks-ahead
hidden: yes
"""
def looks_ahead(function, x):
    for position in range(len(x) - 1):
        moved = x.copy()
        moved[position + 1 :] += 1.5
        before, after = function(Tensor(x)).data[position], function(Tensor(moved)).data[position]
        if not np.allclose(before, after, rtol=1e-8, atol=1e-8):
            return True
    return False
