"""Runs training: phases, callbacks and checkpoints around the steps of `step.gan`."""
