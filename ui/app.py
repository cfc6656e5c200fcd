"""The entry of ``streamlit run ui/app.py``."""

import streamlit as st

from dashboard.client import MatineeClient
from dashboard.recommendations import show

st.set_page_config(page_title="Matinee", page_icon="🎬")
show(MatineeClient.from_environment())
