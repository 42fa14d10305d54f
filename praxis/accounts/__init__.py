"""Who signs in to the desk, and how: password, second factor, known devices."""
