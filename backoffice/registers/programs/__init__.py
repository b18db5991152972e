"""Programs that act for people: the access tokens they show, and the answers kept for requests sent twice."""
