"""What the supervisor knows and decides, apart from the system calls by which it acts."""
