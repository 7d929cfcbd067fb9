"""The steps of a build: parts, staging, writing, publishing, growing."""
