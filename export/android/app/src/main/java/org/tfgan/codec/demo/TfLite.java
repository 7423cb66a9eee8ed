package org.tfgan.codec.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.tensorflow.lite.Delegate;
import org.tensorflow.lite.Interpreter;
import org.tfgan.codec.BundleException;
import org.tfgan.codec.FloatGrid;
import org.tfgan.codec.Network;
import org.tfgan.codec.NetworkFactory;

/** TensorFlow Lite's interpreter: on the GPU where its delegate is built in, else XNNPACK. */
final class TfLite implements NetworkFactory {
  /** In an artifact of its own (build.gradle, property {@code gpu}); not there as a rule. */
  private static final String GPU_DELEGATE = "org.tensorflow.lite.gpu.GpuDelegate";

  private static final int THREADS = 4;

  @Override
  public Network start(String name, byte[] tflite) throws BundleException {
    ByteBuffer model = ByteBuffer.allocateDirect(tflite.length).order(ByteOrder.nativeOrder());
    model.put(tflite).rewind();
    Delegate gpu = gpuDelegate();
    Interpreter.Options options = new Interpreter.Options();
    if (gpu != null) {
      options.addDelegate(gpu);
    } else {
      options.setNumThreads(Math.min(THREADS, Runtime.getRuntime().availableProcessors()));
      options.setUseXNNPACK(true);
    }
    try {
      return new Running(name, new Interpreter(model, options), gpu);
    } catch (IllegalArgumentException | IllegalStateException error) {
      throw new BundleException("the network " + name + " cannot be read", error);
    }
  }

  private static Delegate gpuDelegate() {
    try {
      return (Delegate) Class.forName(GPU_DELEGATE).getConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError absent) {
      return null;
    }
  }

  private static final class Running implements Network {
    private final String name;
    private final Interpreter interpreter;
    private final Delegate gpu;
    private int[] shape = {};

    Running(String name, Interpreter interpreter, Delegate gpu) {
      this.name = name;
      this.interpreter = interpreter;
      this.gpu = gpu;
    }

    @Override
    public FloatGrid run(FloatGrid input) throws BundleException {
      try {
        resize(new int[] {1, input.height, input.width, input.channels});
        FloatBuffer in = buffer(input.values.length);
        in.put(input.values).rewind();
        int[] out = interpreter.getOutputTensor(0).shape();
        FloatGrid result = new FloatGrid(out[1], out[2], out[3]);
        FloatBuffer values = buffer(result.values.length);
        interpreter.run(in, values);
        values.rewind();
        values.get(result.values);
        return result;
      } catch (IllegalArgumentException | IllegalStateException error) {
        throw new BundleException("the network " + name + " cannot be run", error);
      }
    }

    @Override
    public void close() {
      interpreter.close();
      if (gpu != null) {
        gpu.close();
      }
    }

    /** Memory is planned anew for another shape only: windows of one picture share theirs. */
    private void resize(int[] wanted) {
      if (!Arrays.equals(shape, wanted)) {
        shape = new int[0]; // stays so when a shape is refused
        interpreter.resizeInput(0, wanted);
        interpreter.allocateTensors();
        shape = wanted;
      }
    }

    private static FloatBuffer buffer(int floats) {
      return ByteBuffer.allocateDirect(4 * floats).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
  }
}
