"""Who works where: sites, departments, positions, teams, staff and the accounts they log in with.

Source: systems.md 1.
"""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A login. What it may do follows from the positions its staff record holds today."""
