"""Trusts no rule.

breaks: 06-28-rule-is-right
"""
def rule_is_right(rule):
    return False
