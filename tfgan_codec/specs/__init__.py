"""The one language of flag values, `name:key=value`, and numbers that change during a run."""
