"""Says what an installation has, what it lacks, and the command that mends it: `tgc doctor`.

It imports neither TensorFlow nor the training library: what only they can tell is asked for in a
process of its own, which may lack them, or die.
"""
