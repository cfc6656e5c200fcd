"""What Matinee promises about speed, measured as ratios in one run."""
