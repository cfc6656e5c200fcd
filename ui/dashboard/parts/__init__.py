"""What several pages show: cards, charts, problems, placeholders."""
