"""AWS Lambda and API Gateway on one machine, driven by a SAM template."""
