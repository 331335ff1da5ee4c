// digits: made by Apus from a captured function. Arrays are row-major:
//   in0: uint8[1, 1, 8, 8]
//   out0: float32[1, 10]
#ifndef DIGITS_H
#define DIGITS_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

// The bytes of memory that a run needs beside its arguments. Each thread that runs has its own.
size_t digits_workspace_size(void);
// The bytes of the weights.
size_t digits_weights_size(void);
// The weights in this library: what digits_init takes for NULL.
const void *digits_weights(void);
// Makes a workspace, aligned to 16 bytes, ready to run with weights, aligned to 64 bytes, which stay where they are while it is used.
// Gives 0, or 1: there is no workspace or it is not aligned, 2: there are no weights or they are not aligned, 3: they belong to another program.
int digits_init(void *workspace, const void *weights);
// Name, arguments and results as JSON.
const char *digits_about(void);
// Runs in a workspace that digits_init made ready.
void digits_run(void *workspace, const unsigned char *in0, float *out0);

#ifdef __cplusplus
}
#endif
#endif
