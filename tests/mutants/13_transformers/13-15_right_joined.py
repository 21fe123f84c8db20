"""Bytes joined at the end, the header filled up to a multiple of eight.

right: 13-15-safetensors
"""
#| export
def safetensors_bytes(arrays):
    header, place, parts = {}, 0, []
    for name in arrays:
        array = np.ascontiguousarray(arrays[name]) if arrays[name].ndim else arrays[name]
        header[name] = dict(dtype=DTYPES[array.dtype.name], shape=list(array.shape), data_offsets=[place, place + array.nbytes])
        place += array.nbytes
        parts.append(array.tobytes())
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])
