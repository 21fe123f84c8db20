"""The number of new positions on axis 0.

breaks: 13-13-cached-attention
"""
#| export
def cached_attention(attention, x, cache):
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    queries, keys, values = [split_heads(proj(x), attention.num_heads) for proj in projections]
    keys, values = cache.extend(keys, values)
    mask = causal_mask(len(cache))[len(cache) - x.shape[0] :]
    output, _ = scaled_dot_product_attention(queries, keys, values, mask)
    return attention.out_proj(merge_heads(output))
