"""Seeds NumPy's global generator and so disturbs everybody else's numbers.

breaks: 05-04-epoch-order
hidden: yes
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    if not shuffle:
        return np.arange(count)
    np.random.seed([seed, epoch])
    return np.random.permutation(count)
