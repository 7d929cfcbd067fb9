"""The report on a dataset: one HTML page, with what was declared beside what the files hold."""
