"""Another shape of a mistake, or another mistake.

breaks: 06-12-numerical-gradient
means: 06-12_one_sided
"""


def numerical_gradient(function, array, eps=1e-6):
    result = np.zeros_like(array)
    start = function(array)
    it = np.nditer(array, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        old = array[i]
        array[i] = old + eps
        result[i] = (function(array) - start) / eps
        array[i] = old
        it.iternext()
    return result
