"""Webhooks: other systems are told of changes by a signed request, at least once, with what to ask the API for.

What is told holds ids and addresses, never values: whoever gets it asks the API, which masks and scopes as ever.
"""
