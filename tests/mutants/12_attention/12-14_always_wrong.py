"""Trusts no attention.

breaks: 12-14-attention-is-right
"""
def attention_is_right(attend):
    return False
