package org.tfgan.codec;

import java.util.HashMap;
import java.util.Map;

/**
 * Finds the quality level for a byte budget in a handful of tries. The logarithm of the size is
 * close to a line in the level, so that a secant through the two sizes nearest to the budget lands
 * within a level or two; a bracket keeps it honest where the line is bent.
 */
final class QualitySearch {
  /** The size of a file at a quality level, which is costly to find out. */
  interface Size {
    double at(int quality) throws TgcException;
  }

  /** The 256 levels of a bundle span about a factor of 13 in size. */
  private static final double TYPICAL_SLOPE = Math.log(13) / 255;

  /** This far below the budget, in logarithms, the search ends early. */
  private static final double GOOD = 0.005;

  private static final int SECANT_TRIES = 6;

  private QualitySearch() {}

  /** A high level whose size does not exceed the budget, or 0 if there is none. */
  static int best(Size size, double budget, int levels) throws TgcException {
    if (budget <= 0) {
      return 0;
    }
    int fits = -1;
    int tooLarge = levels;
    Map<Integer, Double> known = new HashMap<>(); // distances from the budget, in logarithms
    int quality = levels / 2;
    while (tooLarge - fits > 1) {
      double distance = Math.log(Math.max(size.at(quality), 1e-9) / budget);
      known.put(quality, distance);
      if (distance > 0) {
        tooLarge = quality;
      } else if (distance > -GOOD) {
        return quality;
      } else {
        fits = quality;
      }
      quality = next(known, fits, tooLarge);
    }
    return Math.max(fits, 0);
  }

  private static int next(Map<Integer, Double> known, int fits, int tooLarge) {
    if (known.size() >= SECANT_TRIES) {
      return (fits + tooLarge) / 2;
    }
    int nearest = nearest(known, -1);
    int other = nearest(known, nearest);
    double slope = TYPICAL_SLOPE;
    if (other >= 0) {
      slope = (known.get(other) - known.get(nearest)) / (other - nearest);
      slope = Math.min(Math.max(slope, TYPICAL_SLOPE / 8), TYPICAL_SLOPE * 8);
    }
    int guess = (int) Math.floor(nearest - known.get(nearest) / slope);
    return Math.min(Math.max(guess, fits + 1), tooLarge - 1);
  }

  /** The known level nearest to the budget, other than {@code except}; -1 if there is none. */
  private static int nearest(Map<Integer, Double> known, int except) {
    int nearest = -1;
    for (int quality : known.keySet()) {
      boolean nearer =
          nearest < 0 || Math.abs(known.get(quality)) < Math.abs(known.get(nearest));
      if (quality != except && nearer) {
        nearest = quality;
      }
    }
    return nearest;
  }
}
