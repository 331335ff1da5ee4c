#include "CDigits.h"

// #embed is C23; the compiler takes it in every mode, with a warning outside C23.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char images[] = {
#embed "digits-images.idx3-ubyte"
};

static const unsigned char labels[] = {
#embed "digits-labels.idx1-ubyte"
};

#pragma clang diagnostic pop

const unsigned char *digits_images(size_t *length) {
  *length = sizeof images;
  return images;
}

const unsigned char *digits_labels(size_t *length) {
  *length = sizeof labels;
  return labels;
}
