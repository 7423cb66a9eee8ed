"""Reads pictures of any kind as pixels, alpha, colour profile and EXIF, and writes them."""
