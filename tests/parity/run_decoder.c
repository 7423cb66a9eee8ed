/* Runs a decoder with TFLite's C library: run_decoder NETWORK HEIGHT WIDTH CHANNELS LATENTS PIXELS.
 * LATENTS and PIXELS are raw float32. The few declarations used of c_api.h are repeated here, so that
 * the library alone is enough to build this. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct TfLiteModel TfLiteModel;
typedef struct TfLiteInterpreter TfLiteInterpreter;
typedef struct TfLiteInterpreterOptions TfLiteInterpreterOptions;
typedef struct TfLiteTensor TfLiteTensor;

TfLiteModel *TfLiteModelCreateFromFile(const char *path);
TfLiteInterpreterOptions *TfLiteInterpreterOptionsCreate(void);
TfLiteInterpreter *TfLiteInterpreterCreate(const TfLiteModel *, const TfLiteInterpreterOptions *);
int TfLiteInterpreterResizeInputTensor(TfLiteInterpreter *, int32_t index, const int *dims, int32_t n);
int TfLiteInterpreterAllocateTensors(TfLiteInterpreter *);
TfLiteTensor *TfLiteInterpreterGetInputTensor(const TfLiteInterpreter *, int32_t index);
const TfLiteTensor *TfLiteInterpreterGetOutputTensor(const TfLiteInterpreter *, int32_t index);
int TfLiteInterpreterInvoke(TfLiteInterpreter *);
size_t TfLiteTensorByteSize(const TfLiteTensor *);
int TfLiteTensorCopyFromBuffer(TfLiteTensor *, const void *data, size_t size);
int TfLiteTensorCopyToBuffer(const TfLiteTensor *, void *data, size_t size);

static void check(int good, const char *what) {
  if (good) return;
  fprintf(stderr, "run_decoder: %s failed\n", what);
  exit(1);
}

int main(int argc, char **argv) {
  check(argc == 7, "usage: NETWORK HEIGHT WIDTH CHANNELS LATENTS PIXELS");
  TfLiteModel *model = TfLiteModelCreateFromFile(argv[1]);
  check(model != NULL, "reading the network");
  TfLiteInterpreter *run = TfLiteInterpreterCreate(model, TfLiteInterpreterOptionsCreate());
  check(run != NULL, "creating the interpreter");
  int shape[4] = {1, atoi(argv[2]), atoi(argv[3]), atoi(argv[4])};
  check(TfLiteInterpreterResizeInputTensor(run, 0, shape, 4) == 0, "resizing");
  check(TfLiteInterpreterAllocateTensors(run) == 0, "allocating");

  TfLiteTensor *input = TfLiteInterpreterGetInputTensor(run, 0);
  size_t size = TfLiteTensorByteSize(input);
  void *data = malloc(size);
  FILE *file = fopen(argv[5], "rb");
  check(file != NULL && fread(data, 1, size, file) == size, "reading the latents");
  check(TfLiteTensorCopyFromBuffer(input, data, size) == 0, "setting the input");
  check(TfLiteInterpreterInvoke(run) == 0, "running");

  const TfLiteTensor *output = TfLiteInterpreterGetOutputTensor(run, 0);
  size = TfLiteTensorByteSize(output);
  data = malloc(size);
  check(TfLiteTensorCopyToBuffer(output, data, size) == 0, "getting the output");
  file = fopen(argv[6], "wb");
  check(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0, "writing");
  return 0;
}
