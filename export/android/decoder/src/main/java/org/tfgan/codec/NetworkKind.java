package org.tfgan.codec;

/** The networks of a bundle, and how positions of their outputs relate to those of their inputs. */
public enum NetworkKind {
  /** RGB 0..255 to latents. */
  ANALYSIS("analysis", 16, 1),
  /** Latents, times gain, to hyper-latents before rounding. */
  HYPER_ANALYSIS("hyper_analysis", 4, 1),
  /** Hyper-latents to the means of latents. */
  MEAN("mean", 1, 4),
  /** Decoded latents to RGB, nominally 0..255. */
  SYNTHESIS("synthesis", 1, 16);

  /** The kind's name in manifests. */
  final String key;

  /** Input positions per cell, along each axis. */
  final int cell;

  /** Output positions per cell, along each axis. */
  final int out;

  NetworkKind(String key, int cell, int out) {
    this.key = key;
    this.cell = cell;
    this.out = out;
  }
}
