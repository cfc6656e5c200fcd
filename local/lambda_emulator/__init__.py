"""AWS Lambda, API Gateway and the Scheduler on one machine, driven by a SAM template."""
