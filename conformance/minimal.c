/* A minimal decoder of .tgc files, of level "symbols": all integers of a file, exact; no pixels.
 * It was written from docs/format.md alone, to find out whether that suffices. C11 and its library.
 *
 *     cc -O2 -o minimal conformance/minimal.c -lm      then, as docs/conformance.md has it,
 *     minimal MODEL OUT FILE...
 *
 * MODEL is a folder with the bytes that the model's normative hash is taken of: normative-1.bin,
 * and of a model in layers normative-2.bin and so on. */
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { const uint8_t *at; size_t size; } Bytes;

/* ---- Memory, given back all at once, so that an error may end the reading of a file anywhere. */

typedef union Block { union Block *next; long double align; } Block;
static Block *blocks;
static jmp_buf end_of_file;
static const char *error, *message; /* the class of docs/format.md, and what is wrong */

static _Noreturn void fail(const char *kind, const char *text) {
  error = kind, message = text;
  longjmp(end_of_file, 1);
}

static void check(bool good, const char *text) {
  if (!good) fail("bitstream", text);
}

static void *take(int64_t count, size_t size) { /* zeros */
  bool fits = (uint64_t)count <= SIZE_MAX / 2 / size;
  Block *block = fits ? calloc(1, sizeof *block + (size_t)count * size) : NULL;
  if (!block) fail("image", "this takes more memory than there is");
  block->next = blocks, blocks = block;
  return block + 1;
}

static void give_back(void) {
  for (Block *next; blocks; blocks = next) next = blocks->next, free(blocks);
}

/* ---- Checksums. */

static uint32_t crc32(Bytes bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = 0; i < bytes.size; i++) {
    crc ^= bytes.at[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

static int crc16(Bytes bytes) {
  int crc = 0xFFFF;
  for (size_t i = 0; i < bytes.size; i++) {
    crc ^= bytes.at[i] << 8;
    for (int bit = 0; bit < 8; bit++) crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xFFFF;
  }
  return crc;
}

static uint32_t turn(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void sha256_block(uint32_t state[8], const uint8_t *block) {
  static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++, block += 4)
    w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
  for (int i = 16; i < 64; i++)
    w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
           (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t first = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                     ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
    uint32_t second = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                      ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += first, s[0] = first + second;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

static void sha256(Bytes bytes, uint8_t digest[32]) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  size_t rest = bytes.size % 64;
  uint8_t last[128] = {0}, *end = last + (rest < 56 ? 64 : 128);
  for (size_t i = 0; i + 64 <= bytes.size; i += 64) sha256_block(state, bytes.at + i);
  if (rest) memcpy(last, bytes.at + bytes.size - rest, rest);
  last[rest] = 0x80;
  for (int i = 0; i < 8; i++) end[i - 8] = (uint8_t)((uint64_t)bytes.size * 8 >> (56 - 8 * i));
  for (const uint8_t *at = last; at < end; at += 64) sha256_block(state, at);
  for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

/* ---- The model: the bytes that its normative hash is taken of (chapter "Normative hash"). */

enum { MOST_LAYERS = 16, MOST_STREAMS = 4 };
typedef struct { int sides[4], rank; const int32_t *values; } Array; /* NULL: there is none */
typedef struct { Array cdf, length, offset; } Tables;
/* Sides of a kernel: rows, columns, inputs, outputs; of a context's: k0, k1, k2, N. */
typedef struct { int sides[4]; const int32_t *kernel, *bias; int shift, maximum, upscale; } Layer;
typedef struct {
  Tables z, y;
  Layer scale[MOST_LAYERS], context, joint[MOST_LAYERS + 2]; /* last two: table, mean */
  int scales, joints, axes[3], channels, hyper_channels, features; /* F; 0 without a context */
  int64_t least;                                                   /* the sum of least */
} Model;

static uint32_t number(const uint8_t *at, int bytes) { /* little endian */
  uint32_t value = 0;
  while (bytes--) value = value << 8 | at[bytes];
  return value;
}

static const char *word(Bytes *from) { /* up to the next zero byte */
  const char *found = (const char *)from->at;
  const uint8_t *end = from->size ? memchr(from->at, 0, from->size) : NULL;
  check(end != NULL, "an array's head does not end");
  from->size -= (size_t)(end + 1 - from->at), from->at = end + 1;
  return found;
}

static Array array(Bytes from, const char *prefix, const char *suffix, int rank) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "%s_%s", prefix, suffix);
  while (from.size) {
    Array found = {{1, 1, 1, 1}, 0, NULL};
    const char *name = word(&from), *type = word(&from), *side = word(&from);
    size_t count = 1, size = strcmp(type, "|i1") == 0 ? 1 : 4;
    check(size == 1 || strcmp(type, "<i4") == 0, "an array is neither |i1 nor <i4");
    for (; found.rank < 4 && *side; side += strspn(side, "0123456789"), side += *side == ',') {
      long value = strtol(side, NULL, 10);
      check(value >= 1 && value <= 1 << 20, "an array's dimensions are out of bounds");
      count *= (size_t)(found.sides[found.rank++] = (int)value);
      check(count * size <= from.size, "an array is cut short");
    }
    if (strcmp(name, wanted) == 0) {
      int32_t *values = take((int64_t)count, sizeof *values);
      for (size_t i = 0; i < count; i++)
        values[i] = size == 1 ? (int8_t)from.at[i] : (int32_t)number(from.at + 4 * i, 4);
      check(found.rank == rank, "an array has a wrong rank");
      return found.values = values, found;
    }
    from.at += count * size, from.size -= count * size;
  }
  return (Array){{0}, 0, NULL};
}

static Tables tables(Bytes normative, const char *prefix, int rows) {
  Tables t = {array(normative, prefix, "cdf", 2), array(normative, prefix, "length", 1),
              array(normative, prefix, "offset", 1)};
  if (!rows) rows = t.cdf.sides[0];
  bool same = t.length.sides[0] == rows && t.offset.sides[0] == rows;
  check(rows && same && t.cdf.sides[0] == rows, "tables are missing, or too many or few");
  for (int row = 0; row < rows; row++) {
    const int32_t *cdf = t.cdf.values + (int64_t)row * t.cdf.sides[1];
    int n = t.length.values[row], offset = t.offset.values[row];
    check(n >= 1 && n < t.cdf.sides[1] && llabs(offset) <= 1 << 20, "a bad length or offset");
    check(cdf[0] == 0 && cdf[n] == 65536, "a table does not go from 0 to 65536");
    for (int i = 0; i < n; i++) check(cdf[i] < cdf[i + 1], "a table does not rise");
  }
  return t;
}

static bool layer(Bytes normative, const char *name, int inputs, int most, int largest, Layer *l) {
  Array kernel = array(normative, name, "kernel", 4), bias = array(normative, name, "bias", 1);
  Array params = array(normative, name, "params", 1);
  if (!kernel.values) return false;
  memcpy(l->sides, kernel.sides, sizeof l->sides), l->kernel = kernel.values, l->bias = bias.values;
  check(kernel.sides[0] % 2 && kernel.sides[1] % 2 && kernel.sides[2] == inputs, "a bad kernel");
  check(bias.sides[0] == kernel.sides[3] && params.sides[0] == 3, "a layer lacks bias or params");
  l->shift = params.values[0], l->maximum = params.values[1], l->upscale = params.values[2];
  check(l->shift >= 1 && l->shift <= 20, "a shift is out of bounds");
  check(l->maximum >= 1 && l->maximum <= largest, "a maximum is out of bounds");
  check(l->upscale == 1 || (l->upscale == 2 && kernel.sides[3] % 4 == 0), "a bad upscale");
  int64_t weights = (int64_t)kernel.sides[0] * kernel.sides[1] * kernel.sides[2];
  for (int k = 0; k < kernel.sides[3]; k++) {
    int64_t sum = 0;
    for (int64_t i = 0; i < weights; i++) sum += llabs(kernel.values[i * kernel.sides[3] + k]);
    check(most * sum + llabs(bias.values[k]) <= 1 << 20, "a layer's sums are too large");
  }
  return true;
}

static int chain(Bytes normative, const char *prefix, Layer *layers, int *inputs) {
  char name[32];
  for (int count = 0;; count++) {
    snprintf(name, sizeof name, "%s%d", prefix, count);
    if (count == MOST_LAYERS || !layer(normative, name, *inputs, 255, 255, &layers[count]))
      return count;
    *inputs = layers[count].sides[3] / (layers[count].upscale * layers[count].upscale);
  }
}

static int64_t least_of(const Tables *z) { /* chapter "Least length" */
  int64_t total = 0;
  for (int row = 0; row < z->cdf.sides[0]; row++) {
    const int32_t *cdf = z->cdf.values + (int64_t)row * z->cdf.sides[1];
    int32_t widest = 0;
    for (int s = 0; s < z->length.values[row]; s++)
      if (cdf[s + 1] - cdf[s] > widest) widest = cdf[s + 1] - cdf[s];
    int64_t digits = (int64_t)ceil(256 * log2(widest + 1.0) - 1e-6); /* of (widest + 1)^256 - 1 */
    if (digits < 4096) total += 4096 - digits;
  }
  return total;
}

static void read_model(Bytes normative, Model *m) {
  m->z = tables(normative, "z", 0);
  m->least = least_of(&m->z);
  m->channels = m->hyper_channels = m->z.cdf.sides[0];
  m->scales = chain(normative, "scale", m->scale, &m->channels);
  int upscale = 1, most = 255;
  for (int i = 0; i < m->scales; i++) upscale *= m->scale[i].upscale, most = m->scale[i].maximum;
  check(m->scales && upscale == 4, "the scale decoder does not upscale by 4");
  Array axes = array(normative, "context", "axes", 1);
  m->y = tables(normative, "y", axes.values ? 512 : 64);
  check(axes.values || most <= 63, "an index may be larger than 63");
  if (!axes.values) return;
  int n = array(normative, "context", "bias", 1).sides[0], k2, inputs, seen = 0;
  Array next = array(normative, "joint0", "kernel", 4);
  if (!next.values) next = array(normative, "table", "kernel", 4);
  inputs = next.sides[2], k2 = array(normative, "context", "kernel", 4).sides[2];
  m->features = inputs - n;
  bool good = layer(normative, "context", k2, 127, 255, &m->context) && axes.sides[0] == 3;
  check(good && k2 % 2 && m->context.upscale == 1, "no kernel or axes for context");
  check(m->features > 0 && m->channels % m->features == 0, "wrong number of features");
  m->channels /= m->features;
  m->joints = chain(normative, "joint", m->joint, &inputs);
  Layer *table = &m->joint[MOST_LAYERS], *mean = table + 1;
  good = layer(normative, "table", inputs, 255, 63, table);
  good = layer(normative, "mean", inputs, 255, 2047, mean) && good;
  check(good && table->sides[3] == 1 && mean->sides[3] == 1, "no layer for index or mean");
  for (int i = 0; i < 3; i++) seen |= 1 << ((m->axes[i] = axes.values[i]) >> 2 ? 3 : m->axes[i]);
  check(seen == 7, "the axes are no permutation");
}

/* ---- The range decoder. */

typedef struct { Bytes stream; uint64_t size, code; size_t position; } Decoder;

static uint64_t bytes_at(Bytes stream, size_t position, size_t count) { /* big endian; 0 beyond */
  uint64_t value = 0;
  for (size_t i = position; i < position + count; i++)
    value = value << 8 | (i < stream.size ? stream.at[i] : 0);
  return value;
}

static int decode_symbol(Decoder *d, const int32_t *cdf, int symbols) {
  uint64_t t = (((d->code + 1) << 16) - 1) / d->size;
  int s = 0;
  while (s < symbols - 1 && (uint64_t)cdf[s + 1] <= t) s++;
  uint64_t start = d->size * (uint64_t)cdf[s] >> 16;
  d->size = (d->size * (uint64_t)cdf[s + 1] >> 16) - start;
  d->code -= start;
  if (d->size > 65536) return s;
  d->code = d->code << 16 | bytes_at(d->stream, d->position, 2);
  d->size <<= 16, d->position += 2;
  return s;
}

static int32_t decode_value(Decoder *d, const Tables *tables, int row) {
  const int32_t *cdf = tables->cdf.values + (int64_t)row * tables->cdf.sides[1];
  static const int32_t half[3] = {0, 32768, 65536};
  int last = tables->length.values[row] - 1, zeros = 0, gamma = 1;
  int symbol = decode_symbol(d, cdf, last + 1);
  if (symbol < last) return symbol + tables->offset.values[row];
  while (!decode_symbol(d, half, 2)) check(++zeros < 30, "an escaped value is too large");
  while (zeros--) gamma = 2 * gamma + decode_symbol(d, half, 2);
  return (decode_symbol(d, half, 2) ? -gamma : gamma + last - 1) + tables->offset.values[row];
}

static void check_end(const Decoder *d) {
  uint64_t window = bytes_at(d->stream, d->position - 4, 4), low = (window - d->code) & 0xFFFFFFFFu;
  uint64_t wanted = 0, coarse = (low + 0xFFFFFF) >> 24 << 24;
  check(d->position >= d->stream.size, "data is left over");
  if (low && low + d->size <= (uint64_t)1 << 32)
    wanted = coarse < low + d->size ? coarse : (low + 0xFFFF) >> 16 << 16;
  check(window == wanted, "the stream does not end as it should");
}

/* ---- Integer convolutions and the payload. */

typedef struct {
  const Model *model;
  int height, width, hyper_height, hyper_width;
  int64_t hyper, count; /* how many z, how many values */
  int32_t *z, *values;  /* values are r and the map has indexes, or q and features with a context */
  uint8_t *map;
} Symbols;

static int16_t requantise(const Layer *l, int64_t sum) {
  int64_t half = (int64_t)1 << (l->shift - 1), value = sum < -half ? 0 : (sum + half) / (2 * half);
  return (int16_t)(value > l->maximum ? l->maximum : value);
}

static void convolve(const Layer *l, const int16_t *a, int h, int w, int16_t *result) {
  int rows = l->sides[0], columns = l->sides[1], cin = l->sides[2], cout = l->sides[3];
  int up = l->upscale, channels = cout / (up * up);
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
      for (int k = 0; k < cout; k++) {
        int32_t sum = l->bias[k];
        for (int i = 0; i < rows; i++)
          for (int j = 0; j < columns; j++) {
            int row = y + i - rows / 2, column = x + j - columns / 2;
            if (row < 0 || row >= h || column < 0 || column >= w) continue;
            const int16_t *in = a + ((int64_t)row * w + column) * cin;
            const int32_t *kernel = l->kernel + (int64_t)(i * columns + j) * cin * cout + k;
            for (int c = 0; c < cin; c++) sum += in[c] * kernel[(int64_t)c * cout];
          }
        int to_row = up * y + k / channels / up, to_column = up * x + k / channels % up;
        result[((int64_t)to_row * up * w + to_column) * channels + k % channels] =
            requantise(l, sum);
      }
}

/* ---- The context model. */

static int32_t decode_latent(const Symbols *s, Decoder *d, const int at[3], const int n[3],
                             const int64_t by[3], int16_t *in, int16_t *out) {
  const Model *m = s->model;
  const Layer *l = &m->context;
  int16_t index, mean; /* the mean in eighths, and 1024 too large */
  for (int k = 0; k < l->sides[3]; k++) {
    int64_t sum = l->bias[k], weight = k;
    for (int x0 = at[0] - l->sides[0] / 2; x0 <= at[0] + l->sides[0] / 2; x0++)
      for (int x1 = at[1] - l->sides[1] / 2; x1 <= at[1] + l->sides[1] / 2; x1++)
        for (int x2 = at[2] - l->sides[2] / 2; x2 <= at[2] + l->sides[2] / 2; x2++) {
          int32_t one = l->kernel[weight], q = 0;
          if (x0 >= 0 && x0 < n[0] && x1 >= 0 && x1 < n[1] && x2 >= 0 && x2 < n[2])
            q = s->values[x0 * by[0] + x1 * by[1] + x2 * by[2]];
          sum += (q < -127 ? -127 : q > 127 ? 127 : q) * one, weight += l->sides[3];
        }
    in[k] = requantise(l, sum);
  }
  int64_t place = at[0] * by[0] + at[1] * by[1] + at[2] * by[2];
  for (int i = 0; i < m->features; i++) in[l->sides[3] + i] = s->map[place * m->features + i];
  for (int i = 0; i < m->joints; i++) {
    convolve(&m->joint[i], in, 1, 1, out);
    memcpy(in, out, (size_t)m->joint[i].sides[3] * sizeof *in);
  }
  convolve(&m->joint[MOST_LAYERS], in, 1, 1, &index);
  convolve(&m->joint[MOST_LAYERS + 1], in, 1, 1, &mean);
  return mean / 8 - 128 + decode_value(d, &m->y, 8 * index + mean % 8);
}

static void decode_context(Symbols *s, Decoder *d) {
  const Model *m = s->model;
  int shape[3] = {s->height, s->width, m->channels}, n[3], most = m->context.sides[3] + m->features;
  int64_t steps[3] = {(int64_t)s->width * m->channels, m->channels, 1}, by[3];
  for (int i = 0; i < 3; i++) n[i] = shape[m->axes[i]], by[i] = steps[m->axes[i]];
  for (int i = 0; i < m->joints; i++)
    if (m->joint[i].sides[3] > most) most = m->joint[i].sides[3];
  int16_t *in = take(most, sizeof *in), *out = take(most, sizeof *out);
  int64_t b = m->context.sides[2] / 2 + 1, a = (m->context.sides[1] / 2 + 1) * b;
  for (int64_t front = 0; front < a * n[0] + b * n[1] + n[2]; front++)
    for (int64_t u = front < n[2] ? 0 : front - n[2] + 1; u <= front; u++)
      for (int x0 = 0; x0 < n[0] && a * x0 <= u; x0++) {
        int at[3] = {x0, (int)((u - a * x0) / b), (int)(front - u)};
        if ((u - a * x0) % b == 0 && at[1] < n[1])
          s->values[at[0] * by[0] + at[1] * by[1] + at[2] * by[2]] =
              decode_latent(s, d, at, n, by, in, out);
      }
}

/* ---- The payload. */

static int up(int value, int by) { return (int)(((int64_t)value + by - 1) / by); }

static Symbols new_symbols(const Model *m, int height, int width) {
  Symbols s = {m, up(height, 16), up(width, 16), up(height, 64), up(width, 64), 0, 0, 0, 0, 0};
  s.count = (int64_t)s.height * s.width * m->channels;
  s.hyper = (int64_t)s.hyper_height * s.hyper_width * m->hyper_channels;
  s.z = take(s.hyper, sizeof *s.z);
  s.values = take(s.count, sizeof *s.values);
  s.map = take(s.count * (m->features ? m->features : 1), 1);
  return s;
}

static Symbols read_payload(const Model *m, Bytes stream, int height, int width) {
  int64_t least = (int64_t)up(height, 64) * up(width, 64) * m->least / 2048 - 1;
  check((int64_t)stream.size >= least, "a stream is too short for its picture");
  Symbols s = new_symbols(m, height, width);
  Decoder d = {stream, (uint64_t)1 << 32, bytes_at(stream, 0, 4), 4};
  int h = s.hyper_height, w = s.hyper_width;
  int16_t *a = take(s.hyper, sizeof *a);
  for (int64_t n = 0; n < s.hyper; n++) {
    s.z[n] = decode_value(&d, &m->z, (int)(n % m->hyper_channels));
    check(abs(s.z[n]) <= 127, "a hyper-latent is out of bounds");
    a[n] = (int16_t)s.z[n];
  }
  for (const Layer *l = m->scale; l < m->scale + m->scales; l++) {
    int16_t *result = take((int64_t)h * w * l->sides[3], sizeof *result);
    convolve(l, a, h, w, result), a = result, h *= l->upscale, w *= l->upscale;
  }
  int64_t row = (int64_t)s.width * m->channels * (m->features ? m->features : 1);
  for (int64_t i = 0; i < row * s.height; i++)
    s.map[i] = (uint8_t)a[i / row * (row / s.width * w) + i % row];
  int32_t even[257];
  for (int i = 0; i <= 256; i++) even[i] = 256 * i;
  int high = decode_symbol(&d, even, 256), found = high << 8 | decode_symbol(&d, even, 256);
  check(found == crc16((Bytes){s.map, (size_t)(row * s.height)}), "wrong index check");
  if (m->features) decode_context(&s, &d);
  for (int64_t i = 0; i < s.count && !m->features; i++)
    if (s.map[i]) s.values[i] = decode_value(&d, &m->y, s.map[i]);
  check_end(&d);
  return s;
}

/* ---- The container. */

typedef struct { Bytes file; size_t at; } Fields; /* fields end where `file` does */

static Bytes bytes_of(Fields *f, uint64_t size) {
  check(size <= f->file.size - f->at, "a field reaches beyond the end of the file");
  Bytes found = {f->file.at + f->at, (size_t)size};
  f->at += (size_t)size;
  return found;
}

static uint64_t varint(Fields *f) {
  uint64_t value = 0;
  for (int shift = 0; shift < 63; shift += 7) {
    uint8_t byte = *bytes_of(f, 1).at;
    value |= (uint64_t)(byte & 127) << shift;
    check(byte || !shift, "a number is longer than it need be");
    if (byte < 128) return value;
  }
  fail("bitstream", "a number is 2^63 or more");
}

static int read_layers(Fields *f, const Model *models, int count, int height, int width,
                       Symbols *symbols) {
  uint64_t first = varint(f), lengths[MOST_STREAMS] = {first >> 2};
  int layers = (int)(first & 3) + 1;
  Bytes stream[MOST_STREAMS];
  check(layers > 1, "a file in layers has but one");
  for (int i = 1; i < layers - 1; i++) lengths[i] = varint(f);
  for (int i = 0; i < layers - 1; i++) {
    stream[i] = bytes_of(f, lengths[i]);
    int wanted = crc16((Bytes){f->file.at, f->at});
    check((int)number(bytes_of(f, 2).at, 2) == wanted, "a layer's check is wrong");
  }
  stream[layers - 1] = bytes_of(f, f->file.size - f->at);
  check(crc32(f->file) == number(f->file.at + f->file.size, 4), "wrong checksum");
  check(layers == count, "the model has another number of layers");
  for (int i = 0, scale = 1 << (layers - 1); i < layers; i++, scale /= 2)
    symbols[i] = read_payload(&models[i], stream[i], up(height, scale), up(width, scale));
  return layers;
}

static void paste(const void *from, void *into, int64_t rows, int64_t row, int64_t step) {
  for (int64_t y = 0; y < rows; y++)
    memcpy((char *)into + y * step, (const char *)from + y * row, (size_t)row);
}

static void read_tiles(Fields *f, bool alpha, const Model *m, int height, int width, Symbols *all) {
  int side = 64 * *bytes_of(f, 1).at;
  check(side >= 64 * 4 && side <= 64 * 64, "a tile's side is out of bounds");
  int rows = up(height, side), columns = up(width, side), tiles = rows * columns;
  check(tiles * 5LL + 4 <= (int64_t)(f->file.size - f->at), "the index is cut short");
  Bytes *record = take(tiles, sizeof *record);
  uint32_t *checks = take(tiles, sizeof *checks);
  for (int n = 0; n < tiles; n++) {
    record[n].size = (size_t)varint(f);
    checks[n] = number(bytes_of(f, 4).at, 4);
  }
  uint32_t found = crc32((Bytes){f->file.at, f->at});
  check(number(bytes_of(f, 4).at, 4) == found, "the header's checksum is wrong");
  for (int n = 0; n < tiles; n++) record[n] = bytes_of(f, record[n].size);
  check(f->at == f->file.size, "something follows the last tile");
  *all = new_symbols(m, height, width);
  for (int n = 0; n < tiles; n++) {
    int top = n / columns * side, left = n % columns * side;
    int h = height - top < side ? height - top : side;
    int w = width - left < side ? width - left : side;
    Fields inside = {record[n], 0};
    check(crc32(record[n]) == checks[n], "a tile's checksum is wrong");
    if (alpha) bytes_of(&inside, varint(&inside));
    Symbols s = read_payload(m, bytes_of(&inside, record[n].size - inside.at), h, w);
    int64_t row = s.width * m->channels, step = (int64_t)all->width * m->channels;
    int64_t place = top / 16 * step + left / 16 * m->channels;
    paste(s.values, all->values + place, s.height, 4 * row, 4 * step);
    paste(s.map, all->map + place, s.height, row, step);
    row = s.hyper_width * m->hyper_channels, step = (int64_t)all->hyper_width * m->hyper_channels;
    place = top / 64 * step + left / 64 * m->hyper_channels;
    paste(s.z, all->z + place, s.hyper_height, 4 * row, 4 * step);
  }
}

static int read_tgc(Bytes file, const Model *models, int count, const uint8_t *id, Symbols *s) {
  check(file.size >= 3 && memcmp(file.at, "TGC", 3) == 0, "this is no .tgc file");
  int version = file.size > 3 ? file.at[3] >> 4 : 1, flags = file.size > 3 ? file.at[3] & 15 : 0;
  check(version >= 1 && version <= 3, "the version is unknown");
  check(file.size >= 14, "the file is cut short");
  Bytes body = {file.at, file.size - 4};
  check(version > 1 || number(body.at + body.size, 4) == crc32(body), "the checksum is wrong");
  Fields f = {version == 3 ? file : body, 4};
  const uint8_t *model = bytes_of(&f, 3).at;
  uint64_t width = varint(&f), height = varint(&f), profile = 8;
  check(width >= 1 && height >= 1 && width <= 1 << 28 && height <= 1 << 28 &&
            (width < 64 ? 64 : width) * (height < 64 ? 64 : height) <= 1 << 28,
        "width or height is out of bounds");
  bytes_of(&f, 1); /* quality */
  if (flags & 1 && (profile = varint(&f)) >= 8) bytes_of(&f, profile); /* below it is a number */
  if (flags & 2) bytes_of(&f, varint(&f));
  if (flags & 4 && version != 3) bytes_of(&f, varint(&f));
  check(memcmp(model, id, 3) == 0, "the file was made with another model");
  check(profile >= 8 || (profile >= 1 && profile <= 5), "an unknown profile's number");
  if (version == 2) return read_layers(&f, models, count, (int)height, (int)width, s);
  check(count == 1 && !(version == 3 && models->features), "the model has no such files");
  if (version == 3) read_tiles(&f, flags & 4, models, (int)height, (int)width, s);
  else *s = read_payload(models, bytes_of(&f, f.file.size - f.at), (int)height, (int)width);
  return 1;
}

/* ---- The protocol. */

static Bytes read_file(const char *path) { /* empty, if there is none */
  FILE *file = fopen(path, "rb");
  long size = file && !fseek(file, 0, SEEK_END) ? labs(ftell(file)) : 0;
  uint8_t *bytes = take(size, 1);
  if (file) rewind(file), size = (long)fread(bytes, 1, (size_t)size, file), fclose(file);
  return (Bytes){bytes, (size_t)size};
}

static void print_hash(FILE *out, const char *before, const void *data, int64_t size) {
  uint8_t digest[32];
  sha256((Bytes){data, (size_t)size}, digest);
  fputs(before, out);
  for (int i = 0; i < 32; i++) fprintf(out, "%02x", digest[i]);
}

static void print(const char *path, int streams, const Symbols *s) { /* on little-endian hosts */
  FILE *out = fopen(path, "w");
  if (!out) exit((perror(path), 2));
  if (error) fprintf(out, "{\"error\": \"%s\", \"message\": \"%s\"}\n", error, message);
  for (int i = 0; i < streams && !error; i++, s++) {
    int features = s->model->features, each = features ? features : 1;
    print_hash(out, i ? "{\"z\": \"" : "{\"symbols\": [{\"z\": \"", s->z, 4 * s->hyper);
    fprintf(out, "\", \"%s", features ? "features" : "indexes");
    print_hash(out, "\": \"", s->map, s->count * each);
    print_hash(out, features ? "\", \"q\": \"" : "\", \"r\": \"", s->values, 4 * s->count);
    fputs(i + 1 < streams ? "\"}, " : "\"}]}\n", out);
  }
  if (fclose(out)) exit((perror(path), 2));
}

static int read_models(const char *folder, Model *models, uint8_t id[32]) {
  uint8_t hashes[MOST_STREAMS][32];
  char path[4096];
  int count = 0;
  for (; count < MOST_STREAMS; count++) {
    snprintf(path, sizeof path, "%s/normative-%d.bin", folder, count + 1);
    Bytes normative = read_file(path);
    if (!normative.size) break;
    read_model(normative, &models[count]);
    sha256(normative, hashes[count]);
  }
  check(count > 0, "there is no model");
  if (count > 1) sha256((Bytes){hashes[0], 32 * (size_t)count}, id);
  else memcpy(id, hashes[0], 32);
  return count;
}

int main(int argc, char **argv) {
  static Model models[MOST_STREAMS];
  static Symbols symbols[MOST_STREAMS];
  static Block *kept; /* the models */
  static uint8_t id[32]; static char path[4096]; static int count, file, streams;
  if (argc < 3) return fputs("usage: minimal MODEL OUT FILE...\n", stderr), 2;
  if (setjmp(end_of_file)) return fprintf(stderr, "%s: %s\n", argv[1], message), 2;
  count = read_models(argv[1], models, id), kept = blocks;
  for (file = 3; file < argc; file++) {
    blocks = NULL, error = NULL;
    if (!setjmp(end_of_file))
      streams = read_tgc(read_file(argv[file]), models, count, id, symbols);
    const char *slash = strrchr(argv[file], '/'), *name = slash ? slash + 1 : argv[file];
    snprintf(path, sizeof path, "%s/%.*s.json", argv[2], (int)strcspn(name, "."), name);
    print(path, streams, symbols);
    give_back();
  }
  return blocks = kept, give_back(), 0;
}
