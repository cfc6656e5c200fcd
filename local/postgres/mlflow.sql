-- Run once, when the server's volume is made. MLflow's tables have a database of their own.
CREATE DATABASE mlflow;
