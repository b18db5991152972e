"""The accounts people log in with: invitations, sessions, second factor. What an account may do is `authority`."""
