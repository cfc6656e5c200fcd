"""What the sample functions share."""

NAME = "sample layer"
