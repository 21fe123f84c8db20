"""Leaves the errors to Python, which does not name the number.

breaks: 10-03-utf8
"""
def utf8(number):
    return chr(number).encode()
