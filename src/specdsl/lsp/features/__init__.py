"""What the server answers, one file a feature. ``registry`` lists them."""
