"""Everything in float32.

breaks: 13-15-safetensors
"""
#| export
def safetensors_bytes(arrays):
    header, numbers = {}, b""
    for name, array in arrays.items():
        begin, numbers = len(numbers), numbers + array.astype(np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [begin, len(numbers)]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers
