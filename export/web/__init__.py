"""The codec in the browser: static files that any web server serves."""
