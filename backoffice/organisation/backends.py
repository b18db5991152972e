"""Who may be logged in: checked at the login and again at every request."""

from django.contrib.auth.backends import ModelBackend

from .authority import may_enter


class SeatHolders(ModelBackend):
    """Passwords and groups as Django has them, for people who hold a position today.

    Django asks `user_can_authenticate` again for every request of a session, so a session ends by itself at the
    midnight after its person's last day.
    """

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and may_enter(user)
