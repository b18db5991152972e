"""Messages for people: reading them out of source code, and keeping the Chinese catalogues complete."""
