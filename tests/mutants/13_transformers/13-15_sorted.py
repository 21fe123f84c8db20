"""Sorted by name.

breaks: 13-15-safetensors
"""
#| export
def safetensors_bytes(arrays):
    header, numbers = {}, b""
    for name, array in sorted(arrays.items()):
        begin, numbers = len(numbers), numbers + array.tobytes()
        header[name] = {"dtype": DTYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [begin, len(numbers)]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers
