"""Tests any decoder of ``.tgc`` files against the suite of ``conformance/``.

`docs/conformance.md` says what the suite holds, and how a decoder is asked and answers.
"""
