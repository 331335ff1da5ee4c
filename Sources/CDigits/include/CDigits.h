#pragma once
#include <stddef.h>

// "Optical Recognition of Handwritten Digits", E. Alpaydin, C. Kaynak, UCI Machine Learning Repository, 1998,
// https://doi.org/10.24432/C50P49, CC BY 4.0: 1797 images of 8x8 pixels with values 0..16, and their labels 0..9.
// Each function returns the bytes of a whole IDX file, which live as long as the program, and stores their number.

#ifdef __cplusplus
extern "C" {
#endif

const unsigned char *_Nonnull digits_images(size_t *_Nonnull length);
const unsigned char *_Nonnull digits_labels(size_t *_Nonnull length);

#ifdef __cplusplus
}
#endif
