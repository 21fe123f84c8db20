"""Accuses every rule, even the first right one: is its own answer right, and does it compare too strictly?

breaks: 06-28-rule-is-right
"""
def rule_is_right(rule):
    return False
