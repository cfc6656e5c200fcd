"""Fits a challenger on a dated snapshot of ratings."""
