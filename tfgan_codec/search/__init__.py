"""Searches, when a picture is encoded, for better residuals by gradient descent."""
