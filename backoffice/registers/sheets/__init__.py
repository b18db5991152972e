"""Reads an uploaded list into checked rows, before anything is stored.

The way of a file: `containers` (what is it, is it safe) → `isolated` (unpacked in a child process) →
`workbook` (sheets of plain cells) → `headings` (which column is which field) → `kinds` (one cell, one value) →
`reading` (rows with values, warnings and refusals).

Nothing is imported here, so that the child process that unpacks a file starts without Django.
"""
