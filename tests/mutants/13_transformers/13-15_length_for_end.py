"""The length in place of the end.

breaks: 13-15-safetensors
"""
#| export
def safetensors_bytes(arrays):
    header, numbers = {}, b""
    for name, array in arrays.items():
        begin, numbers = len(numbers), numbers + array.tobytes()
        header[name] = {"dtype": DTYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [begin, len(numbers) - begin]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers
