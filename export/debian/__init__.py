"""Makes a Debian package of the portable codec, for the command line and desktops."""
