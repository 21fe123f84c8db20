"""Always the best one.

breaks: 13-11-generate
"""
#| export
def generate(model, ids, count, temperature=1.0, top_k=None, seed=0, end=None):
    ids, rng = list(ids), np.random.default_rng(seed)
    with no_grad():
        for _ in range(count):
            logits = model(np.array(ids[-model.max_length :])).data[-1]
            ids.append(int(logits.argmax()))
            if ids[-1] == end:
                break
    return ids
