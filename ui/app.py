"""The entry of ``streamlit run ui/app.py``."""

from dashboard.frame import run

run()
