"""What a trained model looks like as bytes."""
