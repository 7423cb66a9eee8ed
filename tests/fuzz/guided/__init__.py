"""Fuzzing guided by coverage; without the fuzzer the same targets replay what it found."""

NAMES = ("container", "payload", "bundles", "pictures")
