"""Streamlit pages that know only the HTTP contract."""
