"""Holds trained models of published codecs: once it is installed, `tgc.load("msae")` finds them."""
