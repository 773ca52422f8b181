"""Stand-ins for the services leadstream talks to: separate programs that import nothing of it."""
