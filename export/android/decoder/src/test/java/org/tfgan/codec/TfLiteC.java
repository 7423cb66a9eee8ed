package org.tfgan.codec;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.File;

/** TensorFlow Lite's C library on the desktop: what the app's interpreter is on a phone. */
final class TfLiteC implements NetworkFactory {
  /** The functions of the C interface that are needed here, under their own names. */
  public interface Lib extends Library {
    Pointer TfLiteModelCreate(Pointer data, long size);

    void TfLiteModelDelete(Pointer model);

    Pointer TfLiteInterpreterOptionsCreate();

    void TfLiteInterpreterOptionsSetNumThreads(Pointer options, int threads);

    void TfLiteInterpreterOptionsDelete(Pointer options);

    Pointer TfLiteInterpreterCreate(Pointer model, Pointer options);

    void TfLiteInterpreterDelete(Pointer interpreter);

    int TfLiteInterpreterResizeInputTensor(Pointer interpreter, int index, int[] dims, int count);

    int TfLiteInterpreterAllocateTensors(Pointer interpreter);

    Pointer TfLiteInterpreterGetInputTensor(Pointer interpreter, int index);

    Pointer TfLiteInterpreterGetOutputTensor(Pointer interpreter, int index);

    int TfLiteInterpreterInvoke(Pointer interpreter);

    int TfLiteTensorDim(Pointer tensor, int index);

    int TfLiteTensorCopyFromBuffer(Pointer tensor, float[] data, long bytes);

    int TfLiteTensorCopyToBuffer(Pointer tensor, float[] data, long bytes);
  }

  private static final String PATH = System.getProperty("tgc.tflite", "");

  private final Lib lib = Native.load(PATH, Lib.class);

  static boolean available() {
    return new File(PATH).isFile();
  }

  @Override
  public Network start(String name, byte[] tflite) throws BundleException {
    Memory data = new Memory(tflite.length); // must outlive the interpreter
    data.write(0, tflite, 0, tflite.length);
    Pointer model = lib.TfLiteModelCreate(data, tflite.length);
    Pointer options = lib.TfLiteInterpreterOptionsCreate();
    lib.TfLiteInterpreterOptionsSetNumThreads(options, 2);
    Pointer interpreter = model == null ? null : lib.TfLiteInterpreterCreate(model, options);
    lib.TfLiteInterpreterOptionsDelete(options);
    if (interpreter == null) {
      throw new BundleException("the network " + name + " cannot be read");
    }
    return new Running(name, data, model, interpreter);
  }

  private final class Running implements Network {
    private final String name;
    private final Memory data;
    private final Pointer model;
    private final Pointer interpreter;

    Running(String name, Memory data, Pointer model, Pointer interpreter) {
      this.name = name;
      this.data = data;
      this.model = model;
      this.interpreter = interpreter;
    }

    @Override
    public FloatGrid run(FloatGrid input) throws BundleException {
      int[] dims = {1, input.height, input.width, input.channels};
      check(lib.TfLiteInterpreterResizeInputTensor(interpreter, 0, dims, dims.length));
      check(lib.TfLiteInterpreterAllocateTensors(interpreter));
      Pointer in = lib.TfLiteInterpreterGetInputTensor(interpreter, 0);
      check(lib.TfLiteTensorCopyFromBuffer(in, input.values, 4L * input.values.length));
      check(lib.TfLiteInterpreterInvoke(interpreter));
      Pointer out = lib.TfLiteInterpreterGetOutputTensor(interpreter, 0);
      FloatGrid result =
          new FloatGrid(
              lib.TfLiteTensorDim(out, 1),
              lib.TfLiteTensorDim(out, 2),
              lib.TfLiteTensorDim(out, 3));
      check(lib.TfLiteTensorCopyToBuffer(out, result.values, 4L * result.values.length));
      return result;
    }

    @Override
    public void close() {
      lib.TfLiteInterpreterDelete(interpreter);
      lib.TfLiteModelDelete(model);
      data.clear();
    }

    private void check(int status) throws BundleException {
      if (status != 0) {
        throw new BundleException("the network " + name + " cannot be run: status " + status);
      }
    }
  }
}
