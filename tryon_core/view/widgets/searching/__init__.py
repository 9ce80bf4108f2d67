"""Two strategies of search side by side."""
