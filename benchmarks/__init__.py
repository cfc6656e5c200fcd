"""What is fast and what is not, as ratios in one run on one machine."""
