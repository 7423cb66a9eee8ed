"""The encoder's search: the residuals of one picture, improved by gradient descent."""
