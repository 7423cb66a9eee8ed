"""Pictures through a model: pixels to the streams of a file and back."""
