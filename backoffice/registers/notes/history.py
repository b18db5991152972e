"""What files and comments add to the timeline of a record."""
