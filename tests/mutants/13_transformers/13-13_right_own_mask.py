"""Its own mask, before the cache grows.

right: 13-13-cached-attention
"""
#| export
def cached_attention(attention, x, cache):
    before, new = len(cache), x.shape[-2]
    mask = np.arange(before + new) <= np.arange(before, before + new)[:, None]
    q = split_heads(attention.q_proj(x), attention.num_heads)
    k = split_heads(attention.k_proj(x), attention.num_heads)
    v = split_heads(attention.v_proj(x), attention.num_heads)
    k, v = cache.extend(k, v)
    mixed = scaled_dot_product_attention(q, k, v, mask)[0]
    return attention.out_proj(merge_heads(mixed))
