"""A batch of one, and a decorator in place of with.

right: 13-11-generate
"""
#| export
def generate(model, ids, count, temperature=1.0, top_k=None, seed=0, end=None):
    written, rng, left = [int(number) for number in ids], np.random.default_rng(seed), count
    while left:
        with no_grad():
            scores = model.forward(np.array([written[-model.max_length :]])).data[0, -1]
        written.append(draw(next_token_probabilities(scores, temperature=temperature, top_k=top_k), rng))
        left = 0 if end is not None and written[-1] == end else left - 1
    return written
