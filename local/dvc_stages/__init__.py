"""The stages of dvc.yaml: from ratings to a model, figures and everybody's lists, as files."""
