"""What is shown: a Streamlit application that reads released files only."""
