"""The screens of every register, derived from its declaration, inside Wagtail's page frame.

One viewset for each register: list, record page, timeline, form, voiding, restoring, revealing, export. Wagtail's
own ways of writing (delete, copy, reorder, choosers that create) have no address here, because the viewset stands
on Wagtail's plain `ViewSet`; every write goes through `changes.apply`.
"""
