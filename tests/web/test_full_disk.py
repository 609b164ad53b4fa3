"""A disk that is full, in SQLite and in PostgreSQL: what is answered, and that nothing is half kept."""
