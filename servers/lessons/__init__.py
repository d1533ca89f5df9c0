"""Small programs that lessons are made of."""
