"""Takes pictures through a model: from pixels to the streams of a file and back."""
