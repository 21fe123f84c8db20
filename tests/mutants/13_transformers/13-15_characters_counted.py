"""Counts characters of the header, not its bytes.

breaks: 13-15-safetensors
hidden: yes
"""
#| export
def safetensors_bytes(arrays):
    header, numbers = {}, b""
    for name, array in arrays.items():
        begin, numbers = len(numbers), numbers + array.tobytes()
        header[name] = {"dtype": DTYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [begin, len(numbers)]}
    text = json.dumps(header, ensure_ascii=False)
    return len(text).to_bytes(8, "little") + text.encode() + numbers
