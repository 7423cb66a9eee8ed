package org.tfgan.codec;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * Measures entropy decoding, on one thread, for {@code python -m benchmarks.java}. Arguments are a
 * bundle's folder, the file and a number of runs. Prints one JSON object.
 */
final class EntropySpeed {
  private EntropySpeed() {}

  public static void main(String[] args) throws Exception {
    Bundle bundle = Bundle.load(new FolderFiles(new File(args[0])));
    TgcFile file = Container.parse(Files.readAllBytes(new File(args[1]).toPath()));
    double[] processor = new double[Integer.parseInt(args[2])];
    double[] wall = new double[processor.length];
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    Symbols symbols = null;
    for (int i = 0; i < wall.length; i++) {
      long wallStart = System.nanoTime();
      long start = clock.getCurrentThreadCpuTime();
      symbols = TestData.symbols(bundle, file);
      processor[i] = (clock.getCurrentThreadCpuTime() - start) / 1e6;
      wall[i] = (System.nanoTime() - wallStart) / 1e6;
    }
    boolean same = Arrays.equals(bundle.coder.encode(symbols), file.streams[0]);
    System.out.printf(
        "{\"processor\": %s, \"wall\": %s, \"z\": \"%s\", \"indexes\": \"%s\", \"r\": \"%s\", \"same_bytes\": %s}%n",
        Arrays.toString(processor), Arrays.toString(wall), hash(symbols.z),
        Hashes.sha256(symbols.indexes), hash(symbols.residuals), same);
  }

  /** SHA-256 of integers as 32 bits, little endian. */
  static String hash(int[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(values);
    return Hashes.sha256(buffer.array());
  }
}
