"""What more than one Matinee function needs."""
